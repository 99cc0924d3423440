'use client'

import { NextIntlClientProvider, useLocale, useMessages } from 'next-intl'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import type { ClusterKind } from '../../lib/cluster/snapshot.ts'
import { systemMessages } from '../../lib/i18n/system-messages.ts'

/** Inside, both systems' shared pages use the words of this one. */
export function SystemWords({ kind, children }: { kind: ClusterKind; children: ReactNode }): ReactElement {
  const locale = useLocale()
  const messages = useMessages()
  const words = useMemo(() => systemMessages(messages, kind), [messages, kind])
  return (
    <NextIntlClientProvider locale={locale} messages={words}>
      {children}
    </NextIntlClientProvider>
  )
}

export function ClusterWords({ clusterId, children }: { clusterId: string; children: ReactNode }): ReactElement {
  return <SystemWords kind={useClusterKind(clusterId)}>{children}</SystemWords>
}
