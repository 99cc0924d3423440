/** What a poll changed in what is found. Pure. */
import type { FactStatus, SubjectRef } from '../cluster/snapshot.ts'
import type { FindingCode } from './finding-codes.ts'
import type { Finding, Unjudged } from './observation.ts'
import { isReason } from './verdict.ts'

/** Of all that can be a reason of a verdict. */
export interface FindingChanges {
  started: readonly Finding[]
  ended: readonly EndedFinding[]
}

export interface EndedFinding {
  finding: Finding
  /** False: the rule could not look any more, and what it had found may still hold. */
  isGone: boolean
}

type Findings = ReadonlyMap<string, Finding>

/** What says whether a subject is still there, and whether that could be read. */
interface Lists {
  facts: readonly Pick<FactStatus, 'kind' | 'faultCount'>[]
  topicOf(name: string): object | undefined
  brokers: readonly { id: string }[]
  groups: readonly { id: string }[]
  nameServers: readonly { address: string }[] | null
}

/** @param before by their identity, as `after` */
export function changesBetween(
  before: Findings,
  after: Findings,
  unjudged: readonly Unjudged[],
  lists: Lists,
): FindingChanges {
  const gone = onlyIn(before, after)
  const unknown = new Set(gone.length === 0 ? [] : unjudged.flatMap(placesOf))
  const ended = gone.map((finding) => ({ finding, isGone: couldLook(finding, unknown, lists) }))
  return { started: onlyIn(after, before), ended }
}

/** Those of which still no rule can tell whether they hold. */
export function stillUnseen(findings: readonly Finding[], unjudged: readonly Unjudged[], lists: Lists): Finding[] {
  if (findings.length === 0) return []
  const unknown = new Set(unjudged.flatMap(placesOf))
  return findings.filter((finding) => !couldLook(finding, unknown, lists))
}

function placesOf({ subject, codes }: Unjudged): string[] {
  return codes.map((code) => placeOf(code, subject))
}

function placeOf(code: FindingCode, { type, name }: SubjectRef): string {
  return `${code}\n${type}\n${name}`
}

function onlyIn(some: Findings, others: Findings): Finding[] {
  return [...some].flatMap(([identity, finding]) => {
    const other = others.get(identity)
    // The very same, as nearly always.
    if (other === finding || !isReason(finding)) return []
    return other !== undefined && isReason(other) ? [] : [finding]
  })
}

/** What has to be read to know which of them there are. */
const LISTED_BY = { topic: 'metadata', broker: 'metadata', group: 'groups', nameServer: 'nameServers' } as const
type ListedScope = keyof typeof LISTED_BY

/** A subject that is not listed any more is gone, unless the list itself could not be read. */
function couldLook({ code, subject }: Finding, unknown: ReadonlySet<string>, lists: Lists): boolean {
  if (subject.type in LISTED_BY) {
    const scope = subject.type as ListedScope
    if (!isListed(lists, scope, subject.name))
      return !lists.facts.some(({ kind, faultCount }) => kind === LISTED_BY[scope] && faultCount > 0)
  }
  return !unknown.has(placeOf(code, subject)) && !unknown.has(placeOf(code, WHOLE_CLUSTER))
}

/** Where a rule of the whole cluster says that it could not look. */
const WHOLE_CLUSTER: SubjectRef = { type: 'cluster', name: '' }

function isListed(lists: Lists, scope: ListedScope, name: string): boolean {
  if (scope === 'topic') return lists.topicOf(name) !== undefined
  if (scope === 'broker') return lists.brokers.some(({ id }) => id === name)
  if (scope === 'group') return lists.groups.some(({ id }) => id === name)
  return lists.nameServers?.some(({ address }) => address === name) === true
}
