'use client'

import { useQueries } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useMemo } from 'react'
import type { EventListAnswer } from '../../lib/api/schemas/events.ts'
import { isAbout, type SeriesPick } from '../../lib/client/explore-view.ts'
import { eventsQuery } from '../../lib/client/queries/events.ts'
import type { TimeRange } from '../../lib/client/time-range.ts'
import type { ChartMark } from '../charts/mark-groups.ts'
import { usePartitionName } from '../charts/use-partition-name.ts'

type ClusterEvent = EventListAnswer['items'][number]

const KINDS = [
  ...(['leaderChanged', 'controllerChanged', 'brokerLost', 'brokerReturned'] as const),
  ...(['configChanged', 'clockChanged', 'replay', 'loss'] as const),
]

/** What happened to what is drawn. A console that keeps no events has no marks, and that is no fault. */
export function useEventMarks(
  pick: SeriesPick,
  clusterIds: readonly string[],
  range: TimeRange,
): { marks: ChartMark[]; isTruncated: boolean } {
  const sayEvent = useEventWords(clusterIds.length > 1)
  const answers = useQueries({ queries: clusterIds.map((cluster) => eventsQuery(cluster, range)) }).map(
    ({ data }) => data,
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list of answers is new on every render, its members are not.
  return useMemo(() => {
    const events = answers.flatMap((answer) => answer?.items ?? []).filter((event) => isAbout(pick, event))
    return {
      marks: events.map((event) => ({ key: String(event.id), atMs: Date.parse(event.at), label: sayEvent(event) })),
      isTruncated: answers.some((answer) => answer?.truncated === true),
    }
  }, [...answers, pick, sayEvent])
}

/** The kind in words, and what it happened to. */
function useEventWords(withCluster: boolean): (event: ClusterEvent) => string {
  const t = useTranslations('explore')
  const nameOf = usePartitionName()
  return useMemo(
    () => (event) => {
      const { kind, clusterId, topic, partition, broker, group } = event
      const known = KINDS.find((one) => one === kind)
      const place = partition === null ? broker : nameOf({ cluster: clusterId, partition, broker })
      const parts = [withCluster ? clusterId : null, group, topic, place].filter((part) => part !== null)
      return [known === undefined ? kind : t(`events.${known}`), ...parts].join(' · ')
    },
    [t, nameOf, withCluster],
  )
}
