'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useState } from 'react'
import type { CauseAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { placeOfRecord, trendOf } from '../../lib/client/dead-letter-views.ts'
import { visibleText } from '../../lib/client/payload.ts'
import { causeIn, causeQuery, deadLetterQuery, type QueueName } from '../../lib/client/queries/dead-letters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { TimeChart } from '../charts/time-chart.tsx'
import { PayloadView } from '../messages/payload-view.tsx'
import { EmptyPanel } from '../shell/empty-panel.tsx'
import { deadLettersHref, groupHref, recordHref, topicHref } from '../shell/places.ts'
import { FactList } from '../topics/fact-list.tsx'
import { Loading, Skeleton, SkeletonRows } from '../ui/skeleton.tsx'
import { ErrorState, StaleBanner } from '../ui/states.tsx'
import { Num, RelativeTime } from '../ui/values.tsx'
import { CauseTemplate, causeLabel } from './cause-text.tsx'
import { DoneNote } from './done-note.tsx'
import { MessageTable } from './message-table.tsx'
import { NameList } from './name-list.tsx'
import { QueueHead } from './queue-head.tsx'
import { RestoreButton } from './restore-button.tsx'
import { SelectionActions } from './selection-bar.tsx'

interface CausePageProps {
  queue: QueueName
  fingerprint: string
}

/** One reason why messages died: how often, since when, whom it hits, an example, and its records. */
export function CausePage({ queue, fingerprint }: CausePageProps): ReactElement {
  const { data, error, refetch } = useQuery(causeQuery(queue, fingerprint))
  const t = useTranslations('deadLetters')
  const [done, setDone] = useState<string | null>(null)
  const cause = causeIn(data, fingerprint)
  const title =
    cause === null ? t('causes.by.cause') : visibleText(cause.exception ?? cause.message ?? t('causes.none'))
  const sayArchived = (count: number): void => setDone(t('archive.done', { count }))
  const sayRestored = (count: number): void => setDone(t('archive.restored', { count }))
  return (
    <>
      <QueueHead queue={queue} title={title}>
        {cause !== null && (
          <CauseActions queue={queue} cause={cause} onArchived={sayArchived} onRestored={sayRestored} />
        )}
      </QueueHead>
      <DoneNote text={done} />
      {cause !== null ? (
        <>
          <CauseHead queue={queue} cause={cause} />
          <div className="mb-5 grid items-start gap-3 xl:grid-cols-2">
            <TrendChart cause={cause} />
            <Example queue={queue} cause={cause} />
          </div>
          <h2 className="mb-2 font-semibold text-base">{t('cause.records')}</h2>
          <MessageTable queue={queue} cause={fingerprint} onArchived={sayArchived} onRestored={sayRestored} />
        </>
      ) : data !== undefined ? (
        <EmptyPanel
          title={t('cause.unknown.title')}
          text={t('cause.unknown.text')}
          href={deadLettersHref(queue.clusterId, queue.topic)}
          action={t('cause.unknown.back')}
        />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} className="panel" />
      ) : (
        <CauseSkeleton />
      )}
    </>
  )
}

interface CauseProps {
  queue: QueueName
  cause: CauseAnswer
}

interface CauseActionsProps extends CauseProps {
  onArchived(records: number): void
  onRestored(records: number): void
}

function CauseActions({ queue, cause, onArchived, onRestored }: CauseActionsProps): ReactElement {
  const t = useTranslations('deadLetters.cause')
  const causes = [cause.fingerprint]
  return (
    <>
      {cause.handledCount > 0 && (
        <RestoreButton
          queue={queue}
          label={t('restore')}
          selection={{ causes, includeHandled: true }}
          onDone={onRestored}
        />
      )}
      {cause.count > 0 && (
        <SelectionActions queue={queue} selection={{ causes }} count={cause.count} onArchived={onArchived} />
      )}
    </>
  )
}

