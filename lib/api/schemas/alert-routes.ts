import { z } from 'zod'
import { ROUTE_LABELS } from '../../alerts/route.ts'
import { WEEKDAYS } from '../../alerts/week-times.ts'
import { TELLING_CAUSES } from '../../outbox/notification.ts'
import { count, isoTime, severity, subject } from './common.ts'
import { receiverType } from './receivers.ts'

const label = z.enum(ROUTE_LABELS)

const routeReceiver = z.object({
  id: z.string(),
  /** Null: there is none of this id, neither in the configuration nor added at run time. */
  type: receiverType.nullable(),
  /** `each`: every alert by itself, at once. `together`: a group in one message. `state`: each minute all that fire. */
  mode: z.enum(['each', 'together', 'state']),
})
export type RouteReceiverAnswer = z.infer<typeof routeReceiver>

const alertRoute = z.object({
  /** In the list, from 0. */
  position: count,
  /** Patterns by label, any of which may match; a label that is not there may be anything. */
  match: z.partialRecord(label, z.array(z.string())),
  receivers: z.array(routeReceiver),
  groupBy: z.array(label),
  groupWaitSeconds: z.number(),
  groupIntervalSeconds: z.number(),
  /** Null: what is told is not told again. */
  repeatSeconds: z.number().nullable(),
  /** Null: nobody else is told. */
  escalateAfterSeconds: z.number().nullable(),
  escalateTo: z.array(routeReceiver),
  failover: routeReceiver.nullable(),
  failoverAfterSeconds: z.number(),
  muteSchedules: z.array(
    z.object({ days: z.array(z.enum(WEEKDAYS)), from: z.string(), to: z.string(), timeZone: z.string() }),
  ),
  /** It is one of these times: nothing is told by it, but to who keeps a state. */
  isMutedNow: z.boolean(),
  /** Routes behind it are tried as well. */
  continue: z.boolean(),
})
export type AlertRouteAnswer = z.infer<typeof alertRoute>

export const alertRouteList = z.object({
  items: z.array(alertRoute),
  /** All of them stand on one page. */
  nextCursor: z.null(),
  total: count,
  /** The configuration says nothing of routes: every receiver is told everything. */
  isDefault: z.boolean(),
  /** Of the time at which mute schedules were looked at. */
  asOf: isoTime,
})
export type AlertRouteListAnswer = z.infer<typeof alertRouteList>

/** An alert that is there, or one as it might be. */
export const explainBody = z.strictObject({
  alertId: z.string().max(64).optional(),
  code: z.string().max(100).optional(),
  severity: severity.optional(),
  clusterId: z.string().max(200).optional(),
  subject: z.strictObject({ type: subject.shape.type, name: z.string().max(1_000) }).optional(),
})
export type ExplainBody = z.infer<typeof explainBody>

/** Why nobody is told of it now for the first time; of several all. */
export const NOT_TOLD = [
  'notFiring',
  'silenced',
  'muted',
  'inhibited',
  'acknowledged',
  'noRoute',
  'noReceiver',
] as const

export const routeExplanation = z.object({
  /** What routes match it by; empty where it has none. */
  labels: z.record(label, z.string()),
  routes: z.array(
    z.object({
      position: count,
      /** False: a route before it took the alert. */
      isReached: z.boolean(),
      /** Labels that do not match; none and reached: the route takes it. */
      mismatches: z.array(label),
    }),
  ),
  /** Each receiver once, by the first route that names it. */
  told: z.array(
    z.object({
      receiver: routeReceiver,
      position: count,
      cause: z.enum(TELLING_CAUSES),
      /** In what the alerts are alike with which it is told; null: it is told by itself, or with all that fire. */
      group: z.partialRecord(label, z.string()).nullable(),
      /** So long after it fired; an escalation only while nobody has acknowledged it. */
      afterSeconds: z.number(),
      repeatSeconds: z.number().nullable(),
      failover: z.string().nullable(),
      isMutedNow: z.boolean(),
    }),
  ),
  notTold: z.array(z.enum(NOT_TOLD)),
})
export type RouteExplanationAnswer = z.infer<typeof routeExplanation>
