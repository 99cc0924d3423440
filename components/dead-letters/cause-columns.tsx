'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import type { CauseAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { trendOf } from '../../lib/client/dead-letter-views.ts'
import { visibleText } from '../../lib/client/payload.ts'
import type { CauseKey, QueueName } from '../../lib/client/queries/dead-letters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { causeHref, deadLettersHref, groupHref, topicHref } from '../shell/places.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { RowCheckbox } from '../ui/row-checkbox.tsx'
import type { Selection } from '../ui/use-selection.ts'
import { Num, RelativeTime } from '../ui/values.tsx'
import { CauseFoot, CauseTemplate, ClassName, causeLabel } from './cause-text.tsx'
import { NameList } from './name-list.tsx'
import { TrendSparkline } from './trend-sparkline.tsx'

export interface CauseRow {
  queue: QueueName
  cause: CauseAnswer
}

interface CauseColumnsOptions {
  by: CauseKey
  /** Left out where rows cannot be chosen. */
  selection?: Selection
  /** Keys of the rows that are shown, for the box that ticks all of them. */
  rows: readonly CauseRow[]
  /** Rows of several queues say which one. */
  hasQueue?: boolean
}

export function causeRowKey({ queue, cause }: CauseRow): string {
  return `${queue.clusterId}/${queue.topic}/${cause.fingerprint}`
}

const NO_ROWS: readonly CauseRow[] = []

export function useCauseColumns(options: CauseColumnsOptions): DataColumn<CauseRow>[] {
  const { by, selection, hasQueue = false } = options
  // Only the box in the head looks at all rows.
  const rows = selection === undefined ? NO_ROWS : options.rows
  const t = useTranslations('deadLetters.causes')
  const format = useFormat()
  return useMemo(() => {
    const seconds = (at: string | null): number | null => (at === null ? null : Date.parse(at))
    const columns: DataColumn<CauseRow>[] = [
      {
        id: 'cause',
        header: t(`by.${by}`),
        cell: (row) => <CauseCell row={row} by={by} {...(selection === undefined ? {} : { selection })} />,
        sortKey: 'exception',
        sortValue: ({ cause }) => cause.exception ?? cause.message ?? '',
        className: 'w-full min-w-64',
        canHide: false,
        ...(selection === undefined ? {} : { lead: <AllCheckbox rows={rows} selection={selection} /> }),
      },
      {
        id: 'count',
        header: t('columns.count'),
        hint: t('columnHelp.count'),
        cell: ({ cause }) => <Num value={cause.count} className="font-semibold" />,
        sortValue: ({ cause }) => cause.count,
        align: 'end',
        className: 'min-w-24',
      },
      {
        id: 'trend',
        header: t('columns.trend'),
        hint: t('columnHelp.trend', { duration: trendDuration(options.rows, format.roughDuration) }),
        cell: ({ cause }) => <TrendSparkline cause={cause} name={causeLabel(cause, t('none'))} />,
        className: 'min-w-36',
      },
      {
        id: 'firstSeenAt',
        header: t('columns.firstSeen'),
        cell: ({ cause }) => <RelativeTime at={cause.firstSeenAt} />,
        sortValue: ({ cause }) => seconds(cause.firstSeenAt),
        align: 'end',
        priority: 3,
        className: 'min-w-36',
      },
      {
        id: 'lastSeenAt',
        header: t('columns.lastSeen'),
        cell: ({ cause }) => <RelativeTime at={cause.lastSeenAt} />,
        sortValue: ({ cause }) => seconds(cause.lastSeenAt),
        align: 'end',
        className: 'min-w-36',
      },
      {
        id: 'groups',
        header: t('columns.groups'),
        cell: ({ queue, cause }) => (
          <NameList names={cause.groups} hrefOf={(name) => groupHref(queue.clusterId, name)} atMost={1} />
        ),
        sortValue: ({ cause }) => cause.groups[0] ?? null,
        priority: 2,
        className: 'min-w-28',
      },
      {
        id: 'topics',
        header: t('columns.topics'),
        cell: ({ queue, cause }) => (
          <NameList names={cause.originTopics} hrefOf={(name) => topicHref(queue.clusterId, name)} atMost={1} />
        ),
        sortKey: 'originTopics',
        sortValue: ({ cause }) => cause.originTopics[0] ?? null,
        priority: 2,
        className: 'min-w-28',
      },
    ]
    if (!hasQueue) return columns
    const queueColumn: DataColumn<CauseRow> = {
      id: 'queue',
      header: t('columns.queue'),
      cell: ({ queue }) => (
        <Link
          href={deadLettersHref(queue.clusterId, queue.topic)}
          prefetch={false}
          className="hover:underline"
          title={queue.topic}
        >
          {queue.topic}
        </Link>
      ),
      sortValue: ({ queue }) => queue.topic,
      isWide: true,
      className: 'min-w-40',
    }
    return [...columns.slice(0, 1), queueColumn, ...columns.slice(1)]
  }, [t, by, selection, rows, hasQueue, format, options.rows])
}

