import { isOpen, type SHOWN_STATES } from '../../alerts/alert.ts'
import { SEVERITIES } from '../../durability/observation.ts'
import { HoldfastError } from '../../errors.ts'
import { asOfPolls } from '../as-of-polls.ts'
import { toDeliveryAnswers } from '../deliveries/delivery-operations.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { AlertAnswer, AlertDetailAnswer, AlertListAnswer } from '../schemas/alerts.ts'
import type { ApiServices } from '../services.ts'
import type { AlertQuery } from './alert-query.ts'
import { type PlacedAlert, readAlert, readAlerts } from './alert-rows.ts'
import { alertSerializer, toTransitionAnswer } from './alert-serializers.ts'

const SEVERITY_RANK = new Map<string, number>(SEVERITIES.map((severity, rank) => [severity, rank]))

/** What needs somebody first. */
const STATE_RANK: Record<(typeof SHOWN_STATES)[number], number> = {
  firing: 5,
  pollError: 4,
  noData: 3,
  recovering: 2,
  pending: 1,
  resolved: 0,
}
/** More than any time of this millennium, so that of two alike the newer comes first. */
const ABOVE_TIMES = 10 ** 14

function urgencyOf({ state, alert }: PlacedAlert): number {
  const severity = SEVERITY_RANK.get(alert.severity) ?? 0
  // Among those that have ended, only when they did counts.
  const rank = state === 'resolved' ? 0 : STATE_RANK[state] * SEVERITIES.length + severity
  return rank * ABOVE_TIMES + (alert.endedAtMs ?? alert.startedAtMs)
}

const ALERT_LIST: ListDefinition<PlacedAlert> = {
  key: 'id',
  defaultSort: '-urgency',
  aliases: {
    ...{ cluster: ['clusterId'], rule: ['ruleCode'], code: ['ruleCode'] },
    ...{ topic: ['subject'], group: ['subject'], broker: ['subject'] },
  },
  fields: {
    id: { type: 'text', get: ({ alert }) => [alert.id, alert.subject.name] },
    urgency: { type: 'number', get: urgencyOf },
    ruleCode: { type: 'text', get: ({ alert }) => alert.ruleCode },
    severity: {
      type: 'word',
      get: ({ alert }) => alert.severity,
      rank: ({ alert }) => SEVERITY_RANK.get(alert.severity) ?? null,
    },
    clusterId: { type: 'word', get: ({ cluster }) => cluster.id },
    subject: { type: 'text', get: ({ alert }) => alert.subject.name },
    subjectType: { type: 'word', get: ({ alert }) => alert.subject.type },
    state: { type: 'word', get: ({ state }) => state, rank: ({ state }) => STATE_RANK[state] },
    open: { type: 'boolean', get: ({ alert }) => isOpen(alert) },
    startedAt: { type: 'number', get: ({ alert }) => alert.startedAtMs },
    endedAt: { type: 'number', get: ({ alert }) => alert.endedAtMs },
    acknowledged: { type: 'boolean', get: ({ alert }) => alert.acknowledgedAtMs !== null },
    acknowledgedBy: { type: 'text', get: ({ alert }) => alert.acknowledgedBy },
    inhibited: { type: 'boolean', get: ({ alert }) => alert.inhibitedBy !== null },
    flapping: { type: 'boolean', get: ({ alert }) => alert.isFlapping },
    silenced: { type: 'boolean', get: ({ silences }) => silences.length > 0 },
    silence: { type: 'word', get: ({ silences }) => silences.map(({ id }) => id) },
    muted: { type: 'boolean', get: ({ mutes }) => mutes.length > 0 },
    mute: { type: 'word', get: ({ mutes }) => mutes.map(({ id }) => id) },
  },
}

/** @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listAlerts(query: AlertQuery, { services, locale }: RequestContext): Promise<AlertListAnswer> {
  const clusterIds = (await services.registry.list()).map(({ config }) => config.id)
  if (query.cluster !== undefined && !clusterIds.includes(query.cluster)) {
    throw new HoldfastError('cluster_not_found', { cluster: query.cluster })
  }
  const page = pageOf((await readAlerts(services)).filter(asked(query)), ALERT_LIST, query)
  return {
    items: page.rows.map(await serializerOf(services, locale)),
    nextCursor: page.nextCursor,
    asOf: await asOfPolls(services, clusterIds, query.cluster),
    total: page.total,
  }
}

function asked({ cluster, state, severity, rule, open, muted }: AlertQuery): (placed: PlacedAlert) => boolean {
  return (placed) =>
    (muted || placed.mutes.length === 0) &&
    (cluster === undefined || placed.cluster.id === cluster) &&
    (state === undefined || placed.state === state) &&
    (severity === undefined || placed.alert.severity === severity) &&
    (rule === undefined || placed.alert.ruleCode === rule) &&
    (open === undefined || isOpen(placed.alert) === open)
}

async function serializerOf(
  { alertRules, config }: ApiServices,
  locale: RequestContext['locale'],
): Promise<(placed: PlacedAlert) => AlertAnswer> {
  return alertSerializer(config.owners, await alertRules.holding(), locale)
}

/** @throws HoldfastError `alert_not_found` */
export async function getAlert(id: string, { services, locale }: RequestContext): Promise<AlertDetailAnswer> {
  const placed = await placedOrThrow(services, id)
  const [transitions, deliveries, serialize] = await Promise.all([
    services.alerts.transitions(id),
    services.outbox.listOf(id),
    serializerOf(services, locale),
  ])
  return {
    ...{ ...serialize(placed), transitions: transitions.map(toTransitionAnswer) },
    deliveries: await toDeliveryAnswers(deliveries, services, locale),
  }
}

/** @throws HoldfastError `alert_not_found`, `alert_not_open`, `alert_acknowledged` */
export async function acknowledgeAlert(
  id: string,
  note: string,
  { services, locale, audit }: RequestContext,
): Promise<AlertAnswer> {
  const { alert } = await placedOrThrow(services, id)
  audit.target = id
  audit.detail = { clusterId: alert.clusterId, rule: alert.ruleCode, subject: alert.subject.name, note }
  const isFirst = await services.alerts.acknowledge(id, { actor: audit.actor, note, atMs: services.now() })
  const now = await placedOrThrow(services, id)
  const { acknowledgedBy } = now.alert
  if (!isFirst && acknowledgedBy !== null && isOpen(now.alert))
    throw new HoldfastError('alert_acknowledged', { alert: id, actor: acknowledgedBy })
  if (!isFirst) throw new HoldfastError('alert_not_open', { alert: id, state: now.alert.state })
  services.replays.wake()
  return (await serializerOf(services, locale))(now)
}

async function placedOrThrow(services: ApiServices, id: string): Promise<PlacedAlert> {
  const placed = await readAlert(services, id)
  if (placed === null) throw new HoldfastError('alert_not_found', { alert: id })
  return placed
}
