'use client'

import { Download } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { type ReactElement, useMemo } from 'react'
import { REPLAY_OUTCOMES, type ReplayAnswer, type ReplayRecordAnswer } from '../../lib/api/schemas/replays.ts'
import { replayRecordsQuery, reportPath } from '../../lib/client/queries/replays.ts'
import type { ReplayOutcome } from '../../lib/client/replay-views.ts'
import { offsetText } from '../../lib/client/selection-url.ts'
import { UNSORTED, useListSource } from '../../lib/client/table-view.ts'
import { recordHref, topicHref } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import type { DataColumn } from '../ui/data-table-model.ts'
import { Select } from '../ui/select.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Unknown } from '../ui/values.tsx'

const OUTCOME_TEXT: Record<ReplayOutcome, string> = {
  waiting: 'text-ink3',
  produced: 'text-watch',
  delivered: 'text-safe',
  expiredInTarget: 'text-losing',
  unknown: 'text-risk',
  returned: 'text-losing',
  skipped: 'text-ink2',
  failed: 'text-losing',
  notSent: 'text-ink2',
}

/** What became of each record: the proof, and the list to make up for it when it was wrong. */
export function OutcomeTable({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.outcomes')
  const [outcome, setOutcome] = useQueryState('outcome', parseAsStringLiteral(REPLAY_OUTCOMES))
  const source = useListSource(replayRecordsQuery(replay.id, { outcome }))
  const columns = useOutcomeColumns(replay)
  return (
    <section aria-labelledby="outcomes">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 id="outcomes" className="font-semibold text-base">
          {t('title')}
        </h2>
        <Button asChild>
          <a href={reportPath(replay.id)} download>
            <Download aria-hidden className="size-4" />
            {t('report')}
          </a>
        </Button>
      </div>
      <DataTable
        name="replayRecords"
        label={t('title')}
        columns={columns}
        source={source}
        view={UNSORTED}
        rowKey={rowKey}
        hasFilter={false}
        empty={<EmptyState title={t(outcome === null ? 'empty' : 'emptyOf')} />}
      >
        <Select
          aria-label={t('outcome')}
          value={outcome ?? 'all'}
          options={(['all', ...REPLAY_OUTCOMES] as const).map((value) => ({ value, label: t(`values.${value}`) }))}
          onValueChange={(value) => void setOutcome(value === 'all' ? null : value)}
        />
      </DataTable>
    </section>
  )
}

function rowKey(row: ReplayRecordAnswer): string {
  return offsetText(row.source)
}

function useOutcomeColumns(replay: ReplayAnswer): DataColumn<ReplayRecordAnswer>[] {
  const t = useTranslations('replays.outcomes')
  // Their texts, since the answer itself is a new one every second.
  const { clusterId, topic } = replay
  const targetClusterId = replay.target.clusterId
  return useMemo(
    () => [
      {
        id: 'source',
        header: t('source'),
        className: 'w-[24%]',
        canHide: false,
        cell: (row) => (
          <Link
            href={recordHref(clusterId, topic, row.source)}
            prefetch={false}
            className="font-semibold hover:underline"
          >
            {offsetText(row.source)}
          </Link>
        ),
      },
      {
        id: 'target',
        header: t('target'),
        className: 'w-[34%]',
        cell: (row) => <Target clusterId={targetClusterId} target={row.target} />,
      },
      {
        id: 'outcome',
        header: t('outcome'),
        className: 'w-32',
        cell: (row) => <span className={OUTCOME_TEXT[row.outcome]}>{t(`values.${row.outcome}`)}</span>,
      },
      {
        id: 'because',
        header: t('because'),
        cell: (row) => (row.message === null ? null : <span title={row.message}>{row.message}</span>),
      },
    ],
    [t, clusterId, topic, targetClusterId],
  )
}

interface TargetProps {
  clusterId: string
  target: ReplayRecordAnswer['target']
}

function Target({ clusterId, target }: TargetProps): ReactElement {
  const t = useTranslations('replays.outcomes')
  if (target === null) return <span className="text-ink3">{t('noTarget')}</span>
  const query = new URLSearchParams({ tab: 'messages', partition: String(target.partition) })
  if (target.broker !== null) query.set('broker', target.broker)
  if (target.offset !== null) {
    query.set('from', 'offset')
    query.set('offset', String(target.offset))
  }
  return (
    <Link
      href={`${topicHref(clusterId, target.topic)}?${query}`}
      prefetch={false}
      className="text-ink2 hover:underline"
    >
      {target.topic}{' '}
      <span className="text-ink">
        {target.broker === null ? target.partition : `${target.broker}:${target.partition}`}:
      </span>
      {target.offset ?? <Unknown why={t('offsetUnknown')} />}
    </Link>
  )
}
