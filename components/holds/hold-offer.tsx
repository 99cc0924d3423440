'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { topicHref } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'

/** Leads from what tells that messages are deleted to the topic, with the dialog that holds its retention. */
export function HoldOffer({ clusterId, topic }: { clusterId: string; topic: string | null }): ReactElement | null {
  const t = useTranslations('risk')
  if (topic === null) return null
  return (
    <Button asChild className="mt-2">
      <Link href={`${topicHref(clusterId, topic)}?hold=open`} prefetch={false}>
        {t('holdRetention', { topic })}
      </Link>
    </Button>
  )
}
