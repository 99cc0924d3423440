/** The holds of all clusters: those that are open or in a conflict, and those that ended lately. */
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { HoldfastError } from '../../errors.ts'
import { isOpen } from '../../holds/hold.ts'
import type { StoredHold } from '../../holds/hold-store.ts'
import type { Locale } from '../../i18n/locale.ts'
import { DAY_MS } from '../../units.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { HoldListAnswer, HoldRowAnswer } from '../schemas/holds.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { polledOf } from './hold-operations.ts'
import type { HoldQuery } from './hold-query.ts'
import { NEVER_POLLED, toHoldAnswer } from './hold-serializers.ts'

/** So long after its end one is listed; in a conflict it is as long as nobody has decided. */
const LISTED_AFTER_END_MS = 90 * DAY_MS

interface PlacedHold {
  cluster: ClusterConfig
  hold: StoredHold
  isSettled: boolean
}

const HOLD_LIST: ListDefinition<PlacedHold> = {
  key: 'id',
  defaultSort: '-createdAt',
  aliases: { cluster: ['clusterId'], until: ['untilAt'] },
  fields: {
    id: { type: 'text', get: ({ hold }) => [hold.id, hold.topic] },
    clusterId: { type: 'word', get: ({ cluster }) => cluster.id },
    topic: { type: 'text', get: ({ hold }) => hold.topic },
    state: { type: 'word', get: ({ hold }) => hold.state },
    outcome: { type: 'word', get: ({ hold }) => hold.outcome },
    reason: { type: 'text', get: ({ hold }) => hold.reason },
    createdBy: { type: 'text', get: ({ hold }) => hold.createdBy },
    releasedBy: { type: 'text', get: ({ hold }) => hold.releasedBy },
    createdAt: { type: 'number', get: ({ hold }) => hold.createdAtMs },
    untilAt: { type: 'number', get: ({ hold }) => hold.untilAtMs },
    endedAt: { type: 'number', get: ({ hold }) => hold.endedAtMs },
    settled: { type: 'boolean', get: ({ isSettled }) => isSettled },
  },
}

/** @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listHolds(services: ApiServices, query: HoldQuery, locale: Locale): Promise<HoldListAnswer> {
  const nowMs = services.now()
  const clusters = new Map((await services.registry.list()).map(({ config }) => [config.id, config]))
  const { cluster, settled } = query
  if (cluster !== undefined && !clusters.has(cluster)) throw new HoldfastError('cluster_not_found', { cluster })
  const placed = place(await services.holds.store.list(nowMs - LISTED_AFTER_END_MS), clusters)
  const rows = placed.filter(
    (one) =>
      (cluster === undefined || one.cluster.id === cluster) && (settled === undefined || one.isSettled === settled),
  )
  const page = pageOf(rows, HOLD_LIST, query)
  return {
    items: await Promise.all(page.rows.map((one) => toRow(services, one, locale))),
    nextCursor: page.nextCursor,
    asOf: toIso(nowMs),
    total: page.total,
  }
}

/** A conflict is settled by whoever keeps what is there or brings back what was, and by a later hold of its topic. */
function place(holds: readonly StoredHold[], clusters: ReadonlyMap<string, ClusterConfig>): PlacedHold[] {
  const seen = new Set<string>()
  return holds.flatMap((hold) => {
    const cluster = clusters.get(hold.clusterId)
    const key = JSON.stringify([hold.clusterId, hold.topic])
    const isNewest = !seen.has(key)
    seen.add(key)
    const isSettled = !isOpen(hold.state) && !(hold.state === 'conflict' && isNewest)
    return cluster === undefined ? [] : [{ cluster, hold, isSettled }]
  })
}

async function toRow(
  services: ApiServices,
  { cluster, hold, isSettled }: PlacedHold,
  locale: Locale,
): Promise<HoldRowAnswer> {
  const { clusterId, topic } = hold
  // Nothing is told of one that is settled beside how it ended.
  const polled = isSettled ? NEVER_POLLED : await polledOf(services, { cluster: clusterId, topic }, cluster)
  return { clusterId, topic, isSettled, ...toHoldAnswer(hold, cluster, polled, locale) }
}
