/**
 * Every check against every subject of one type: what it found there, that it found nothing, or that it could not tell.
 * Pure. A check of a whole cluster or of groups may be about topics or brokers; what it could not tell of the whole, it
 * told of none of them.
 */
import type { ClusterKind, SubjectRef } from '../cluster/snapshot.ts'
import type { CellState, MatrixSubject } from './check-states.ts'
import type { FindingCode } from './finding-codes.ts'
import {
  type Finding,
  type ObservedBroker,
  type ObservedGroup,
  type ObservedTopic,
  SEVERITIES,
  type Severity,
  type Unjudged,
} from './observation.ts'
import { ALL_RULES } from './rules/all-rules.ts'
import type { Rule } from './rules/rule.ts'

/** As lists keep them. */
type MatrixTopic = Omit<ObservedTopic, 'partitions' | 'config'>
type MatrixGroup = Omit<ObservedGroup, 'partitions' | 'members'>

export interface MatrixInput {
  kind: ClusterKind
  findings: readonly Finding[]
  isMuted(finding: Finding): boolean
  /** Null: of no check is it known whether it could tell. */
  unjudged: readonly Unjudged[] | null
  groups: readonly MatrixGroup[]
}

export interface CheckColumn {
  rule: Rule
  /** Of no subject could it tell anything, but what it found. */
  isUnknown: boolean
}

export interface CheckRow {
  name: string
  /** Of topics. */
  internal: boolean
  /** In the order of the columns. */
  cells: readonly CellState[]
}

export interface CheckMatrix {
  columns: readonly CheckColumn[]
  rows: readonly CheckRow[]
}

interface MatrixSubjects {
  topic: readonly MatrixTopic[]
  group: readonly MatrixGroup[]
  broker: readonly ObservedBroker[]
}

export function checkMatrix<Type extends MatrixSubject>(
  type: Type,
  subjects: MatrixSubjects[Type],
  input: MatrixInput,
): CheckMatrix {
  const unknown = unknownPlaces(type, input)
  const columns = rulesAbout(type, input.kind).map((rule) => ({ rule, isUnknown: unknown.isEverywhere(rule.code) }))
  const found = foundAt(type, input)
  const rows = subjects.map((subject) => {
    const name = 'id' in subject ? subject.id : subject.name
    const [hits, unknownHere] = [found.get(name), unknown.at.get(name)]
    const cells = columns.map(({ rule, isUnknown }): CellState => {
      const hit = hits?.get(rule.code)
      if (hit !== undefined) return hit
      if (!appliesTo(rule, subject)) return 'notApplicable'
      return isUnknown || unknownHere?.has(rule.code) ? 'unknown' : 'passed'
    })
    return { name, internal: 'internal' in subject && subject.internal, cells }
  })
  return { columns, rows }
}

function rulesAbout(type: MatrixSubject, kind: ClusterKind): Rule[] {
  return ALL_RULES.filter(
    ({ system, scope, about = scope }) => about === type && (system === 'both' || system === kind),
  )
}

/** Of a rule that looks at something else, nothing says which subjects it may be about. */
function appliesTo({ about, appliesTo: applies }: Rule, subject: MatrixSubjects[MatrixSubject][number]): boolean {
  return about !== undefined || applies === undefined || (applies as (one: typeof subject) => boolean)(subject)
}

/** By the subject's name and the code. */
function foundAt(
  type: MatrixSubject,
  { findings, isMuted }: MatrixInput,
): ReadonlyMap<string, ReadonlyMap<FindingCode, CellState>> {
  const found = new Map<string, Map<FindingCode, CellState>>()
  for (const finding of findings) {
    const { code, severity, subject } = finding
    if (subject.type !== type) continue
    const here = found.get(subject.name) ?? new Map<FindingCode, CellState>()
    here.set(code, graver(here.get(code), isMuted(finding) ? 'muted' : severity))
    found.set(subject.name, here)
  }
  return found
}

function graver(one: CellState | undefined, other: CellState): CellState {
  return severityRank(one) > severityRank(other) ? (one ?? other) : other
}

/** From 0, the mildest; below that: no severity. */
export function severityRank(state: CellState | undefined): number {
  return SEVERITIES.indexOf(state as Severity)
}

interface UnknownPlaces {
  isEverywhere(code: FindingCode): boolean
  at: ReadonlyMap<string, ReadonlySet<FindingCode>>
}

function unknownPlaces(type: MatrixSubject, { unjudged, groups }: MatrixInput): UnknownPlaces {
  if (unjudged === null) return { isEverywhere: () => true, at: new Map() }
  const everywhere = new Set<FindingCode>()
  const at = new Map<string, Set<FindingCode>>()
  const read = new Map(groups.map(({ id, topics }) => [id, topics]))
  for (const { subject, codes } of unjudged) {
    const names = namesOf(subject, type, read)
    for (const name of names ?? []) at.set(name, new Set([...(at.get(name) ?? []), ...codes]))
    if (names === null) for (const code of codes) everywhere.add(code)
  }
  return { isEverywhere: (code) => everywhere.has(code), at }
}

/** Of which subjects nothing is known where a check could not tell of this one; null: it may be any. */
function namesOf(
  { type, name }: SubjectRef,
  wanted: MatrixSubject,
  topicsOfGroup: ReadonlyMap<string, readonly string[]>,
): readonly string[] | null {
  if (type === wanted) return [name]
  if (type === 'cluster') return null
  if (type !== 'group') return []
  const topics = topicsOfGroup.get(name) ?? []
  return topics.length === 0 ? null : topics
}
