/** What a poll changed in what is found. Pure. */
import type { SubjectRef } from '../cluster/snapshot.ts'
import type { FindingCode } from './finding-codes.ts'
import type { Finding, Unjudged } from './observation.ts'
import type { Scene } from './rules/rule.ts'
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

/** @param before by their identity, as `after` */
export function changesBetween(
  before: Findings,
  after: Findings,
  unjudged: readonly Unjudged[],
  scene: Scene,
): FindingChanges {
  const gone = onlyIn(before, after)
  const unknown = new Set(gone.length === 0 ? [] : unjudged.flatMap(placesOf))
  const ended = gone.map((finding) => ({ finding, isGone: couldLook(finding, unknown, scene) }))
  return { started: onlyIn(after, before), ended }
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
function couldLook({ code, subject }: Finding, unknown: ReadonlySet<string>, scene: Scene): boolean {
  if (subject.type in LISTED_BY) {
    const scope = subject.type as ListedScope
    if (!isListed(scene, scope, subject.name))
      return !scene.facts.some(({ kind, faultCount }) => kind === LISTED_BY[scope] && faultCount > 0)
  }
  return !unknown.has(placeOf(code, subject)) && !unknown.has(placeOf(code, WHOLE_CLUSTER))
}

/** Where a rule of the whole cluster says that it could not look. */
const WHOLE_CLUSTER: SubjectRef = { type: 'cluster', name: '' }

function isListed(scene: Scene, scope: ListedScope, name: string): boolean {
  if (scope === 'topic') return scene.topicOf(name) !== undefined
  if (scope === 'broker') return scene.brokers.some(({ id }) => id === name)
  if (scope === 'group') return scene.groups.some(({ id }) => id === name)
  return scene.nameServers?.some(({ address }) => address === name) === true
}
