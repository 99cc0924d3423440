'use client'

import { useQuery } from '@tanstack/react-query'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import type { SeriesPick } from '../../lib/client/explore-view.ts'
import { brokersQuery } from '../../lib/client/queries/clusters.ts'
import { groupNamesQuery, topicNamesQuery } from '../../lib/client/queries/names.ts'
import { topicQuery } from '../../lib/client/queries/topics.ts'
import type { MetricLabel } from '../../lib/history/metrics.ts'

const MOST_NAMES = 50

/** What the cluster has for a label; empty where that is not known, since a name may also be typed. */
export function useLabelOptions(
  label: MetricLabel,
  pick: SeriesPick,
  text: string,
  isPartitionMetric: boolean,
): string[] {
  const { cluster, labels } = pick
  const { topic = '' } = labels
  const has = (wanted: boolean): { enabled: boolean } => ({ enabled: wanted && cluster !== '' })
  const topics = useQuery({ ...topicNamesQuery(cluster, text, MOST_NAMES), ...has(label === 'topic') })
  const groups = useQuery({ ...groupNamesQuery(cluster, text, MOST_NAMES), ...has(label === 'group') })
  const brokers = useQuery({ ...brokersQuery(cluster), ...has(label === 'broker' || label === 'logDir') })
  const one = useQuery({ ...topicQuery(cluster, topic), ...has(label === 'partition' && topic !== '') })
  switch (label) {
    case 'topic':
      return topics.data?.items.map(({ name }) => name) ?? []
    case 'group':
      return groups.data?.items.map(({ id }) => id) ?? []
    case 'broker':
      return distinct((brokers.data?.items ?? []).map((broker) => brokerLabel(broker, isPartitionMetric)))
    case 'logDir':
      return distinct(
        (brokers.data?.items ?? [])
          .filter(({ id }) => labels.broker === undefined || labels.broker === id)
          .flatMap(({ logDirs }) => logDirs?.map(({ path }) => path) ?? []),
      )
    case 'partition':
      return distinct(one.data?.partitionStates.map(({ partition }) => String(partition)) ?? [])
  }
}

/** A queue of RocketMQ belongs to the brokers of a name, of which there are a master and slaves. */
function brokerLabel({ id }: BrokerAnswer, isPartitionMetric: boolean): string {
  return isPartitionMetric ? id.replace(/:\d+$/, '') : id
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)]
}
