/** What the page Explore shows, as its address holds it: a list of picks, one for each chart. Pure, also on the server. */
import { createParser, parseAsArrayOf } from 'nuqs/server'
import type { MetricLabel } from '../history/metrics.ts'
import { DAY_MS } from '../units.ts'
import type { TimeRange } from './time-range.ts'

/** In the order in which people narrow down. */
export const PICK_LABELS = ['group', 'topic', 'broker', 'partition', 'logDir'] as const satisfies MetricLabel[]

export interface SeriesPick {
  /** Empty while none is chosen. */
  metric: string
  /** Empty: every cluster. */
  cluster: string
  /** Those left out give several series. */
  labels: Partial<Record<MetricLabel, string>>
}

export const COMPARISONS = { '1d': DAY_MS, '7d': 7 * DAY_MS } as const
export type Comparison = keyof typeof COMPARISONS

/** More would be a page that nobody reads to its end. */
export const MAX_PICKS = 8

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    // A mistyped percent sign in the address.
    return null
  }
}

/** `lagMessages;cluster=shop;group=billing`; parts that mean nothing here are left out. Null: not a pick at all. */
export function parsePick(text: string): SeriesPick | null {
  const [first = '', ...rest] = text.split(';')
  const metric = decoded(first)
  if (metric === null) return null
  const pick: SeriesPick = { metric, cluster: '', labels: {} }
  for (const part of rest) {
    const at = part.indexOf('=')
    const name = part.slice(0, at)
    const value = decoded(part.slice(at + 1))
    if (at < 0 || value === null || value === '') continue
    const label = PICK_LABELS.find((known) => known === name)
    if (name === 'cluster') pick.cluster = value
    else if (label !== undefined) pick.labels[label] = value
  }
  return pick
}

export function pickText({ metric, cluster, labels }: SeriesPick): string {
  const parts = [['cluster', cluster], ...PICK_LABELS.map((label) => [label, labels[label] ?? ''])]
  const named = parts.flatMap(([name, value = '']) => (value === '' ? [] : [`${name}=${encodeURIComponent(value)}`]))
  return [encodeURIComponent(metric), ...named].join(';')
}

export const picksParser = parseAsArrayOf(
  createParser<SeriesPick>({
    parse: parsePick,
    serialize: pickText,
    eq: (one, other) => pickText(one) === pickText(other),
  }),
).withDefault([])

/** The address of a page with these picks. */
export function exploreHref(picks: readonly SeriesPick[], range: TimeRange): string {
  return `/explore?series=${encodeURIComponent(picksParser.serialize([...picks]))}&range=${range}`
}

/** Only the labels that the metric has, so that a change of the metric asks nothing that the server must refuse. */
export function keptLabels(labels: SeriesPick['labels'], known: readonly string[]): SeriesPick['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => known.includes(label)))
}

/** Whether something that happened can have to do with what is drawn: it names nothing else than the pick does. */
export function isAbout(
  pick: SeriesPick,
  event: {
    clusterId: string
    topic: string | null
    partition: number | null
    group: string | null
  },
): boolean {
  if (pick.cluster !== '' && event.clusterId !== pick.cluster) return false
  const { topic, partition, group } = pick.labels
  const differs = (asked: string | undefined, named: string | number | null): boolean =>
    asked !== undefined && named !== null && asked !== String(named)
  return !differs(topic, event.topic) && !differs(partition, event.partition) && !differs(group, event.group)
}
