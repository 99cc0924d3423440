/**
 * Who is told of which alerts, in the configuration:
 *
 *     alerts:
 *       routes:
 *         - { match: { severity: [critical, high] }, receivers: [oncall], escalateAfterSeconds: 900, escalateTo: [boss], continue: true }
 *         - match: { team: payments, topic: "pay.*" }
 *           receivers: [chat]
 *           failover: mail
 *           muteSchedules: [{ days: [sat, sun], from: "00:00", to: "24:00", timeZone: Europe/Berlin }]
 *       heartbeat: { url: "https://watchdog.example/ping/…", everySeconds: 60 }
 */
import { z } from 'zod'
import { ROUTE_DEFAULTS, ROUTE_LABELS, type Route } from '../alerts/route.ts'
import { WEEKDAYS, type WeekTimes } from '../alerts/week-times.ts'
import { SEVERITIES } from '../durability/observation.ts'
import { anyGlobMatcher } from '../glob.ts'
import { DAY_MS, SECOND_MS } from '../units.ts'
import { receiverId, receiverUrl } from './receivers.ts'
import { timeZone } from './reports.ts'

const MOST_ROUTES = 200
const MOST_RECEIVERS = 20
const LONGEST_SECONDS = (7 * DAY_MS) / SECOND_MS
const SHORTEST_REPEAT_SECONDS = 60

const glob = z.string().min(1).max(256)
const globs = z.union([glob.transform((one) => [one]), z.array(glob).min(1).max(50)], { error: 'issue:routeMatch' })
const severities = globs.refine(
  (all) => all.every((one) => SEVERITIES.some((severity) => anyGlobMatcher([one])(severity))),
  { error: 'issue:routeSeverity' },
)
const match = z
  .strictObject({
    severity: severities.optional(),
    ...{ code: globs.optional(), cluster: globs.optional(), topic: globs.optional() },
    ...{ group: globs.optional(), team: globs.optional() },
  })
  .nullish()
  .transform((given): Route['match'] =>
    Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)),
  )

const seconds = z.number().min(0).max(LONGEST_SECONDS)
const receiverIds = z.array(receiverId).max(MOST_RECEIVERS)

/** `24:00` is the end of a day. */
const timeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: 'issue:timeOfDay' })
  .transform((text) => {
    const [hours, minutes] = text.split(':')
    return Number(hours) * 60 + Number(minutes)
  })

const weekTimes = z
  .strictObject({
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .default([...WEEKDAYS]),
    from: timeOfDay,
    to: timeOfDay,
    timeZone: timeZone.default('UTC'),
  })
  .refine(({ from, to }) => from !== to, { error: 'issue:sameTimeOfDay', path: ['to'] })
  .transform(({ from, to, ...rest }): WeekTimes => ({ ...rest, fromMinute: from, toMinute: to }))

const route = z
  .strictObject({
    match,
    receivers: receiverIds.min(1),
    groupBy: z.array(z.enum(ROUTE_LABELS)).default([...ROUTE_DEFAULTS.groupBy]),
    groupWaitSeconds: seconds.optional(),
    groupIntervalSeconds: seconds.optional(),
    /** Null: what is told is not told again. */
    repeatSeconds: seconds.min(SHORTEST_REPEAT_SECONDS).nullish(),
    escalateAfterSeconds: seconds.optional(),
    escalateTo: receiverIds.default([]),
    failover: receiverId.optional(),
    failoverAfterSeconds: seconds.optional(),
    muteSchedules: z.array(weekTimes).max(50).default([]),
    continue: z.boolean().default(false),
  })
  .superRefine(({ receivers, escalateAfterSeconds, escalateTo, failover }, context) => {
    const issue = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (escalateAfterSeconds === undefined && escalateTo.length > 0) issue('escalateAfterSeconds', 'issue:escalation')
    if (escalateAfterSeconds !== undefined && escalateTo.length === 0) issue('escalateTo', 'issue:escalation')
    if (failover !== undefined && receivers.every((id) => id === failover)) issue('failover', 'issue:failover')
  })
  .transform((given): Route => {
    const { match, receivers, groupBy, escalateTo, failover = null, muteSchedules, continue: goesOn } = given
    const ms = (value: number | undefined, usualMs: number): number =>
      value === undefined ? usualMs : value * SECOND_MS
    const { groupWaitMs, groupIntervalMs, repeatMs, failoverAfterMs } = ROUTE_DEFAULTS
    return {
      ...{ match, receivers, groupBy, escalateTo, failover, muteTimes: muteSchedules, goesOn },
      groupWaitMs: ms(given.groupWaitSeconds, groupWaitMs),
      groupIntervalMs: ms(given.groupIntervalSeconds, groupIntervalMs),
      repeatMs: given.repeatSeconds === null ? null : ms(given.repeatSeconds, repeatMs),
      escalateAfterMs: given.escalateAfterSeconds === undefined ? null : given.escalateAfterSeconds * SECOND_MS,
      failoverAfterMs: ms(given.failoverAfterSeconds, failoverAfterMs),
    }
  })

/** Null: nothing is said of them. */
export const routes = z
  .array(route)
  .max(MOST_ROUTES)
  .nullish()
  .transform((given) => given ?? null)

export interface Heartbeat {
  url: string
  everyMs: number
}

export const heartbeat = z
  .strictObject({ url: receiverUrl, everySeconds: z.number().min(10).max(3_600).default(60) })
  .nullish()
  .transform((given): Heartbeat | null =>
    given == null ? null : { url: given.url, everyMs: given.everySeconds * SECOND_MS },
  )
