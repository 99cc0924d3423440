/** Who hears of an alert, why, and together with what. Pure. */
import type { Alert } from '../alerts/alert.ts'
import { placeKey } from '../alerts/alert-rule.ts'
import { type Route, type RouteLabels, routeWalker, takes } from '../alerts/route.ts'
import type { ReceiverType } from '../config/receivers.ts'
import type { TellingCause } from '../outbox/notification.ts'
import { MINUTE_MS } from '../units.ts'
import type { TellMode, TellPolicy } from './telling.ts'

/** By this Alertmanager knows that an alert still fires; it is over there five minutes after the last time. */
const STATE_AGAIN_MS = MINUTE_MS

export interface Addressee {
  receiverId: string
  /** Of the route. */
  position: number
  cause: TellingCause
  /** It is told so long after the alert was routed, if nobody acknowledged it by then. */
  delayMs: number
  mode: TellMode
  /** Of its group. */
  key: string
  policy: TellPolicy
}

/** Webhooks in Alertmanager's own shape are for bridges to chats, and tell of groups. */
export function tellModeOf(receiver: { type: ReceiverType; format?: string }): TellMode {
  if (receiver.type === 'pagerduty' || (receiver.type === 'webhook' && receiver.format === 'standard')) return 'each'
  return receiver.type === 'alertmanager' ? 'state' : 'together'
}

/** There an acknowledgement stops who is called, and the next one after them. */
export function takesAcknowledgements({ type }: { type: ReceiverType }): boolean {
  return type === 'pagerduty'
}

type Addressed = Pick<Alert, 'ruleCode' | 'subject'> & { clusterId: string }

/**
 * @param modes of all receivers that there are. One that a route names and nobody knows is told as well: that it is missing is
 * then seen where everything that was told is seen
 * @returns each receiver once, by the first route that names it
 */
export function addresseeFinder(
  routes: readonly Route[],
  modes: ReadonlyMap<string, TellMode>,
): (alert: Addressed, labels: RouteLabels) => Addressee[] {
  const walk = routeWalker(routes)
  return (alert, labels) => {
    const steps = walk(labels).filter(takes)
    const of = (cause: 'route' | 'escalation'): Addressee[] =>
      steps.flatMap(({ position }) => {
        const route = routes[position]
        if (route === undefined) return []
        const ids = cause === 'escalation' ? route.escalateTo : (route.receivers ?? [...modes.keys()])
        return ids.map((id) => addresseeOf({ route, position, alert, labels }, id, cause, modes.get(id)))
      })
    const byReceiver = new Map<string, Addressee>()
    for (const one of [...of('route'), ...of('escalation')]) {
      if (!byReceiver.has(one.receiverId)) byReceiver.set(one.receiverId, one)
    }
    return [...byReceiver.values()]
  }
}

interface Routed {
  route: Route
  position: number
  alert: Addressed
  labels: RouteLabels
}

function addresseeOf(
  { route, position, alert, labels }: Routed,
  receiverId: string,
  cause: 'route' | 'escalation',
  mode: TellMode = 'together',
): Addressee {
  const delayMs = cause === 'escalation' ? (route.escalateAfterMs ?? 0) : 0
  const grouped = route.groupBy.map((label) => [label, labels[label]])
  const together = JSON.stringify({ route: position, cause, labels: Object.fromEntries(grouped) })
  const key = { each: placeKeyOf(alert), together, state: JSON.stringify({ route: position, cause }) }[mode]
  return { receiverId, position, cause, delayMs, mode, key, policy: policyOf(route, mode) }
}

/** Of one place, whatever episode: an end that waits must not come after the next beginning. */
export function placeKeyOf({ clusterId, ruleCode, subject }: Addressed): string {
  return JSON.stringify({ cluster: clusterId, place: placeKey(ruleCode, subject) })
}

function policyOf(route: Route, mode: TellMode): TellPolicy {
  const { failover, failoverAfterMs, muteTimes } = route
  const shared = { failover, failoverAfterMs }
  // What is told at once is not waited for. A program that keeps a state is not left without it for a night.
  if (mode === 'state') return { ...shared, waitMs: 0, intervalMs: 0, repeatMs: STATE_AGAIN_MS, muteTimes: [] }
  const { groupWaitMs, groupIntervalMs, repeatMs } = route
  if (mode === 'each') return { ...shared, waitMs: 0, intervalMs: 0, repeatMs, muteTimes }
  return { ...shared, waitMs: groupWaitMs, intervalMs: groupIntervalMs, repeatMs, muteTimes }
}
