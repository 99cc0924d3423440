'use client'

import { useQuery } from '@tanstack/react-query'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { StatusAnswer, StoreTroubleAnswer } from '../../lib/api/schemas/status.ts'
import { ApiError } from '../../lib/client/api.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { statusQuery } from '../../lib/client/queries/status.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { StaleBanner } from '../ui/states.tsx'

/**
 * Why what the page shows is not the present, when the console itself is the reason: it does not answer, it stores
 * nothing, its collector died, or it cannot read what it has. One strip only, the reason nearest to the cause.
 */
export function ConsoleTrouble(): ReactElement | null {
  const t = useTranslations('shell')
  const format = useFormat()
  const { isError, data, dataUpdatedAt, failureCount, failureReason } = useQuery(clustersQuery())
  const { data: status } = useQuery(statusQuery())
  const isFailing = data !== undefined && (isError || failureCount > 1)
  const problem = failureReason instanceof ApiError ? failureReason.problem : null
  const time = format.exact(dataUpdatedAt)
  if (isFailing && problem === null) return <StaleBanner title={t('unreachable', { time })} />
  const { storeTrouble = null, stopped = null } = status?.collector ?? {}
  if (storeTrouble !== null) return <NotStored trouble={storeTrouble} />
  if (stopped !== null) return <CollectorStopped stopped={stopped} />
  if (isFailing && problem !== null) {
    return <StaleBanner title={t('failing', { problem: problem.title, time })}>{problem.fix}</StaleBanner>
  }
  return null
}

/** The clusters by name, when it is not all of them. */
function useConcerned(clusterIds: readonly string[]): string | null {
  const format = useFormatter()
  const { data } = useQuery(clustersQuery())
  const all = data?.items ?? []
  const concerned = all.filter(({ id }) => clusterIds.includes(id))
  if (concerned.length === 0 || concerned.length === all.length) return null
  return format.list(concerned.map(({ name }) => name))
}

function NotStored({ trouble }: { trouble: StoreTroubleAnswer }): ReactElement {
  const t = useTranslations('shell.store')
  const format = useFormat()
  const clusters = useConcerned(trouble.clusterIds)
  const { since, detail, fix, waitingPolls, droppedPolls } = trouble
  const time = useNowValue((nowMs) => format.clock(Date.parse(since), nowMs))
  const counts = (
    <>
      {waitingPolls === 0 ? null : <p>{t('waiting', { count: waitingPolls })}</p>}
      {droppedPolls === 0 ? null : <p>{t('dropped', { count: droppedPolls })}</p>}
    </>
  )
  return (
    <StaleBanner
      level="atRisk"
      title={clusters === null ? t('title', { time }) : t('titleOf', { time, clusters })}
      changing={counts}
    >
      <p>{detail}</p>
      <p>{fix}</p>
    </StaleBanner>
  )
}

function wholeSeconds(ms: number): number {
  return Math.ceil(ms / SECOND_MS) * SECOND_MS
}

type Stopped = NonNullable<NonNullable<StatusAnswer['collector']>['stopped']>

function CollectorStopped({ stopped }: { stopped: Stopped }): ReactElement {
  const t = useTranslations('shell.collector')
  const format = useFormat()
  const restartsAtMs = Date.parse(stopped.restartsAt)
  const restart = useNowValue((nowMs) =>
    nowMs < restartsAtMs
      ? t('restarts', { duration: format.duration(wholeSeconds(restartsAtMs - nowMs)) })
      : t('restarting'),
  )
  const time = useNowValue((nowMs) => format.clock(Date.parse(stopped.since), nowMs))
  return (
    <StaleBanner title={t('title', { time })} changing={<p>{restart}</p>}>
      {t('text')}
    </StaleBanner>
  )
}
