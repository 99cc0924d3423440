/** How often a rule would have fired over what the console remembers: the same steps as for polls. Pure. */
import type { SeriesLabels, SeriesPoint } from '../history/history.ts'
import type { Alert } from './alert.ts'
import { type AlertRule, type AlertSubject, placeKey, type SeriesCondition } from './alert-rule.ts'
import { factsOf, isRaised, seriesSubject, standingAt } from './series-readings.ts'
import { begin, type Holding, type Reading, step } from './state-machine.ts'

export interface Episode {
  subject: AlertSubject
  firedAtMs: number
  /** Null: it would fire still. */
  endedAtMs: number | null
}

/** From when until when something was found at a subject; null: it still is. */
export interface Spell {
  subject: AlertSubject
  sinceMs: number
  endedAtMs: number | null
}

/** What nobody saw in between neither raises nor ends an alert, as of polls that fail. */
export function episodesOfPoints(
  rule: AlertRule,
  when: SeriesCondition,
  { labels, points }: { labels: SeriesLabels; points: readonly SeriesPoint[] },
): Episode[] {
  const subject = seriesSubject(labels)
  return run(
    rule,
    points.map(({ t, min, max }) => {
      // Of a step that tells several polls, the worst counts.
      const value = when.beyond === 'above' ? max : min
      const severity = rule.severity ?? 'warning'
      const held: Holding = { rule, subject, severity, facts: factsOf(when, labels, value) }
      return { atMs: t, reading: isRaised(when, value) ? held : standingAt(when, value) }
    }),
  )
}

/** @param spells of one rule; @param everyMs as far apart as polls are */
export function episodesOfSpells(rule: AlertRule, spells: readonly Spell[], everyMs: number, toMs: number): Episode[] {
  const places = Map.groupBy(spells, ({ subject }) => placeKey(rule.code, subject))
  return [...places.values()].flatMap((ofPlace) => run(rule, readingsOf(rule, ofPlace, everyMs, toMs)))
}

interface TimedReading {
  atMs: number
  reading: Reading
}

/** The polls at which something may happen: where a spell begins, has held for long enough, ends, or is over for long. */
function* readingsOf(rule: AlertRule, spells: readonly Spell[], everyMs: number, toMs: number): Iterable<TimedReading> {
  const sorted = spells.toSorted((one, other) => one.sinceMs - other.sinceMs)
  for (const [index, { subject, sinceMs, endedAtMs }] of sorted.entries()) {
    const held: Holding = { rule, subject, severity: rule.severity ?? 'warning', facts: {} }
    const lastMs = (endedAtMs ?? toMs + everyMs) - everyMs
    yield { atMs: sinceMs, reading: held }
    if (sinceMs + rule.forMs <= lastMs) yield { atMs: sinceMs + rule.forMs, reading: held }
    if (endedAtMs === null) return
    yield { atMs: endedAtMs, reading: 'clear' }
    const overMs = endedAtMs + rule.keepFiringForMs
    if (overMs <= toMs && overMs < (sorted[index + 1]?.sinceMs ?? Infinity)) yield { atMs: overMs, reading: 'clear' }
  }
}

function run(rule: AlertRule, readings: Iterable<TimedReading>): Episode[] {
  const episodes: Episode[] = []
  let alert: Alert | null = null
  let changesAtMs: readonly number[] = []
  for (const { atMs, reading } of readings) {
    if (alert !== null) alert = step(alert, reading, rule, atMs).after
    else if (typeof reading !== 'string') alert = begin(reading, '', { id: '', episode: 0, changesAtMs }, atMs).after
    if (alert?.state !== 'resolved') continue
    episodes.push(episodeOf(alert))
    changesAtMs = alert.changesAtMs
    alert = null
  }
  if (alert !== null && alert.firedAtMs !== null) episodes.push(episodeOf(alert))
  return episodes
}

function episodeOf({ subject, firedAtMs, startedAtMs, endedAtMs }: Alert): Episode {
  return { subject, firedAtMs: firedAtMs ?? startedAtMs, endedAtMs }
}
