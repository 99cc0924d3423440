'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import { LADDER_PLACES } from '../../lib/api/schemas/ladder.ts'
import { ladderQuery } from '../../lib/client/queries/ladder.ts'
import { DURABILITY_STATE } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import type { Durability } from '../../lib/durability/observation.ts'
import { countByDurability, type LadderBlock } from '../charts/ladder-layout.ts'
import { LadderMatrix } from '../charts/ladder-matrix.tsx'
import { topicHref } from '../shell/places.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { ErrorState } from '../ui/states.tsx'
import { ladderBlocks } from './ladder-blocks.ts'

interface LadderPanelProps {
  clusterId: string
  internal: boolean
  /** Narrows the table to the topics in this state. */
  onChoose: (durability: Durability) => void
}

export function LadderPanel({ clusterId, internal, onChoose }: LadderPanelProps): ReactElement {
  const t = useTranslations('topics.matrix')
  const router = useRouter()
  const { data, error, refetch } = useQuery(ladderQuery(clusterId, internal))
  const blocks = useMemo(() => (data === undefined ? null : ladderBlocks(data)), [data])
  return (
    <section aria-label={t('title')} className="panel mb-3 px-3 py-2.5">
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1">
        <h2 className="font-semibold text-sm">{t('title')}</h2>
        {blocks !== null && <LadderCounts blocks={blocks} onChoose={onChoose} />}
      </div>
      {blocks !== null ? (
        <LadderMatrix blocks={blocks} onOpen={({ topic }) => router.push(topicHref(clusterId, topic))} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} className="px-0 py-2" />
      ) : (
        <div className="skeleton h-16" aria-hidden="true" />
      )}
    </section>
  )
}

/** Worst first; each count narrows the table below. */
function LadderCounts({
  blocks,
  onChoose,
}: {
  blocks: LadderBlock[]
  onChoose: (d: Durability) => void
}): ReactElement {
  const t = useTranslations('topics.matrix')
  const states = useTranslations('states.durability')
  const format = useFormat()
  const counts = useMemo(() => countByDurability(blocks.flatMap((block) => block.cells)), [blocks])
  const shown = LADDER_PLACES.filter((place) => counts[place] > 0).toReversed()
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1 text-ink2 text-xs">
      {shown.map((place) => (
        <li key={place}>
          <button
            type="button"
            onClick={() => onChoose(place)}
            title={t('only', { state: states(place) })}
            className="flex min-h-6 items-center gap-1.5 rounded-sm hover:text-ink hover:underline"
          >
            <StateGlyph level={DURABILITY_STATE[place]} label="" sizePx={12} />
            {t('legend', { state: states(place), count: format.number(counts[place]) })}
          </button>
        </li>
      ))}
    </ul>
  )
}
