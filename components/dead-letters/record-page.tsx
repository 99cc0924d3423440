'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useState } from 'react'
import type { DeadLetterAnswer, SelectionInput } from '../../lib/api/schemas/dead-letters.ts'
import { ApiError } from '../../lib/client/api.ts'
import { placeOfRecord, shortCause } from '../../lib/client/dead-letter-views.ts'
import { deadLetterQuery, type QueueName, type RecordPlace } from '../../lib/client/queries/dead-letters.ts'
import { newReplayHref } from '../../lib/client/selection-url.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { EmptyPanel } from '../shell/empty-panel.tsx'
import { causeHref, deadLettersHref } from '../shell/places.ts'
import { FactList } from '../topics/fact-list.tsx'
import { Button } from '../ui/button.tsx'
import { Loading, Skeleton } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Bytes, Num, RelativeTime } from '../ui/values.tsx'
import { ArchiveDialog } from './archive-dialog.tsx'
import { ClassName } from './cause-text.tsx'
import { FormatName } from './depth.tsx'
import { DoneNote } from './done-note.tsx'
import { QueueHead } from './queue-head.tsx'
import { RecordView } from './record-view.tsx'
import { RestoreButton } from './restore-button.tsx'
import { StatusMark } from './status-mark.tsx'

interface RecordPageProps {
  queue: QueueName
  place: RecordPlace
}

/** What a page asks for first: enough for most messages, quick for all. */
const FIRST_BYTES = 64 * 1_024
const MORE_TIMES = 16
/** What the API gives at most. */
const MOST_BYTES = 12 * 1_024 * 1_024

/** Why there is nothing to show, by the status of the answer. */
const MISSING: Partial<Record<number, 'missing' | 'forgotten'>> = { 404: 'missing', 410: 'forgotten' }

/** One dead letter: what became of it on its way, why it died, and every byte of it. */
export function RecordPage({ queue, place }: RecordPageProps): ReactElement {
  const t = useTranslations('deadLetters')
  const [maxBytes, setMaxBytes] = useState(FIRST_BYTES)
  const { data, error, isPlaceholderData, refetch } = useQuery(deadLetterQuery(queue, place, maxBytes))
  const [done, setDone] = useState<string | null>(null)
  const title = usePlaceName()(place)
  const missing = error instanceof ApiError ? (MISSING[error.status] ?? null) : null
  return (
    <>
      <QueueHead queue={queue} title={title}>
        {data !== undefined && (
          <RecordActions
            queue={queue}
            record={data}
            onArchived={(count) => setDone(t('archive.done', { count }))}
            onRestored={(count) => setDone(t('archive.restored', { count }))}
          />
        )}
      </QueueHead>
      <DoneNote text={done} />
      {data !== undefined ? (
        <>
          <RecordFacts queue={queue} record={data} />
          <RecordView
            record={data}
            {...(maxBytes < MOST_BYTES
              ? { onMoreBytes: () => setMaxBytes(Math.min(MOST_BYTES, maxBytes * MORE_TIMES)) }
              : {})}
            isLoadingMore={isPlaceholderData}
          />
        </>
      ) : missing !== null ? (
        <EmptyPanel
          title={t(`record.${missing}.title`)}
          text={t(`record.${missing}.text`)}
          href={deadLettersHref(queue.clusterId, queue.topic)}
          action={t('record.missing.back')}
        />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} className="panel" />
      ) : (
        <RecordSkeleton />
      )}
    </>
  )
}

/** Where a record lies in its queue, in full. */
function usePlaceName(): (place: RecordPlace) => string {
  const t = useTranslations('deadLetters.record')
  const format = useFormat()
  return ({ partition, broker, offset }) => {
    const place = { partition, offset: format.number(offset) }
    return broker === null ? t('place', place) : t('brokerPlace', { broker, ...place })
  }
}

interface RecordActionsProps {
  queue: QueueName
  record: DeadLetterAnswer
  onArchived(records: number): void
  onRestored(records: number): void
}

function RecordActions({ queue, record, onArchived, onRestored }: RecordActionsProps): ReactElement | null {
  const t = useTranslations('deadLetters.actions')
  const { mayChange } = useRights()
  const [isArchiving, setIsArchiving] = useState(false)
  if (record.gone !== null) return null
  const selection: SelectionInput = {
    offsets: [placeOfRecord(record)],
    ...(record.status === 'open' ? {} : { includeHandled: true }),
  }
  return (
    <>
      {record.status === 'archived' && <RestoreButton queue={queue} selection={selection} onDone={onRestored} />}
      {record.status === 'open' && mayChange('deadLetters:write', queue) && (
        <Button onClick={() => setIsArchiving(true)}>{t('archiveOne')}</Button>
      )}
      {mayChange('replays:write', queue) && (
        <Button asChild look="primary">
          <Link href={newReplayHref(queue.clusterId, queue.topic, selection)} prefetch={false}>
            {t('replayOne')}
          </Link>
        </Button>
      )}
      <ArchiveDialog
        queue={queue}
        selection={selection}
        count={1}
        open={isArchiving}
        onClose={() => setIsArchiving(false)}
        onDone={onArchived}
      />
    </>
  )
}

function RecordFacts({ queue, record }: { queue: QueueName; record: DeadLetterAnswer }): ReactElement {
  const t = useTranslations('deadLetters')
  const { rocketmq } = record
  const facts: [string, ReactNode][] = [
    [t('record.facts.status'), <StatusMark key="s" status={record.status} />],
    [t('record.facts.arrived'), <RelativeTime key="a" at={record.timestamp} why={t('messages.noTime')} />],
    [t('record.facts.cause'), <CauseLink key="c" queue={queue} record={record} />],
    [
      t('record.facts.attempts'),
      <Num
        key="n"
        value={record.attempts}
        why={t(record.gone === null ? 'record.attemptsUnknown' : 'record.goneWhy')}
      />,
    ],
    [t('record.facts.format'), <FormatName key="f" format={record.format} />],
    [t('record.facts.size'), <Bytes key="b" value={record.sizeBytes} why={t('record.goneWhy')} />],
  ]
  if (rocketmq !== null) {
    facts.push(
      [t('record.facts.reconsumed'), <Num key="r" value={rocketmq.reconsumeTimes} />],
      [t('record.facts.born'), <RelativeTime key="t" at={rocketmq.bornAt} />],
      [
        t('record.facts.messageId'),
        <span key="m" className="break-all font-mono text-xs">
          {rocketmq.messageId}
        </span>,
      ],
    )
  }
  return <FactList facts={facts} />
}

function CauseLink({ queue, record }: { queue: QueueName; record: DeadLetterAnswer }): ReactElement {
  const t = useTranslations('deadLetters.causes')
  const { name } = shortCause(record)
  return (
    <Link
      href={causeHref(queue.clusterId, queue.topic, record.fingerprint)}
      prefetch={false}
      className="inline-flex max-w-full hover:underline"
    >
      {name === null ? <span title={t('noneHelp')}>{t('none')}</span> : <ClassName name={name} />}
    </Link>
  )
}

function RecordSkeleton(): ReactElement {
  return (
    <Loading>
      <Skeleton className="mb-4 h-9 w-full max-w-3xl" />
      <div className="mb-3 grid gap-3 xl:grid-cols-[1fr_2fr]">
        <Skeleton className="h-56 w-full" />
        <Skeleton className="h-56 w-full" />
      </div>
      <Skeleton className="h-72 w-full" />
    </Loading>
  )
}