function CauseHead({ queue, cause }: CauseProps): ReactElement {
  const t = useTranslations('deadLetters')
  const { clusterId } = queue
  const expiredFact = (count: number): [string, ReactNode] => [
    t('cause.facts.expired'),
    <Link key="e" href="?status=expired" title={t('cause.expiredHelp')} className="text-losing hover:underline">
      <Num value={count} />
    </Link>,
  ]
  const facts: [string, ReactNode][] = [
    [t('cause.facts.open'), <Num key="c" value={cause.count} />],
    [
      t('cause.facts.handled'),
      <span key="h" title={t('cause.handledHelp')}>
        <Num value={cause.handledCount} />
      </span>,
    ],
    [
      t('cause.facts.returned'),
      <span key="r" title={t('cause.returnedHelp')}>
        <Num value={cause.returnedCount} {...(cause.returnedCount > 0 ? { className: 'text-risk' } : {})} />
      </span>,
    ],
    ...(cause.expiredCount === 0 ? [] : [expiredFact(cause.expiredCount)]),
    [t('cause.facts.firstSeen'), <RelativeTime key="f" at={cause.firstSeenAt} />],
    [t('cause.facts.lastSeen'), <RelativeTime key="l" at={cause.lastSeenAt} />],
    [
      t('cause.facts.topics'),
      <NameList key="t" names={cause.originTopics} hrefOf={(name) => topicHref(clusterId, name)} atMost={4} />,
    ],
    [
      t('cause.facts.groups'),
      <NameList key="g" names={cause.groups} hrefOf={(name) => groupHref(clusterId, name)} atMost={4} />,
    ],
    ...(cause.frame === null
      ? []
      : ([[t('cause.facts.frame'), <span key="m">{visibleText(cause.frame)}</span>]] satisfies [string, ReactNode][])),
  ]
  return (
    <>
      {cause.exception !== null && cause.message !== null && (
        <p className="mb-3 max-w-prose text-lg [overflow-wrap:anywhere]">
          <CauseTemplate message={cause.message} />
        </p>
      )}
      {cause.exception === null && cause.message === null && <p className="mb-3 text-ink2">{t('causes.noneHelp')}</p>}
      <FactList facts={facts} />
      {cause.fixFirst && (
        <StaleBanner level="atRisk" title={t('queue.fixFirst.title')}>
          {t('queue.fixFirst.text', { cause: causeLabel(cause, t('causes.none')) })}
        </StaleBanner>
      )}
    </>
  )
}

function TrendChart({ cause }: { cause: CauseAnswer }): ReactElement {
  const t = useTranslations('deadLetters')
  const format = useFormat()
  const trend = trendOf(cause)
  const title = t('cause.trend')
  const series = { key: 'arrivals', label: t('causes.columns.trend'), points: trend?.points ?? [], gaps: [] }
  return (
    <TimeChart
      title={title}
      unit={t('cause.trendUnit', { step: format.duration(cause.trendStepSeconds * SECOND_MS) })}
      statistic="last"
      formatValue={format.number}
      syncId="cause"
      data={{
        series: trend === null ? [] : [series],
        stepSeconds: Math.max(1, cause.trendStepSeconds),
        bounds: { ...(trend?.bounds ?? { fromMs: 0, toMs: 1 }), recordedSinceMs: null },
      }}
    />
  )
}

/** The newest record of it, so that nobody has to open one to know what kind of message it is. */
function Example({ queue, cause }: CauseProps): ReactElement | null {
  const { sample } = cause
  return sample === null ? null : <SampleRecord queue={queue} sample={sample} />
}

function SampleRecord({
  queue,
  sample,
}: {
  queue: QueueName
  sample: NonNullable<CauseAnswer['sample']>
}): ReactElement {
  const t = useTranslations('deadLetters.cause')
  const place = placeOfRecord(sample)
  const { data, error, refetch } = useQuery(deadLetterQuery(queue, place))
  return (
    <section aria-labelledby="example-title" className="panel min-w-0">
      <div className="flex flex-wrap items-center gap-2 border-line border-b px-3 py-2">
        <h2 id="example-title" className="min-w-0 flex-1 font-semibold text-sm">
          {t('exampleOf')}
        </h2>
        <Link
          href={recordHref(queue.clusterId, queue.topic, place)}
          prefetch={false}
          className="text-ink2 text-xs underline hover:text-ink"
        >
          {t('openExample')}
        </Link>
      </div>
      {sample.message !== null && (
        <p className="border-line2 border-b px-3 py-2 text-ink2 [overflow-wrap:anywhere]">
          {visibleText(sample.message)}
        </p>
      )}
      {data !== undefined ? (
        <PayloadView payload={data.value} part="value" />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading>
          <SkeletonRows rows={4} />
        </Loading>
      )}
    </section>
  )
}

function CauseSkeleton(): ReactElement {
  return (
    <Loading>
      <Skeleton className="mb-4 h-9 w-full max-w-3xl" />
      <div className="mb-5 grid gap-3 xl:grid-cols-2">
        <Skeleton className="h-72 w-full" />
        <Skeleton className="h-72 w-full" />
      </div>
      <div className="panel">
        <SkeletonRows />
      </div>
    </Loading>
  )
}
