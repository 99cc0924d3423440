/** Rules about numbers: each series is a place of its own. Which series a rule is about is found once for its labels. */
import type { Observation } from '../durability/observation.ts'
import type { SeriesLabels } from '../history/history.ts'
import { type AlertRule, type AlertSubject, labelMatcher, placeKey, type SeriesCondition } from './alert-rule.ts'
import type { PollFacts } from './readings.ts'
import { RATES, type RuleSeries } from './rule-series.ts'
import type { Holding, Standing } from './state-machine.ts'
import type { Subjects } from './subjects.ts'

/** A number of a poll, with the labels that tell whose it is. */
interface Value {
  labels: SeriesLabels
  value: bigint | number | null
}

interface Place {
  key: string
  subject: AlertSubject
}

interface SeriesRule {
  rule: AlertRule
  when: SeriesCondition
  isMatch(labels: Readonly<Record<string, string | number | undefined>>): boolean
  /** Null: it is not about them. Labels of what rests are the very object of the poll before. */
  places: WeakMap<SeriesLabels, Place | null>
}

/** Of a rule, how each place stands where it does not hold. */
type Standings = ReadonlyMap<string, Standing>

export class SeriesReadings {
  readonly #clusterId: string
  readonly #bySeries: ReadonlyMap<RuleSeries, readonly SeriesRule[]>
  readonly #wanted: readonly RuleSeries[]
  #values: ReadonlyMap<RuleSeries, readonly Value[]> = new Map()
  /** Made when an open alert asks. */
  readonly #standings = new Map<SeriesRule, Standings>()

  constructor(clusterId: string, rules: readonly AlertRule[]) {
    this.#clusterId = clusterId
    const own = rules.flatMap((rule): SeriesRule[] =>
      rule.when.kind === 'series'
        ? [{ rule, when: rule.when, isMatch: labelMatcher(rule.when.labels), places: new WeakMap() }]
        : [],
    )
    this.#bySeries = Map.groupBy(own, ({ when }) => when.series)
    this.#wanted = [...this.#bySeries.keys()]
  }

  addHolding(poll: PollFacts, holding: Map<string, Holding>): void {
    this.#values = valuesOf(poll, new Set(this.#wanted))
    this.#standings.clear()
    for (const [series, values] of this.#values) {
      for (const one of this.#bySeries.get(series) ?? []) this.#addHeld(one, values, holding)
    }
  }

  #addHeld(one: SeriesRule, values: readonly Value[], holding: Map<string, Holding>): void {
    const { rule, when } = one
    for (const { labels, value } of values) {
      if (value === null || !isRaised(when, Number(value))) continue
      const place = this.#placeOf(one, labels)
      if (place === null) continue
      const facts = factsOf(when, labels, Number(value))
      holding.set(place.key, { rule, subject: place.subject, severity: rule.severity ?? 'warning', facts })
    }
  }

  #placeOf(one: SeriesRule, labels: SeriesLabels): Place | null {
    const known = one.places.get(labels)
    if (known !== undefined) return known
    const place = one.isMatch({ cluster: this.#clusterId, ...labels }) ? placeOf(one.rule, labels) : null
    one.places.set(labels, place)
    return place
  }

  standingOf(rule: AlertRule, subject: AlertSubject, subjects: Subjects): Standing {
    const one = this.#bySeries.get((rule.when as SeriesCondition).series)?.find((other) => other.rule === rule)
    const standing = one && this.#standingsOf(one).get(placeKey(rule.code, subject))
    if (standing !== undefined) return standing
    const presence = subjects.presenceOf(subject)
    if (presence !== 'there') return presence
    return subjects.areItsPartsKnown(subject) ? 'gone' : 'unknown'
  }

  #standingsOf(one: SeriesRule): Standings {
    const known = this.#standings.get(one)
    if (known !== undefined) return known
    const standings = new Map<string, Standing>()
    for (const { labels, value } of this.#values.get(one.when.series) ?? []) {
      const place = this.#placeOf(one, labels)
      if (place !== null) standings.set(place.key, standingAt(one.when, value === null ? null : Number(value)))
    }
    this.#standings.set(one, standings)
    return standings
  }
}

/** @returns how a number stands that does not raise the alert */
export function standingAt({ beyond, clearAt }: SeriesCondition, value: number | null): Standing {
  if (value === null) return 'unknown'
  if (clearAt === null) return 'clear'
  return (beyond === 'above' ? value <= clearAt : value >= clearAt) ? 'clear' : 'between'
}

export function isRaised({ beyond, raiseAt }: SeriesCondition, value: number): boolean {
  return beyond === 'above' ? value > raiseAt : value < raiseAt
}

export function factsOf(
  { series, beyond, raiseAt }: SeriesCondition,
  labels: SeriesLabels,
  value: number,
): Holding['facts'] {
  return { series, beyond, raiseAt, value: Math.round(value * 1_000) / 1_000, ...labels }
}

function placeOf(rule: AlertRule, labels: SeriesLabels): Place {
  const subject = seriesSubject(labels)
  return { key: placeKey(rule.code, subject), subject }
}

/** Whoever reads a group's series cares for the group; a number of nobody's is the cluster's. */
export function seriesSubject({ group, topic, partition, broker, logDir }: SeriesLabels): AlertSubject {
  const queue = partition === undefined ? null : [broker, partition].filter((part) => part !== undefined).join('/')
  if (group !== undefined) {
    const part = topic === undefined ? null : [topic, queue].filter((one) => one !== null).join('/')
    return { type: 'group', name: group, part }
  }
  if (topic !== undefined) return { type: 'topic', name: topic, part: queue }
  if (broker !== undefined) return { type: 'broker', name: broker, part: logDir ?? null }
  return { type: 'cluster', name: '', part: null }
}

function valuesOf(poll: PollFacts, wanted: ReadonlySet<RuleSeries>): Map<RuleSeries, Value[]> {
  const values = new Map<RuleSeries, Value[]>([...wanted].map((series) => [series, []]))
  for (const sample of poll.samples) values.get(sample.metric)?.push(sample)
  // A poll that told something did not fail.
  values.get('failedPolls')?.push({ labels: NO_LABELS, value: 0 })
  values
    .get('diskFullHours')
    ?.push(...poll.diskForecasts.map(({ broker, logDir, hours }) => ({ labels: { broker, logDir }, value: hours })))
  for (const rate of RATES) if (values.has(rate)) values.set(rate, ratesOf(poll.observation, rate))
  return values
}

const NO_LABELS: SeriesLabels = {}

function ratesOf({ topics, groups }: Observation, rate: RuleSeries): Value[] {
  const place = (topic: string, partition: number, broker: string | null): SeriesLabels =>
    broker === null ? { topic, partition } : { topic, partition, broker }
  if (rate === 'produceRatePerSecond') {
    return topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partition, broker, produceRatePerSecond: value }) => ({
        labels: place(name, partition, broker),
        value,
      })),
    )
  }
  return groups.flatMap(({ id, partitions }) =>
    (partitions ?? []).map(({ topic, partition, broker, consumeRatePerSecond: value }) => ({
      labels: { group: id, ...place(topic, partition, broker) },
      value,
    })),
  )
}
