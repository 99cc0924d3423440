/** What a rule says after some polls of a cluster, for tables of cases. */
import type { ClusterSnapshot, ConfigEntry, SubjectRef } from '../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { FindingCode } from '../../lib/durability/finding-codes.ts'
import type { Finding, Observation } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import type { ExpectedBroker } from '../../lib/durability/observe-brokers.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { rulesOf } from '../../lib/durability/rules/all-rules.ts'
import { layoutOf } from '../../lib/durability/rules/layout.ts'
import { Restarts } from '../../lib/durability/rules/restarts.ts'
import { type Hit, judgedBy, type Outcome, type Partly, type Scene } from '../../lib/durability/rules/rule.ts'
import { StandingStills } from '../../lib/durability/rules/standing-stills.ts'
import type { TroubledHold } from '../../lib/durability/troubled-holds.ts'
import { MINUTE_MS } from '../../lib/units.ts'
import { aSnapshot, NOW_MS } from './snapshots.ts'

export interface Poll extends Partial<ClusterSnapshot> {
  /** After the first. */
  afterMs?: number
  /** Another process: it knows what was found before, and nothing else. */
  isRestart?: boolean
  expected?: readonly ExpectedBroker[]
  openCounts?: Scene['openCounts']
  holds?: readonly TroubledHold[] | null
}

/** A hit with where it is. */
export interface PlacedHit extends Omit<Hit, 'part'> {
  subject: SubjectRef
  part: string | null
}

type ExpectedHit = Partial<Omit<PlacedHit, 'facts'>> & Pick<Hit, 'severity'> & { facts: Record<string, unknown> }

/** What a rule is to say: nothing is known, or these hits and no others. */
export type RuleCase = readonly [name: string, polls: readonly Poll[], expected: 'unknown' | readonly ExpectedHit[]]
export type RuleCases = Partial<Record<FindingCode, readonly RuleCase[]>>

/** Hits of all that the rule looks at in the last poll; `unknown` where there is none and something is not known. */
export function outcomeAfter(code: FindingCode, polls: readonly Poll[]): PlacedHit[] | 'unknown' {
  let stills = new StandingStills()
  let restarts = new Restarts()
  let memory = new ObserveMemory()
  let found: readonly Finding[] = []
  let previous: Observation | null = null
  let outcome: PlacedHit[] | 'unknown' = []
  for (const { afterMs = 0, isRestart = false, expected = [], openCounts = new Map(), holds = [], ...over } of polls) {
    if (isRestart) {
      ;[stills, restarts, memory, previous] = [new StandingStills(), new Restarts(), new ObserveMemory(), null]
      memory.judge.remember(found)
    }
    const { foundBefore } = memory.judge
    const atMs = NOW_MS + afterMs
    const snapshot = aSnapshot({ startedAtMs: atMs - 200, finishedAtMs: atMs, ...over })
    const kindOf = topicKindClassifier({ include: [], exclude: [] })
    previous = observe({ snapshot, previous, expectedBrokers: expected, kindOf, memory })
    outcome = outcomeOf(code, sceneOf(previous, { stills, restarts }, { openCounts, holds, foundBefore }))
    found = previous.findings
    stills.sweep()
  }
  return outcome
}

function sceneOf(
  seen: Observation,
  { stills, restarts }: { stills: StandingStills; restarts: Restarts },
  told: Pick<Scene, 'openCounts' | 'holds' | 'foundBefore'>,
): Scene {
  const { clusterKind: kind, atMs: nowMs, quorum, nameServers, brokers, topics, groups, dlqs, facts, totals } = seen
  const { unknownPartitions } = totals
  return {
    ...{ kind, nowMs, quorum, nameServers, brokers, topics, groups, dlqs, facts, unknownPartitions, stills },
    ...told,
    isFrozen: quorum?.isMoving === false,
    layout: layoutOf(kind, brokers, restarts.note({ brokers, topics, nowMs })),
    topicOf: (name) => topics.find((topic) => topic.name === name),
  }
}

function outcomeOf(code: FindingCode, scene: Scene): PlacedHit[] | 'unknown' {
  const rules = rulesOf(scene.kind)
  const ofCode = <T extends { code: FindingCode }>(all: readonly T[]): T[] => all.filter((rule) => rule.code === code)
  const outcomes: [SubjectRef, Outcome][] = [
    ...ofCode(rules.topic).flatMap((rule) =>
      scene.topics.map((one) => said('topic', one.name, judgedBy(rule, one, scene.layout))),
    ),
    ...ofCode(rules.broker).flatMap((rule) =>
      scene.brokers.map((one) => said('broker', one.id, judgedBy(rule, one, scene))),
    ),
    ...ofCode(rules.group).flatMap((rule) =>
      scene.groups.map((one) => said('group', one.id, judgedBy(rule, one, scene))),
    ),
    ...ofCode(rules.nameServer).flatMap((rule) =>
      (scene.nameServers ?? []).map((one) => said('nameServer', one.address, judgedBy(rule, one, scene))),
    ),
    ...ofCode(rules.cluster).map((rule) => said('cluster', '', judgedBy(rule, scene, scene))),
  ]
  if (outcomes.length === 0) throw new Error(`no rule looked at anything for ${code}`)
  const hits = outcomes.flatMap(([subject, outcome]) =>
    outcome === 'unknown'
      ? []
      : outcome.map((hit) => ({ ...hit, subject: hit.subject ?? subject, part: hit.part ?? null })),
  )
  return hits.length === 0 && outcomes.some(([, outcome]) => outcome === 'unknown') ? 'unknown' : hits
}

/** What is found somewhere is told, also where something else is not known. */
export function said(type: SubjectRef['type'], name: string, outcome: Outcome | Partly): [SubjectRef, Outcome] {
  if (outcome === 'unknown' || !('hits' in outcome)) return [{ type, name }, outcome]
  return [{ type, name }, outcome.hits.length === 0 ? 'unknown' : outcome.hits]
}

/** One that is expected and was there last so long before `NOW_MS`. */
export function lastSeen(id: string, minutesAgo: number): ExpectedBroker {
  const address = { host: 'localhost', port: 9090 + Number(id) }
  return { id, ...address, rack: null, role: 'broker', lastSeenAtMs: NOW_MS - minutesAgo * MINUTE_MS }
}

/** Settings as a driver hands them on; these are not the defaults. */
export function settings(values: Record<string, string | null>, source = 'STATIC_BROKER_CONFIG'): ConfigEntry[] {
  const rest = { source, isDefault: source === 'DEFAULT_CONFIG', sensitive: false }
  return Object.entries(values).map(([name, value]) => ({ name, value, ...rest }))
}
