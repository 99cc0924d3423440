/** Rules and alerts for tests of what becomes of them. */
import type { Alert } from '../../lib/alerts/alert.ts'
import type { AlertRule, AlertSubject, SeriesCondition } from '../../lib/alerts/alert-rule.ts'
import {
  type AlertBook,
  type AlertChanges,
  apply,
  bookOf,
  type Evaluation,
  evaluatePoll,
  RuleBook,
} from '../../lib/alerts/evaluate.ts'
import { type PollFacts, PollReader } from '../../lib/alerts/readings.ts'
import type { Holding } from '../../lib/alerts/state-machine.ts'
import { samplesOf } from '../../lib/collector/samples.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import type { OpenCount } from '../../lib/durability/unresolved.ts'
import { MINUTE_MS } from '../../lib/units.ts'
import { aSnapshot, NOW_MS } from './snapshots.ts'

export const ORDERS: AlertSubject = { type: 'topic', name: 'orders', part: null }

export function aRule(over: Partial<AlertRule> = {}): AlertRule {
  return {
    ...{ code: 'partition.offline', isBuiltIn: true, severity: null, forMs: 0, keepFiringForMs: 0 },
    when: { kind: 'finding', finding: 'partition.offline', from: 'high', labels: {} },
    ...{ labels: {}, runbook: null },
    ...over,
  }
}

export function aSeriesRule(when: Partial<SeriesCondition> = {}, over: Partial<AlertRule> = {}): AlertRule {
  return aRule({
    ...{ code: 'big-backlog', isBuiltIn: false, severity: 'high' },
    when: { kind: 'series', series: 'lagMessages', labels: {}, beyond: 'above', raiseAt: 100, clearAt: 50, ...when },
    ...over,
  })
}

export function held(over: Partial<Holding> = {}): Holding {
  return { rule: aRule(), subject: ORDERS, severity: 'high', facts: { partitions: 1 }, ...over }
}

export function anAlert(over: Partial<Alert> = {}): Alert {
  return {
    ...{ id: 'alert-1', ruleCode: 'partition.offline', ruleRevision: 'r', subject: ORDERS, episode: 1 },
    basis: { kind: 'finding', code: 'partition.offline' },
    ...{ state: 'firing', severity: 'high', facts: { partitions: 1 }, labels: {} },
    ...{ startedAtMs: NOW_MS - MINUTE_MS, firedAtMs: NOW_MS - MINUTE_MS, stateAtMs: NOW_MS - MINUTE_MS },
    ...{ clearSinceMs: null, isFlapping: false, changesAtMs: [], inhibitedBy: null, endedAtMs: null, endReason: null },
    ...over,
  }
}

const kindOf = topicKindClassifier({ include: [], exclude: [] })

export function observed(
  over: Parameters<typeof aSnapshot>[0] = {},
  openCounts: ReadonlyMap<string, OpenCount> = new Map(),
): Observation {
  return observe({
    snapshot: aSnapshot(over),
    previous: null,
    expectedBrokers: [],
    kindOf,
    memory: new ObserveMemory(),
    openCounts,
  })
}

/** The alerts of one cluster, poll after poll. */
export class AlertLab {
  readonly book: AlertBook = bookOf([])
  readonly #rules: RuleBook
  readonly #reader: PollReader

  constructor(rules: readonly AlertRule[]) {
    this.#rules = new RuleBook(rules)
    this.#reader = new PollReader('c', rules)
  }

  evaluation(nowMs: number): Evaluation {
    return { clusterId: 'c', rules: this.#rules, nowMs }
  }

  poll(
    observation: Observation,
    over: Partial<PollFacts> = {},
    openCounts: ReadonlyMap<string, OpenCount> = new Map(),
  ): AlertChanges {
    const samples = samplesOf(observation, openCounts)
    const readings = this.#reader.read({
      ...{ clusterId: 'c', observation, samples, openLosses: [], diskForecasts: [] },
      ...over,
    })
    const topicOf = (name: string) => observation.topics.find((topic) => topic.name === name)
    const changes = evaluatePoll(
      this.book,
      { readings, wasUnwatched: false, isMuted: () => false, topicOf },
      this.evaluation(observation.atMs),
    )
    apply(this.book, changes, observation.atMs)
    return changes
  }

  get open(): Alert[] {
    return [...this.book.open.values()]
  }
}
