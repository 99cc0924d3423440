/**
 * What a rule is: it looks at one subject of an observation and says whether something there can cost messages. Rules are
 * pure, know no history beyond the observation, and never take what was not seen for good: they answer `unknown`.
 */
import type { NameServerState } from '../../cluster/rocketmq-state.ts'
import type { ClusterKind, ConfigEntry, FactStatus, QuorumState, SubjectRef } from '../../cluster/snapshot.ts'
import { MINUTE_MS } from '../../units.ts'
import type { FindingCode } from '../finding-codes.ts'
import type { Finding, ObservedBroker, ObservedDlq, ObservedGroup, ObservedTopic, Severity } from '../observation.ts'
import type { TroubledHold } from '../troubled-holds.ts'
import type { OpenCount } from '../unresolved.ts'
import type { StandingStills } from './standing-stills.ts'

/** What is away or behind for less than this may belong to a restart. */
export const RESTART_GRACE_MS = 5 * MINUTE_MS

export type FindingFacts = Record<string, string | number>

export interface Hit {
  severity: Severity
  /** What the words say; numbers are plain, times are durations in the unit their name ends with. */
  facts: FindingFacts
  /** Tells several hits of one rule at one subject apart, such as a log dir. */
  part?: string
  /** Where it is not the subject that was looked at. */
  subject?: SubjectRef
}

/** No hits: all is well there. */
export type Outcome = readonly Hit[] | 'unknown'

export const MISS: readonly Hit[] = []

/** Of a rule about many places: what it found, and the places of which it can tell nothing else. */
export interface Partly {
  hits: readonly Hit[]
  /** Not empty. A subject with parts may also have hits: nothing is known of its other parts. */
  unknownAt: readonly SubjectRef[]
}

/** What rules may know beside their subject. */
export interface Scene {
  kind: ClusterKind
  nowMs: number
  /** The metadata is frozen: see `QuorumState.isMoving`. */
  isFrozen: boolean
  quorum: QuorumState | null
  nameServers: readonly NameServerState[] | null
  brokers: readonly ObservedBroker[]
  topics: readonly ObservedTopic[]
  groups: readonly ObservedGroup[]
  dlqs: readonly ObservedDlq[]
  /** What the inbox counted, by topic. */
  openCounts: ReadonlyMap<string, OpenCount>
  facts: readonly FactStatus[]
  /** Those of this console; null when they could not be read. */
  holds: readonly TroubledHold[] | null
  unknownPartitions: number
  layout: Layout
  topicOf(name: string): ObservedTopic | undefined
  stills: StandingStills
  /**
   * What the poll before found of a rule without parts at a subject, also in an earlier process; where that poll could not
   * tell, what was found last. A rule that waits does not wait anew because it could not watch.
   */
  foundBefore(code: FindingCode, subject: SubjectRef): Finding | null
}

/** How the cluster is built: changes seldom, and what is concluded of a topic holds until it does. */
export interface Layout {
  /** Brokers that keep data and are expected, whether they are up or not; on RocketMQ, names of brokers. */
  dataBrokers: number
  /** One broker, as on a developer's machine: what needs several is told, and frightens nobody. */
  isSingle: boolean
  /** By broker id; null where it has none. */
  racks: ReadonlyMap<string, string | null>
  rackCount: number
  /** The least `replica.fetch.max.bytes` of the brokers; null when no broker's is known. */
  replicaFetchMaxBytes: number | null
  /** Ids of brokers that may be restarting, see `restarts.ts`. */
  restarting: ReadonlySet<string>
}

interface RuleFor<Scope extends string, Subject> {
  code: FindingCode
  system: ClusterKind | 'both'
  /** The gravest that it gives. */
  severity: Severity
  scope: Scope
  /** What its hits are at, where that is not what it looks at. */
  about?: 'topic' | 'broker'
  /** Left out, it is asked of every subject. Uses no more than what lists keep of one. */
  appliesTo?(subject: Listed<Subject>): boolean
  judge(subject: Subject, scene: Scene): Outcome | Partly
}

/** Of topics and groups, lists keep all but the parts that only their own pages show. */
type Listed<Subject> = Omit<Subject, 'partitions' | 'config' | 'members'>

