/** What the receiver of one group is told now, and what it knows then. Pure. */
import type { StoredAlert } from '../alerting/alert-store.ts'
import { alertIdOf, hasFired, isOpen } from '../alerts/alert.ts'
import { placeKey } from '../alerts/alert-rule.ts'
import { withinUntilMs } from '../alerts/week-times.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import { inParts } from '../db/in-parts.ts'
import { SEVERITIES, type Severity } from '../durability/observation.ts'
import type { AlertNotification, NotifiedAlert, TellingCause } from '../outbox/notification.ts'
import type { TellGroup, Telling } from './telling.ts'

/** An alert, with what decides of it whether anybody is told. */
export interface TellableAlert {
  alert: StoredAlert
  system: ClusterKind
  /** Of its rule, and whose it is. */
  labels: Readonly<Record<string, string>>
  /** Silenced, muted, or told by a graver one. */
  isHidden: boolean
}

export interface Member extends TellableAlert {
  telling: Telling
}

/** A message that a group's receiver is sent. */
export interface Told {
  sequence: number
  notification: AlertNotification
  alertIds: string[]
  /** Nothing in it is new: the receiver is reminded of a state. */
  isRefresh: boolean
}

export interface Flushed {
  group: TellGroup
  told: Told[]
  /** Those that changed. */
  tellings: Telling[]
  dropped: Telling[]
}

/** Of more, a message to people says how many there are. */
const MOST_LISTED = 50
/** In one request. */
const MOST_PUSHED = 500

/** Nobody has to hear of it for the first time: it does not fire, or somebody knows, or does not want to. */
export function isWorthTelling({ alert, isHidden }: TellableAlert): boolean {
  return hasFired(alert) && alert.state !== 'recovering' && !isHidden && alert.acknowledgedAtMs === null
}

/** What it is graver than is what was told. */
export function isWorse({ alert, telling: { toldSeverity, toldFlapping } }: Member): boolean {
  const rank = (severity: Severity | null): number => (severity === null ? -1 : SEVERITIES.indexOf(severity))
  return rank(alert.severity) > rank(toldSeverity) || (alert.isFlapping && !toldFlapping)
}

/** Who keeps a state is told on whatever people do: without that, what fires would be over there. */
export function isRepeated({ alert, isHidden, telling }: Member, { mode }: TellGroup): boolean {
  if (telling.toldAtMs === null || !isOpen(alert)) return false
  return mode === 'state' || (!isHidden && alert.acknowledgedAtMs === null)
}

type Standing = 'ended' | 'news' | 'still' | 'quiet' | 'waiting' | 'forgotten'

function standingOf(member: Member, { mode }: TellGroup, nowMs: number): Standing {
  const { alert, isHidden, telling } = member
  const isTold = telling.toldAtMs !== null
  if (!isOpen(alert)) return isTold ? 'ended' : 'forgotten'
  if (isTold) {
    if (isHidden && mode !== 'state') return 'quiet'
    return isWorse(member) ? 'news' : 'still'
  }
  if (isHidden || alert.acknowledgedAtMs !== null) return 'forgotten'
  return telling.fromAtMs > nowMs || alert.state === 'recovering' ? 'waiting' : 'news'
}

/** @param members all of which the receiver knows, or is to know, and not that they ended */
export function flushGroup(group: TellGroup, members: readonly Member[], nowMs: number): Flushed {
  const mutedUntilMs = withinUntilMs(group.policy.muteTimes, nowMs)
  if (mutedUntilMs !== null) return { group: { ...group, dueAtMs: mutedUntilMs }, told: [], tellings: [], dropped: [] }
  const by = Map.groupBy(members, (member) => standingOf(member, group, nowMs))
  const of = (standing: Standing): Member[] => by.get(standing) ?? []
  const [news, still, ended] = [of('news'), of('still'), of('ended')]
  const repeated = isRepeatDue(group, nowMs) ? still.filter((member) => isRepeated(member, group)) : []
  const isTold = news.length + ended.length + repeated.length > 0
  const drafts = isTold ? draftsOf(group, { news, still, ended, repeated, nowMs }) : []
  const told = drafts.map((draft, index): Told => toTold(draft, group, group.sequence + index))
  const toldAtMs = isTold ? nowMs : group.toldAtMs
  return {
    told,
    group: {
      ...{ ...group, toldAtMs, sequence: group.sequence + told.length },
      dueAtMs: nextDueMs({ ...group, toldAtMs }, [...news.map(afterTold(nowMs)), ...still, ...of('waiting')], nowMs),
    },
    tellings: [
      ...news.map((member) => afterTold(nowMs)(member).telling),
      ...ended.map(({ telling }) => ({ ...telling, endToldAtMs: nowMs })),
    ],
    dropped: of('forgotten').map(({ telling }) => telling),
  }
}

