import { lossMuteFinder } from '../../durability/mutes.ts'
import { HoldfastError } from '../../errors.ts'
import { asOfPolls } from '../as-of-polls.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { LossAnswer, LossListAnswer } from '../schemas/losses.ts'
import type { ApiServices } from '../services.ts'
import type { LossQuery } from './loss-query.ts'
import { type PlacedLoss, readLosses } from './loss-rows.ts'
import { lossSerializer } from './loss-serializers.ts'

const LOSS_LIST: ListDefinition<PlacedLoss> = {
  key: 'id',
  defaultSort: '-lastDetectedAt',
  aliases: { cluster: ['clusterId'], lost: ['count'] },
  fields: {
    id: { type: 'text', get: ({ loss }) => [loss.id, loss.topic ?? '', loss.group ?? ''] },
    clusterId: { type: 'word', get: ({ cluster }) => cluster.id },
    kind: { type: 'word', get: ({ loss }) => loss.kind },
    topic: { type: 'text', get: ({ loss }) => loss.topic },
    partition: { type: 'number', get: ({ loss }) => loss.partition },
    broker: { type: 'text', get: ({ loss }) => loss.broker },
    group: { type: 'text', get: ({ loss }) => loss.group },
    count: { type: 'number', get: ({ loss }) => loss.count },
    firstDetectedAt: { type: 'number', get: ({ loss }) => loss.firstDetectedAtMs },
    lastDetectedAt: { type: 'number', get: ({ loss }) => loss.lastDetectedAtMs },
    open: { type: 'boolean', get: ({ loss }) => loss.acknowledgedAtMs === null },
    abandoned: { type: 'boolean', get: ({ loss }) => loss.isAbandoned },
    acknowledgedAt: { type: 'number', get: ({ loss }) => loss.acknowledgedAtMs },
    acknowledgedBy: { type: 'text', get: ({ loss }) => loss.acknowledgedBy },
    muted: { type: 'boolean', get: ({ mutes }) => mutes.length > 0 },
    mute: { type: 'word', get: ({ mutes }) => mutes.map(({ id }) => id) },
  },
}

/** @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listLosses(query: LossQuery, { services, locale }: RequestContext): Promise<LossListAnswer> {
  const clusterIds = (await services.registry.list()).map(({ config }) => config.id)
  if (query.cluster !== undefined && !clusterIds.includes(query.cluster)) {
    throw new HoldfastError('cluster_not_found', { cluster: query.cluster })
  }
  const isAsked = asked(query)
  const rows = (await readLosses(services)).filter(isAsked)
  const page = pageOf(rows, LOSS_LIST, query)
  return {
    items: page.rows.map(lossSerializer(services.config.owners, locale)),
    nextCursor: page.nextCursor,
    asOf: await asOfPolls(services, clusterIds, query.cluster),
    total: page.total,
  }
}

function asked({ cluster, kind, group, topic, open, muted }: LossQuery): (placed: PlacedLoss) => boolean {
  return ({ loss, mutes }) =>
    (muted || mutes.length === 0) &&
    (cluster === undefined || loss.clusterId === cluster) &&
    (kind === undefined || loss.kind === kind) &&
    (group === undefined || loss.group === group) &&
    (topic === undefined || loss.topic === topic) &&
    (open === undefined || (loss.acknowledgedAtMs === null) === open)
}

/** @throws HoldfastError `loss_not_found`, `loss_acknowledged` */
export async function acknowledgeLoss(
  id: string,
  note: string,
  { services, locale, audit }: RequestContext,
): Promise<LossAnswer> {
  const known = await placedOrThrow(services, id)
  const { clusterId, kind, topic, group } = known.loss
  audit.target = id
  audit.detail = { clusterId, kind, ...(topic === null ? {} : { topic }), ...(group === null ? {} : { group }), note }
  const isFirst = await services.losses.acknowledge(id, { actor: audit.actor, note, atMs: services.now() })
  const now = await placedOrThrow(services, id)
  if (!isFirst) throw new HoldfastError('loss_acknowledged', { loss: id, actor: now.loss.acknowledgedBy ?? '' })
  return lossSerializer(services.config.owners, locale)(now)
}

async function placedOrThrow({ losses, mutes, now, registry }: ApiServices, id: string): Promise<PlacedLoss> {
  const loss = await losses.get(id)
  const cluster = (await registry.list()).find(({ config }) => config.id === loss?.clusterId)?.config
  if (loss === null || cluster === undefined) throw new HoldfastError('loss_not_found', { loss: id })
  return { cluster, loss, mutes: lossMuteFinder(await mutes.list(), cluster.id, now())(loss) }
}