function trendDuration(rows: readonly CauseRow[], say: (ms: number) => string): string {
  const trend = rows.map(({ cause }) => trendOf(cause)).find((one) => one !== null)
  return trend === undefined || trend === null ? '' : say(trend.bounds.toMs - trend.bounds.fromMs)
}

function AllCheckbox({ rows, selection }: { rows: readonly CauseRow[]; selection: Selection }): ReactElement {
  const t = useTranslations('deadLetters.causes')
  const isAll = rows.length > 0 && selection.keys.size === rows.length
  return (
    <RowCheckbox
      label={t('selectAll')}
      checked={isAll}
      isMixed={selection.keys.size > 0}
      onChange={() => selection.replace(isAll ? [] : rows.map(causeRowKey))}
    />
  )
}

interface CauseCellProps {
  row: CauseRow
  by: CauseKey
  selection?: Selection
}

function CauseCell({ row, by, selection }: CauseCellProps): ReactElement {
  const t = useTranslations('deadLetters.causes')
  const { cause } = row
  const label = causeLabel(cause, t(`unknownGroup.${by}`))
  return (
    <span className="flex items-start whitespace-normal">
      {selection !== undefined && (
        <RowCheckbox
          label={t('select', { cause: label })}
          checked={selection.has(causeRowKey(row))}
          onChange={() => selection.toggle(causeRowKey(row))}
        />
      )}
      <span className="min-w-0 flex-1">
        <CauseTitle row={row} by={by} />
        {cause.message !== null && cause.exception !== null && (
          <CauseTemplate message={cause.message} className="line-clamp-2 [overflow-wrap:anywhere]" />
        )}
        <span className="block truncate text-ink3 text-xs max-sm:whitespace-normal">
          <CauseFoot cause={cause} />
        </span>
      </span>
    </span>
  )
}

/** Only causes have a page; other ways to group are a view of the table. */
function CauseTitle({ row: { queue, cause }, by }: CauseCellProps): ReactElement {
  const t = useTranslations('deadLetters.causes')
  const title = titleOf(cause, by) ?? <span className="font-semibold">{t(`unknownGroup.${by}`)}</span>
  if (by !== 'cause') return <span className="block">{title}</span>
  return (
    <Link
      href={causeHref(queue.clusterId, queue.topic, cause.fingerprint)}
      prefetch={false}
      className="flex min-w-0 hover:underline"
    >
      {title}
    </Link>
  )
}

function titleOf(cause: CauseAnswer, by: CauseKey): ReactNode {
  if (by === 'originTopic') return nameOf(cause.originTopics)
  if (by === 'group') return nameOf(cause.groups)
  if (cause.exception !== null) return <ClassName name={cause.exception} />
  return cause.message === null ? null : <CauseTemplate message={cause.message} className="truncate font-semibold" />
}

function nameOf([name]: readonly string[]): ReactNode {
  return name === undefined ? null : <span className="font-semibold">{visibleText(name)}</span>
}
