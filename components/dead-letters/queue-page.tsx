'use client'

import { useQuery } from '@tanstack/react-query'
import { usePathname, useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { CauseListAnswer } from '../../lib/api/schemas/dead-letters.ts'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { causesQuery, type QueueName } from '../../lib/client/queries/dead-letters.ts'
import { dlqIn, dlqQuery } from '../../lib/client/queries/dlqs.ts'
import { EmptyPanel } from '../shell/empty-panel.tsx'
import { hrefOfTab } from '../topics/href-of-tab.ts'
import { Loading, Skeleton } from '../ui/skeleton.tsx'
import { ErrorState, StaleBanner } from '../ui/states.tsx'
import { TabLinks } from '../ui/tabs.tsx'
import { causeLabel } from './cause-text.tsx'
import { DoneNote } from './done-note.tsx'
import { MessageTable } from './message-table.tsx'
import { QueueActions } from './queue-actions.tsx'
import { FIRST_CAUSE_SORT, QueueCauses } from './queue-causes.tsx'
import { QueueFacts } from './queue-facts.tsx'
import { QueueHead } from './queue-head.tsx'
import { QUEUE_TABS, type QueueTab } from './queue-tabs.ts'
import { ScanProgress } from './scan-progress.tsx'

interface QueuePageProps {
  queue: QueueName
  tab: QueueTab
}

/** One dead-letter queue: its numbers, how much of it is counted, why messages died, and the messages. */
export function QueuePage({ queue, tab }: QueuePageProps): ReactElement {
  const { clusterId, topic } = queue
  const list = useQuery(dlqQuery(clusterId, topic))
  const scan = useQuery(causesQuery(queue, { sort: FIRST_CAUSE_SORT })).data
  const [done, setDone] = useState<string | null>(null)
  const words = useTranslations('deadLetters')
  const dlq = dlqIn(list.data, clusterId, topic)
  if (list.data !== undefined && dlq === undefined) return <UnknownQueue queue={queue} />
  const sayArchived = (count: number): void => setDone(words('archive.done', { count }))
  return (
    <>
      <QueueHead queue={queue}>
        {dlq !== undefined && (
          <QueueActions
            queue={queue}
            dlq={dlq}
            scan={scan}
            onArchived={sayArchived}
            onPurged={(count) => setDone(words('purge.done', { count }))}
          />
        )}
      </QueueHead>
      <DoneNote text={done} />
      <QueueNumbers dlq={dlq} error={list.error} retry={() => void list.refetch()} />
      {scan !== undefined && <ScanProgress answer={scan} stored={dlq?.stored ?? null} />}
      <QueueNotices queue={queue} dlq={dlq} scan={scan} />
      <QueueTabLinks tab={tab} />
      {tab === 'causes' ? (
        <QueueCauses queue={queue} dlq={dlq} onDone={sayArchived} />
      ) : (
        <MessageTable
          queue={queue}
          onArchived={sayArchived}
          onRestored={(count) => setDone(words('archive.restored', { count }))}
        />
      )}
    </>
  )
}

function QueueNumbers({
  dlq,
  error,
  retry,
}: {
  dlq: DlqAnswer | undefined
  error: Error | null
  retry(): void
}): ReactElement {
  if (dlq !== undefined) return <QueueFacts dlq={dlq} />
  if (error !== null) return <ErrorState error={error} onRetry={retry} className="panel mb-4" />
  return (
    <Loading>
      <Skeleton className="mb-4 h-9 w-full max-w-3xl" />
    </Loading>
  )
}

function QueueTabLinks({ tab }: { tab: QueueTab }): ReactElement {
  const t = useTranslations('deadLetters.queue.tabs')
  const pathname = usePathname()
  const search = useSearchParams()
  return (
    <TabLinks
      label={t('label')}
      current={tab}
      tabs={QUEUE_TABS.map((id) => ({ id, label: t(id), href: hrefOfTab(pathname, search, id, QUEUE_TABS[0]) }))}
    />
  )
}

interface NoticesProps {
  queue: QueueName
  dlq: DlqAnswer | undefined
  scan: CauseListAnswer | undefined
}

/** What a person should know before doing anything here. */
function QueueNotices({ queue, dlq, scan }: NoticesProps): ReactElement {
  const t = useTranslations('deadLetters')
  const cluster = useQuery(clustersQuery()).data?.items.find(({ id }) => id === queue.clusterId)
  const first = scan?.items.find(({ fixFirst }) => fixFirst)
  return (
    <>
      {dlq?.isReadable === false && (
        <StaleBanner level="atRisk" title={t('queue.writeOnly.title')}>
          {t('writeOnlyWhy')}
        </StaleBanner>
      )}
      {first !== undefined && (
        <StaleBanner level="atRisk" title={t('queue.fixFirst.title')}>
          {t('queue.fixFirst.text', { cause: causeLabel(first, t('causes.none')) })}
        </StaleBanner>
      )}
      {cluster?.readOnly === true && (
        <p className="mb-4 text-ink3 text-xs">
          <span className="font-semibold text-ink2">{t('queue.readOnly.title')}.</span> {t('queue.readOnly.text')}
        </p>
      )}
    </>
  )
}

function UnknownQueue({ queue }: { queue: QueueName }): ReactElement {
  const t = useTranslations('deadLetters')
  return (
    <>
      <QueueHead queue={queue} />
      <EmptyPanel
        title={t('queue.unknown.title')}
        text={t('queue.unknown.text', { topic: queue.topic })}
        href="/dead-letters"
        action={t('title')}
      />
    </>
  )
}
