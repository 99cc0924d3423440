/** Which receivers hear of which alerts: the routes of the configuration, walked from the first to the last. Pure. */
import { anyGlobMatcher } from '../glob.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import type { Alert } from './alert.ts'
import type { WeekTimes } from './week-times.ts'

/** What a route matches, and groups by. */
export const ROUTE_LABELS = ['severity', 'code', 'cluster', 'topic', 'group', 'team'] as const
export type RouteLabel = (typeof ROUTE_LABELS)[number]

/** Empty where an alert has none: only `*` matches that. */
export type RouteLabels = Readonly<Record<RouteLabel, string>>

export interface Route {
  /** Globs by label, any of which may match; a label that is not named may be anything. */
  match: Readonly<Partial<Record<RouteLabel, readonly string[]>>>
  /** Ids; null: all that there are. */
  receivers: readonly string[] | null
  /** Alerts alike in these are told to people together. */
  groupBy: readonly RouteLabel[]
  /** So long the first of a group waits for others, and so far apart its messages are. */
  groupWaitMs: number
  groupIntervalMs: number
  /** What nobody acknowledged is told again after so long; null: never. */
  repeatMs: number | null
  /** Null: nobody else is told. */
  escalateAfterMs: number | null
  escalateTo: readonly string[]
  /** Who is told when a receiver of this route takes nothing for so long. */
  failover: string | null
  failoverAfterMs: number
  /** Nothing is told by it then. */
  muteTimes: readonly WeekTimes[]
  /** Those behind it are tried as well. */
  goesOn: boolean
}

export const ROUTE_DEFAULTS = {
  ...{ groupBy: ['cluster', 'code'], groupWaitMs: 10 * SECOND_MS, groupIntervalMs: MINUTE_MS },
  ...{ repeatMs: 240 * MINUTE_MS, escalateAfterMs: null, escalateTo: [], failover: null },
  ...{ failoverAfterMs: 5 * MINUTE_MS, muteTimes: [], goesOn: false },
} as const satisfies Omit<Route, 'match' | 'receivers'>

/** Where the configuration says nothing of routes, whoever can be told is told everything. */
const EVERYBODY: Route = { ...ROUTE_DEFAULTS, match: {}, receivers: null }

/** @param configured null: nothing is said of them; an empty list: nobody is told */
export function routesOf(configured: readonly Route[] | null): readonly Route[] {
  return configured ?? [EVERYBODY]
}

export function routeLabelsOf(
  { ruleCode, severity, subject, facts }: Pick<Alert, 'ruleCode' | 'severity' | 'subject' | 'facts'>,
  clusterId: string,
  team: string | undefined,
): RouteLabels {
  const named = (type: 'topic' | 'group'): string => (subject.type === type ? subject.name : String(facts[type] ?? ''))
  const [topic, group] = [named('topic'), named('group')]
  return { severity, code: ruleCode, cluster: clusterId, topic, group, team: team ?? '' }
}

/** How one route stands to an alert. */
export interface RouteStep {
  position: number
  /** False: one before it took the alert. */
  isReached: boolean
  /** Labels that do not match; none: the route takes it, if it is reached. */
  mismatches: readonly RouteLabel[]
}

/** @returns of an alert with these labels, every route in its order */
export function routeWalker(routes: readonly Route[]): (labels: RouteLabels) => RouteStep[] {
  const matchers = routes.map(({ match, goesOn }) => ({
    goesOn,
    globs: ROUTE_LABELS.flatMap((label) => {
      const globs = match[label]
      return globs === undefined ? [] : [{ label, isMatch: anyGlobMatcher(globs) }]
    }),
  }))
  return (labels) => {
    let isReached = true
    return matchers.map(({ globs, goesOn }, position) => {
      const mismatches = globs.flatMap(({ label, isMatch }) => (isMatch(labels[label]) ? [] : [label]))
      const step = { position, isReached, mismatches }
      if (isReached && mismatches.length === 0 && !goesOn) isReached = false
      return step
    })
  }
}

export function takes({ isReached, mismatches }: RouteStep): boolean {
  return isReached && mismatches.length === 0
}
