/**
 * That something began to be found, and ceased to be, as events of a poll: the newest poll alone tells only what is found
 * now. Pure. Their facts: `code`, `severity`, `subjectType`, and of one finding `subject`, `sinceMs`, where it has one
 * `part`; of many at once instead `subjects`, how many, and `names` of some. `findingEnded` also says `because`: `gone`, or
 * `unknown` when nobody could look any more.
 */
import type { SubjectType } from '../cluster/snapshot.ts'
import { anEvent, type ClusterEvent, type EventKind, MANY, namesOf } from './events.ts'
import type { FindingChanges } from './finding-changes.ts'
import type { FindingCode } from './finding-codes.ts'
import type { Finding, Severity } from './observation.ts'

export type EndReason = 'gone' | 'unknown'

/** A finding event read again. */
export interface FindingEvent {
  code: FindingCode
  severity: Severity
  subjectType: SubjectType
  /** Null: of many at once. */
  subject: string | null
  part: string | null
  /** How many findings it tells of. */
  count: number
  /** Since when it held; null: of many at once. */
  sinceMs: number | null
  /** Null of one that began. */
  because: EndReason | null
}

export function findingEvents({ started, ended }: FindingChanges): ClusterEvent[] {
  const endedFor = (isGone: boolean): Finding[] => ended.flatMap((one) => (one.isGone === isGone ? [one.finding] : []))
  return [
    ...eventsOf('findingStarted', started, {}),
    ...eventsOf('findingEnded', endedFor(true), { because: 'gone' }),
    ...eventsOf('findingEnded', endedFor(false), { because: 'unknown' }),
  ]
}

function eventsOf(kind: EventKind, findings: readonly Finding[], more: ClusterEvent['facts']): ClusterEvent[] {
  const alike = Map.groupBy(findings, ({ code, severity, subject }) => `${code}\n${severity}\n${subject.type}`)
  return [...alike.values()].flatMap((some) => {
    if (some.length <= MANY) return some.map((finding) => oneEvent(kind, finding, more))
    const names = new Set(some.map(({ subject }) => subject.name))
    const facts = { ...sharedFacts(some[0] as Finding), subjects: some.length, names: namesOf(names), ...more }
    return [anEvent(kind, { facts })]
  })
}

function oneEvent(kind: EventKind, finding: Finding, more: ClusterEvent['facts']): ClusterEvent {
  const { subject, part, atMs } = finding
  const facts = { ...sharedFacts(finding), subject: subject.name, sinceMs: atMs, ...(part === null ? {} : { part }) }
  const place = subject.type === 'topic' || subject.type === 'broker' || subject.type === 'group'
  return anEvent(kind, { ...(place ? { [subject.type]: subject.name } : {}), facts: { ...facts, ...more } })
}

function sharedFacts({ code, severity, subject }: Finding): ClusterEvent['facts'] {
  return { code, severity, subjectType: subject.type }
}

/** @param facts of an event of one of the two kinds, as this console wrote it */
export function findingEventOf(facts: ClusterEvent['facts']): FindingEvent {
  const { subject, part, subjects, sinceMs, because } = facts
  return {
    code: facts.code as FindingCode,
    severity: facts.severity as Severity,
    subjectType: facts.subjectType as SubjectType,
    subject: subject === undefined ? null : String(subject),
    part: part === undefined ? null : String(part),
    count: subject === undefined ? Number(subjects) : 1,
    sinceMs: sinceMs === undefined ? null : Number(sinceMs),
    because: because === undefined ? null : (because as EndReason),
  }
}
