import type { ObservedBroker } from '../../durability/observation.ts'
import { brokerNameOf } from '../../durability/rules/rocketmq-members.ts'
import { maxKnown } from '../../durability/sums.ts'
import { HoldfastError } from '../../errors.ts'
import { type BrokerRow, withDiskForecasts } from '../../history/disk-forecasts.ts'
import { growingTopics } from '../../history/growing-topics.ts'
import type { Locale } from '../../i18n/locale.ts'
import { getClusterOrThrow, getSummaryOrThrow } from '../get-cluster-or-throw.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import { createRowCache } from '../row-cache.ts'
import type { BrokerListAnswer, GrowingTopicsAnswer } from '../schemas/brokers.ts'
import type { ListQuery } from '../schemas/common.ts'
import { toIsoOrNull, wordsOf } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { toBrokerAnswer } from './broker-serializers.ts'

const cache = createRowCache<ObservedBroker>((snapshots, clusterId) => snapshots.brokers(clusterId))

const BROKER_LIST: ListDefinition<BrokerRow> = {
  key: 'id',
  defaultSort: 'id',
  aliases: { name: ['id', 'host'], disk: ['usedRatioMax'], state: ['online'] },
  fields: {
    id: { type: 'text', get: (row) => row.id, rank: (row) => numberOf(row.id) },
    host: { type: 'text', get: (row) => row.host },
    port: { type: 'number', get: (row) => row.port },
    rack: { type: 'text', get: (row) => row.rack },
    role: { type: 'word', get: (row) => row.role },
    version: { type: 'text', get: (row) => row.version },
    online: { type: 'boolean', get: (row) => row.online },
    isController: { type: 'boolean', get: (row) => row.isController },
    lastSeenAt: { type: 'number', get: (row) => row.lastSeenAtMs },
    leaderPartitions: { type: 'number', get: (row) => row.leaderPartitions },
    replicaPartitions: { type: 'number', get: (row) => row.replicaPartitions },
    diskFullAt: { type: 'number', get: (row) => row.diskFullAt.earliestAtMs },
    usedRatioMax: { type: 'number', get: (row) => maxKnown(row.logDirs ?? [], (dir) => dir.usedRatio) },
  },
}

/** Kafka's ids sort as the numbers they are; other ids are equal here and sort by their text. */
function numberOf(id: string): number | null {
  return /^\d+$/.test(id) ? Number(id) : null
}

export async function listBrokers(
  services: ApiServices,
  clusterId: string,
  query: ListQuery,
  locale: Locale,
): Promise<BrokerListAnswer> {
  const summary = await getSummaryOrThrow(services, clusterId)
  const brokers = await cache.rows(services.snapshots, summary)
  const rows = await withDiskForecasts(services.history, summary, brokers)
  const page = pageOf(rows, BROKER_LIST, query)
  const words = wordsOf(summary, locale)
  return {
    items: page.rows.map((row) => toBrokerAnswer(row, words)),
    nextCursor: page.nextCursor,
    asOf: toIsoOrNull(summary?.lastPollAtMs ?? null),
    total: page.total,
  }
}

/** @throws HoldfastError `cluster_not_found`, `broker_not_found` */
export async function listGrowingTopics(
  services: ApiServices,
  clusterId: string,
  brokerId: string,
): Promise<GrowingTopicsAnswer> {
  const summary = await getSummaryOrThrow(services, clusterId)
  const broker = (await services.snapshots.brokers(clusterId))?.find(({ id }) => id === brokerId)
  if (broker === undefined) throw new HoldfastError('broker_not_found', { cluster: clusterId, broker: brokerId })
  const place = { id: brokerId, brokerName: summary?.kind === 'rocketmq' ? brokerNameOf(broker) : null }
  const atMs = summary?.lastPollAtMs ?? null
  return {
    items: atMs === null ? [] : await growingTopics(services, clusterId, place, atMs),
    asOf: toIsoOrNull(atMs),
  }
}

/** @throws HoldfastError `cluster_not_found`, `broker_not_found` */
export async function retireBroker(services: ApiServices, clusterId: string, brokerId: string): Promise<void> {
  await getClusterOrThrow(services, clusterId)
  await services.expectedBrokers.retire(clusterId, brokerId)
}
