'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { ApiError } from '../../lib/client/api.ts'
import { replayQuery } from '../../lib/client/queries/replays.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { EmptyPanel } from '../shell/empty-panel.tsx'
import { ClusterWords } from '../shell/system-words.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Loading, Skeleton } from '../ui/skeleton.tsx'
import { ErrorState, StaleBanner } from '../ui/states.tsx'
import { OutcomeTable } from './outcome-table.tsx'
import { RecordSteps } from './record-steps.tsx'
import { ReplayStateMark } from './replay-state-mark.tsx'
import { ReplayStatus } from './replay-status.tsx'

/** One replay: what is happening now, and the five steps as the record of what was decided. */
export function ReplayPage({ id }: { id: string }): ReactElement {
  const t = useTranslations('replays')
  const { data, error, refetch } = useQuery(replayQuery(id))
  const isGone = error instanceof ApiError && error.status === 404
  return (
    <>
      <PageHeader
        title={data === undefined ? t('job.title') : t('job.titleOf', { topic: data.topic })}
        crumbs={[{ label: t('title'), href: '/replays' }]}
        beside={data === undefined ? undefined : <ReplayStateMark state={data.state} />}
      />
      {data === undefined ? (
        isGone ? (
          <EmptyPanel
            title={t('job.gone.title')}
            text={t('job.gone.text')}
            href="/replays"
            action={t('job.gone.action')}
          />
        ) : error === null ? (
          <Loading>
            <Skeleton className="mb-4 h-40 w-full" />
            <Skeleton className="h-[32rem] w-full" />
          </Loading>
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} className="panel" />
        )
      ) : (
        <ClusterWords clusterId={data.clusterId}>
          {error === null ? null : <OutdatedNotice id={id} />}
          <Job replay={data} />
        </ClusterWords>
      )}
    </>
  )
}

/** The numbers stay, and it is said that they are old: a job goes on whether or not somebody watches. */
function OutdatedNotice({ id }: { id: string }): ReactElement {
  const t = useTranslations('replays.job')
  const format = useFormat()
  const { dataUpdatedAt } = useQuery(replayQuery(id))
  return <StaleBanner title={t('outdated', { time: format.exact(dataUpdatedAt) })}>{t('outdatedText')}</StaleBanner>
}

function Job({ replay }: { replay: ReplayAnswer }): ReactElement {
  const hasOutcomes = replay.startedAt !== null
  return (
    <div className="space-y-5">
      <ReplayStatus replay={replay} />
      <RecordSteps replay={replay} />
      {hasOutcomes ? <OutcomeTable replay={replay} /> : null}
    </div>
  )
}
