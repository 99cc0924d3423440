'use client'

import { useQuery } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import type { ReactElement } from 'react'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { holdQuery, type TopicName } from '../../lib/client/queries/holds.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { Button } from '../ui/button.tsx'

/** Most topics are never held: what a hold needs is loaded when there is one. */
const HoldBanner = dynamic(async () => (await import('./hold-banner.tsx')).HoldBanner)
const HoldDialog = dynamic(async () => (await import('./hold-dialog.tsx')).HoldDialog, { ssr: false })

const TOLD_STATES: readonly string[] = ['planned', 'active', 'releasing', 'conflict']

/** The hold of a topic's retention, or the way to one. */
export function HoldSection({ topic }: { topic: TopicName }): ReactElement | null {
  const t = useTranslations('holds')
  const [wanted, setWanted] = useQueryState('hold', parseAsStringLiteral(['open']))
  const data = useQuery(holdQuery(topic)).data
  const may = useMayHold(topic)
  if (data === undefined) return null
  const { hold, preview } = data
  const isTold = hold !== null && TOLD_STATES.includes(hold.state)
  const canBegin = may && (!isTold || hold.state === 'conflict')
  const isOffered = canBegin && (preview.refusal === null || wanted !== null)
  if (!isTold && !isOffered) return null
  return (
    <div className="mb-4 space-y-2">
      {isTold ? <HoldBanner topic={topic} hold={hold} mayEnd={may} /> : null}
      {isOffered ? (
        <Button onClick={() => void setWanted('open')}>
          <ShieldCheck aria-hidden className="size-4" />
          {t('open')}
        </Button>
      ) : null}
      {isOffered && wanted !== null ? (
        <HoldDialog topic={topic} preview={preview} onClose={() => void setWanted(null)} />
      ) : null}
    </div>
  )
}

function useMayHold(topic: TopicName): boolean {
  const cluster = useQuery(clustersQuery()).data?.items.find(({ id }) => id === topic.clusterId)
  return useRights().mayChange('topics:hold', topic) && cluster?.readOnly === false
}
