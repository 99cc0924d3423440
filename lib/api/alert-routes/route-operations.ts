/** Who is told of alerts, and why: as the configuration says, and of one alert. */
import { hasFired } from '../../alerts/alert.ts'
import type { AlertSubject } from '../../alerts/alert-rule.ts'
import { BUILT_IN_RULES } from '../../alerts/built-in-rules.ts'
import { alertMuteFinder, silenceFinder } from '../../alerts/hidden.ts'
import { type Route, type RouteLabels, routeLabelsOf, routesOf, routeWalker, takes } from '../../alerts/route.ts'
import { basisOf } from '../../alerts/state-machine.ts'
import { type WeekTimes, withinUntilMs } from '../../alerts/week-times.ts'
import { labeller } from '../../config/owners.ts'
import type { Severity } from '../../durability/observation.ts'
import { HoldfastError } from '../../errors.ts'
import { type Addressee, addresseeFinder, tellModeOf } from '../../telling/addressees.ts'
import { SECOND_MS } from '../../units.ts'
import { readAlert } from '../alerts/alert-rows.ts'
import type {
  AlertRouteAnswer,
  AlertRouteListAnswer,
  ExplainBody,
  NOT_TOLD,
  RouteExplanationAnswer,
  RouteReceiverAnswer,
} from '../schemas/alert-routes.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

/** Of all receivers that there are, by id. */
type Known = ReadonlyMap<string, RouteReceiverAnswer>

async function readKnown({ receivers }: ApiServices): Promise<Known> {
  const all = await receivers.store.list()
  return new Map(
    all.map(({ receiver }) => [receiver.id, { id: receiver.id, type: receiver.type, mode: tellModeOf(receiver) }]),
  )
}

function receiverIn(known: Known, id: string): RouteReceiverAnswer {
  return known.get(id) ?? { id, type: null, mode: 'together' }
}

export async function listRoutes(services: ApiServices): Promise<AlertRouteListAnswer> {
  const { routes } = services.config.alerts
  const [known, nowMs] = [await readKnown(services), services.now()]
  const items = routesOf(routes).map((route, position) => toRouteAnswer(route, position, known, nowMs))
  return { items, nextCursor: null, total: items.length, isDefault: routes === null, asOf: toIso(nowMs) }
}

function toRouteAnswer(route: Route, position: number, known: Known, nowMs: number): AlertRouteAnswer {
  const { match, receivers, groupBy, escalateTo, failover, muteTimes, goesOn } = route
  const [seconds, orNull] = [(ms: number) => ms / SECOND_MS, (ms: number | null) => ms && ms / SECOND_MS]
  const named = (ids: readonly string[]): RouteReceiverAnswer[] => ids.map((id) => receiverIn(known, id))
  return {
    ...{ position, groupBy: [...groupBy], receivers: named(receivers ?? [...known.keys()]), continue: goesOn },
    match: Object.fromEntries(Object.entries(match).map(([label, globs]) => [label, [...globs]])),
    ...{ groupWaitSeconds: seconds(route.groupWaitMs), groupIntervalSeconds: seconds(route.groupIntervalMs) },
    ...{ repeatSeconds: orNull(route.repeatMs), escalateAfterSeconds: orNull(route.escalateAfterMs) },
    ...{ escalateTo: named(escalateTo), failover: failover === null ? null : receiverIn(known, failover) },
    failoverAfterSeconds: seconds(route.failoverAfterMs),
    muteSchedules: muteTimes.map(toMuteSchedule),
    isMutedNow: withinUntilMs(muteTimes, nowMs) !== null,
  }
}

