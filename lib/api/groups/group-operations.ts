import { HoldfastError } from '../../errors.ts'
import type { GroupRow } from '../../history/snapshot-store.ts'
import type { Locale } from '../../i18n/locale.ts'
import { getSummaryOrThrow } from '../get-cluster-or-throw.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import { createRowCache } from '../row-cache.ts'
import type { ListQuery } from '../schemas/common.ts'
import type { GroupDetailAnswer, GroupListAnswer } from '../schemas/groups.ts'
import { toIsoOrNull, wordsOf } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { toGroupDetailAnswer, toGroupRowAnswer } from './group-serializers.ts'

const cache = createRowCache<GroupRow>((snapshots, clusterId) => snapshots.groups(clusterId))

/** Best first; unknown is not a state of its own here and sorts last. */
const EVALUATION_RANK = new Map<string, number>(
  ['ok', 'abandoned', 'rewound', 'warn', 'stopped', 'stalled'].map((evaluation, index) => [evaluation, index]),
)

const GROUP_LIST: ListDefinition<GroupRow> = {
  key: 'id',
  defaultSort: 'id',
  aliases: {
    name: ['id'],
    group: ['id'],
    // People say "state" for both the system's word and our judgement.
    state: ['state', 'evaluation'],
    lag: ['lagMessages'],
    lost: ['lostMessages'],
    rate: ['consumeRatePerSecond'],
    topic: ['topics'],
  },
  fields: {
    id: { type: 'text', get: (row) => row.id },
    type: { type: 'word', get: (row) => row.type },
    state: { type: 'word', get: (row) => row.state },
    evaluation: {
      type: 'word',
      get: (row) => row.evaluation,
      rank: (row) => EVALUATION_RANK.get(row.evaluation) ?? null,
    },
    coordinator: { type: 'word', get: (row) => row.coordinator },
    members: { type: 'number', get: (row) => row.memberCount },
    topics: { type: 'text', get: (row) => row.topics },
    lagMessages: { type: 'number', get: (row) => row.lagMessages },
    lagSeconds: { type: 'number', get: (row) => row.lagSeconds },
    consumeRatePerSecond: { type: 'number', get: (row) => row.consumeRatePerSecond },
    isPartial: { type: 'boolean', get: (row) => row.lagIsPartial },
    lossAt: { type: 'number', get: (row) => row.lossAt.earliestAtMs },
    lostMessages: { type: 'number', get: (row) => row.lostMessages },
  },
}

export async function listGroups(
  services: ApiServices,
  clusterId: string,
  query: ListQuery,
  locale: Locale,
): Promise<GroupListAnswer> {
  const summary = await getSummaryOrThrow(services, clusterId)
  const rows = await cache.rows(services.snapshots, summary)
  const page = pageOf(rows, GROUP_LIST, query)
  const words = wordsOf(summary, locale)
  return {
    items: page.rows.map((row) => toGroupRowAnswer(row, words)),
    nextCursor: page.nextCursor,
    asOf: toIsoOrNull(summary?.lastPollAtMs ?? null),
    total: page.total,
  }
}

/** @throws HoldfastError `cluster_not_found`, `group_not_found` */
export async function getGroup(
  services: ApiServices,
  clusterId: string,
  id: string,
  locale: Locale,
): Promise<GroupDetailAnswer> {
  const summary = await getSummaryOrThrow(services, clusterId)
  const group = await services.snapshots.group(clusterId, id)
  if (group === null) throw new HoldfastError('group_not_found', { cluster: clusterId, group: id })
  return toGroupDetailAnswer(group, summary?.lastPollAtMs ?? null, wordsOf(summary, locale))
}