/** What a receiver that was told of an alert is told when somebody looks after it. */
export function acknowledgementOf(group: TellGroup, member: Member): Told {
  const draft = { cause: member.telling.cause, alerts: [notifiedOf(member)], isRefresh: false }
  const { notification, ...told } = toTold(draft, group, group.sequence)
  return { ...told, notification: { ...notification, isAcknowledgement: true } }
}

function isRepeatDue({ policy: { repeatMs }, toldAtMs }: TellGroup, nowMs: number): boolean {
  return repeatMs !== null && toldAtMs !== null && nowMs >= toldAtMs + repeatMs
}

function afterTold(nowMs: number): (member: Member) => Member {
  return (member) => {
    const { telling, alert } = member
    const known = { toldSeverity: alert.severity, toldFlapping: alert.isFlapping }
    return { ...member, telling: { ...telling, ...known, toldAtMs: telling.toldAtMs ?? nowMs } }
  }
}

function nextDueMs(group: TellGroup, members: readonly Member[], nowMs: number): number | null {
  const { policy, toldAtMs } = group
  const times = members.flatMap((member): number[] => {
    const { telling } = member
    if (telling.toldAtMs === null) return telling.fromAtMs > nowMs ? [telling.fromAtMs] : []
    const repeatMs = isRepeated(member, group) ? policy.repeatMs : null
    return repeatMs === null || toldAtMs === null ? [] : [toldAtMs + repeatMs]
  })
  return times.length === 0 ? null : Math.min(...times)
}

interface Flush {
  news: Member[]
  still: Member[]
  ended: Member[]
  /** Of those that still fire. */
  repeated: Member[]
  nowMs: number
}

interface Draft {
  cause: TellingCause
  alerts: NotifiedAlert[]
  isRefresh: boolean
}

function draftsOf({ mode }: TellGroup, { news, still, ended, repeated, nowMs }: Flush): Draft[] {
  const isRefresh = news.length + ended.length === 0
  // An end first: it may be that of the episode before.
  if (mode === 'each') {
    return [...ended, ...news, ...repeated].map((member) => {
      return { cause: member.telling.cause, alerts: [notifiedOf(member)], isRefresh: false }
    })
  }
  // All of a group are in it for the same reason.
  const cause = [...news, ...still, ...ended][0]?.telling.cause ?? 'route'
  if (mode === 'together') {
    const firing = [...news, ...still].sort(byGravity)
    return [{ cause, alerts: [...firing, ...ended].map(notifiedOf), isRefresh: false }]
  }
  // There, an alert of another severity is another alert, and what has ended is the one that was told.
  const asTold = (member: Member): NotifiedAlert => {
    const severity = member.telling.toldSeverity ?? member.alert.severity
    return { ...notifiedOf(member), severity, endedAtMs: member.alert.endedAtMs ?? nowMs }
  }
  const before = news.filter(
    ({ alert, telling }) => telling.toldSeverity !== null && telling.toldSeverity !== alert.severity,
  )
  const alerts = [...before.map(asTold), ...[...news, ...repeated].map(notifiedOf), ...ended.map(asTold)]
  return [...inParts(alerts, MOST_PUSHED)].map((some) => ({ cause, alerts: some, isRefresh }))
}

function byGravity({ alert: one }: Member, { alert: other }: Member): number {
  const ranks = SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity)
  return ranks === 0 ? one.startedAtMs - other.startedAtMs : ranks
}

function toTold({ cause, alerts, isRefresh }: Draft, group: TellGroup, sequence: number): Told {
  const listed = group.mode === 'together' ? alerts.slice(0, MOST_LISTED) : alerts
  const [first, ...others] = listed as [NotifiedAlert, ...NotifiedAlert[]]
  return {
    ...{ sequence, isRefresh, alertIds: [...new Set(alerts.map(({ id }) => id))] },
    notification: {
      ...{ kind: 'alert', cause, groupKey: group.key, alerts: [first, ...others], total: alerts.length },
      ended: alerts.filter(({ endedAtMs }) => endedAtMs !== null).length,
      path: alerts.length === 1 ? `/alerts?alert=${encodeURIComponent(first.id)}` : '/alerts',
    },
  }
}

function notifiedOf({ alert, system, labels }: TellableAlert): NotifiedAlert {
  const { id, ruleCode, basis, severity, clusterId, facts, isFlapping, startedAtMs, endedAtMs } = alert
  const { type, name, part } = alert.subject
  return {
    ...{ id, ruleCode, basis, severity, clusterId, system, subject: { type, name }, part, labels, facts, isFlapping },
    ...{ startedAtMs, endedAtMs, place: alertIdOf(clusterId, placeKey(ruleCode, alert.subject), 0) },
  }
}