export type TopicRule = Omit<RuleFor<'topic', ObservedTopic>, 'judge'> & {
  /** May use nothing of the scene but its layout: the answer is kept for as long as topic and layout stay the same. */
  judge(topic: ObservedTopic, layout: Layout): Outcome
}
export type BrokerRule = RuleFor<'broker', ObservedBroker>
export type GroupRule = RuleFor<'group', ObservedGroup>
export type NameServerRule = RuleFor<'nameServer', NameServerState>
/** Looks at everything. */
export type ClusterRule = RuleFor<'cluster', Scene>
export type Rule = TopicRule | BrokerRule | GroupRule | NameServerRule | ClusterRule

interface Asked<Subject, Context, Answer> {
  appliesTo?(subject: Listed<Subject>): boolean
  judge(subject: Subject, context: Context): Answer
}

/** What a rule says of a subject; of one that it is not about, that all is well. */
export function judgedBy<Subject, Context, Answer>(
  rule: Asked<Subject, Context, Answer>,
  subject: Subject,
  context: Context,
): Answer | readonly Hit[] {
  return rule.appliesTo?.(subject) === false ? MISS : rule.judge(subject, context)
}

export function hit(severity: Severity, facts: FindingFacts, more: Pick<Hit, 'part' | 'subject'> = {}): readonly Hit[] {
  return [{ severity, facts, ...more }]
}

/**
 * Since when a value stands, as far as it was watched, and longer where it was found before (see `foundSince`) and has not
 * moved since watching began.
 */
export function stoodSince({ stills, nowMs }: Scene, key: string, value: bigint, foundSinceMs: number | null): number {
  const watchedSinceMs = stills.since(`watched\n${key}`, 0n, nowMs)
  const sinceMs = stills.since(key, value, nowMs)
  return sinceMs === watchedSinceMs && foundSinceMs !== null ? Math.min(sinceMs, foundSinceMs) : sinceMs
}

/** What could not be seen this time may still stand. */
export function keepStill({ stills }: Scene, key: string): void {
  stills.keep(key)
  stills.keep(`watched\n${key}`)
}

/** Since when something holds; null while it does not. As `stoodSince`. */
export function heldSince(scene: Scene, key: string, holds: boolean, foundSinceMs: number | null): number | null {
  const sinceMs = stoodSince(scene, key, holds ? 1n : 0n, foundSinceMs)
  return holds ? sinceMs : null
}

/** Since when at least that held which a finding of before tells after it was watched for so long; null: there is none. */
export function foundSince(found: Finding | null, waitedMs: number): number | null {
  return found === null ? null : found.atMs - waitedMs
}

/** Whether it was found before and has been watched for less than it waits: since when it holds is not known then. */
export function mayHoldSinceBefore(
  { stills, nowMs, foundBefore }: Scene,
  code: FindingCode,
  subject: SubjectRef,
  waitsMs: number,
): boolean {
  const watchedSinceMs = stills.since(`watched\n${code}\n${subject.name}`, 0n, nowMs)
  return nowMs - watchedSinceMs < waitsMs && foundBefore(code, subject) !== null
}

/** @param unknownAt places of which nothing is known beyond the hits */
export function partly(hits: readonly Hit[], unknownAt: readonly SubjectRef[]): Outcome | Partly {
  return unknownAt.length === 0 ? hits : { hits, unknownAt }
}

const VALUES = new WeakMap<readonly ConfigEntry[], ReadonlyMap<string, ConfigEntry>>()

/** A setting by its name; null when the settings are not known, or this one is not among them. */
export function settingOf(config: readonly ConfigEntry[] | null, name: string): ConfigEntry | null {
  if (config === null) return null
  let values = VALUES.get(config)
  if (values === undefined) {
    values = new Map(config.map((entry) => [entry.name, entry]))
    VALUES.set(config, values)
  }
  return values.get(name) ?? null
}

export function textOf(config: readonly ConfigEntry[] | null, name: string): string | null {
  return settingOf(config, name)?.value ?? null
}

/** Null when unknown or no number. Values beyond what a number holds come as the nearest. */
export function numberOf(config: readonly ConfigEntry[] | null, name: string): number | null {
  const value = textOf(config, name)
  return value !== null && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : null
}