function toMuteSchedule({
  days,
  fromMinute,
  toMinute,
  timeZone,
}: WeekTimes): AlertRouteAnswer['muteSchedules'][number] {
  const text = (minute: number): string =>
    [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')
  return { days: [...days], from: text(fromMinute), to: text(toMinute), timeZone }
}

/** What is asked about. */
interface Example {
  alert: { ruleCode: string; severity: Severity; subject: AlertSubject; facts: Record<string, string | number> }
  clusterId: string
  labels: RouteLabels
  hiddenBy: (typeof NOT_TOLD)[number][]
}

/** @throws HoldfastError `alert_not_found`, `cluster_not_found`, `bad_request` */
export async function explainRoutes(services: ApiServices, body: ExplainBody): Promise<RouteExplanationAnswer> {
  const { alert, clusterId, labels, hiddenBy } =
    body.alertId === undefined ? await exampleOf(services, body) : await storedExample(services, body.alertId)
  const [known, routes, nowMs] = [await readKnown(services), routesOf(services.config.alerts.routes), services.now()]
  const steps = routeWalker(routes)(labels)
  const modes = new Map([...known].map(([id, { mode }]) => [id, mode]))
  const addressees = addresseeFinder(routes, modes)({ ...alert, clusterId }, labels)
  const nobody = addressees.length > 0 ? [] : ([steps.some(takes) ? 'noReceiver' : 'noRoute'] as const)
  return {
    labels,
    routes: steps.map((step) => ({ ...step, mismatches: [...step.mismatches] })),
    told: addressees.map((one) => toTold(one, { routes, labels, known, nowMs })),
    notTold: [...hiddenBy, ...nobody],
  }
}

interface Explained {
  routes: readonly Route[]
  labels: RouteLabels
  known: Known
  nowMs: number
}

function toTold(
  { receiverId, position, cause, delayMs, mode, policy }: Addressee,
  { routes, labels, known, nowMs }: Explained,
): RouteExplanationAnswer['told'][number] {
  const groupBy = routes[position]?.groupBy ?? []
  return {
    ...{ receiver: receiverIn(known, receiverId), position, cause, failover: policy.failover },
    group: mode === 'together' ? Object.fromEntries(groupBy.map((label) => [label, labels[label]])) : null,
    afterSeconds: Math.max(delayMs, policy.waitMs) / SECOND_MS,
    repeatSeconds: policy.repeatMs === null ? null : policy.repeatMs / SECOND_MS,
    isMutedNow: withinUntilMs(policy.muteTimes, nowMs) !== null,
  }
}

async function storedExample(services: ApiServices, id: string): Promise<Example> {
  const placed = await readAlert(services, id)
  if (placed === null) throw new HoldfastError('alert_not_found', { alert: id })
  const { alert, mutes, silences } = placed
  const reasons: [boolean, (typeof NOT_TOLD)[number]][] = [
    [!hasFired(alert), 'notFiring'],
    [silences.length > 0, 'silenced'],
    [mutes.length > 0, 'muted'],
    [alert.inhibitedBy !== null, 'inhibited'],
    [alert.acknowledgedAtMs !== null, 'acknowledged'],
  ]
  const labels = labelsOf(services, alert, alert.clusterId)
  const hiddenBy = reasons.flatMap(([holds, reason]) => (holds ? [reason] : []))
  return { alert: { ...alert, facts: { ...alert.facts } }, clusterId: alert.clusterId, labels, hiddenBy }
}

async function exampleOf(services: ApiServices, body: ExplainBody): Promise<Example> {
  const { code: ruleCode, severity, clusterId, subject } = body
  if (ruleCode === undefined || severity === undefined || clusterId === undefined || subject === undefined)
    throw new HoldfastError('bad_request', { path: 'body', issue: 'routeExample' })
  const rule = [...(await services.alertRules.holding()), ...BUILT_IN_RULES].find(({ code }) => code === ruleCode)
  if (rule === undefined) throw new HoldfastError('bad_request', { path: 'body.code', issue: 'unknownAlertRule' })
  const clusters = (await services.registry.list()).map(({ config }) => config.id)
  if (!clusters.includes(clusterId)) throw new HoldfastError('cluster_not_found', { cluster: clusterId })
  const alert = { ruleCode, severity, subject: { ...subject, part: null }, facts: {}, basis: basisOf(rule) }
  const [silences, mutes] = await Promise.all([services.silences.list(), services.mutes.list()])
  const nowMs = services.now()
  const isSilenced = silenceFinder(silences, nowMs)({ ...alert, clusterId }).length > 0
  const isMuted = alertMuteFinder(mutes, clusterId, nowMs)(alert).length > 0
  const hiddenBy = [...(isSilenced ? ['silenced' as const] : []), ...(isMuted ? ['muted' as const] : [])]
  return { alert, clusterId, labels: labelsOf(services, alert, clusterId), hiddenBy }
}

function labelsOf({ config }: ApiServices, alert: Example['alert'], clusterId: string): RouteLabels {
  return routeLabelsOf(alert, clusterId, labeller(config.owners)(clusterId, alert.subject).team)
}
