/** From what is found now and what began and ended since, what was found at a moment, and what came and went. Pure. */
import type { FindingEvent } from '../durability/finding-events.ts'
import { findingEventOf } from '../durability/finding-events.ts'
import { identityOf } from '../durability/judge.ts'
import type { Finding } from '../durability/observation.ts'
import { isReason } from '../durability/verdict.ts'
import type { StoredEvent } from '../history/event-history.ts'
import type { ReportedFinding } from './report.ts'

export type Spell = Omit<ReportedFinding, 'clusterId' | 'team' | 'mute'>

export interface Spells {
  /** Held at the end of the period. */
  held: Spell[]
  began: Spell[]
  ended: Spell[]
}

interface Sources {
  /** Of the newest poll. */
  findings: readonly Finding[]
  /** `findingStarted` and `findingEnded`, from the beginning of the period until now. */
  events: readonly StoredEvent[]
  fromMs: number
  toMs: number
}

export function spellsOf({ findings, events, fromMs, toMs }: Sources): Spells {
  const isIn = ({ atMs }: { atMs: number }): boolean => atMs >= fromMs && atMs < toMs
  const told = events
    .map((event) => ({ kind: event.kind, atMs: event.atMs, told: findingEventOf(event.facts) }))
    .sort((one, other) => one.atMs - other.atMs)
  const endings = told.filter(({ kind }) => kind === 'findingEnded')
  const now = findings.filter(isReason).map(spellOfFinding)
  const heldThen = endings
    .filter(({ atMs, told: { sinceMs } }) => atMs >= toMs && sinceMs !== null && sinceMs < toMs)
    // How it ended is a matter of the next report.
    .map(({ told }) => ({ ...spellOfEvent(told), endedAtMs: null, because: null }))
  const held = [...now.filter((spell) => sinceOf(spell) < toMs), ...heldThen]
  const ended = endings.filter(isIn).map(({ atMs, told }) => ({ ...spellOfEvent(told), endedAtMs: atMs }))
  return { held, ended, began: beganIn(held, ended, told.filter(isIn), fromMs) }
}

/**
 * What began in the period and was seen to hold or to end tells the most of itself. A beginning alone is left where the
 * console was killed before it wrote down the end.
 */
function beganIn(
  held: readonly Spell[],
  ended: readonly Spell[],
  told: readonly { kind: string; atMs: number; told: FindingEvent }[],
  fromMs: number,
): Spell[] {
  const spells = [...held, ...ended].filter((spell) => spell.sinceMs !== null && spell.sinceMs >= fromMs)
  // One that began with many others is told as one with them, and known by itself where it still holds.
  const known = new Set(spells.flatMap((spell) => [startOf(spell), startOf(asOneOfMany(spell))]))
  const alone = told.flatMap(({ kind, atMs, told }) => {
    if (kind !== 'findingStarted') return []
    const spell = { ...spellOfEvent(told), sinceMs: told.sinceMs ?? atMs, because: 'unknown' as const }
    return known.has(startOf(spell)) ? [] : [spell]
  })
  return [...spells, ...alone]
}

function startOf({ code, subject, part, sinceMs }: Spell): string {
  return `${identityOf({ code, subject, part })}\n${sinceMs}`
}

function asOneOfMany(spell: Spell): Spell {
  return { ...spell, subject: { ...spell.subject, name: '' }, part: null }
}

function sinceOf({ sinceMs }: Spell): number {
  return sinceMs ?? Number.NEGATIVE_INFINITY
}

function spellOfFinding({ code, severity, subject, part, facts, atMs }: Finding): Spell {
  return { code, severity, subject, part, count: 1, facts, sinceMs: atMs, endedAtMs: null, because: null }
}

function spellOfEvent({ code, severity, subjectType, subject, part, count, sinceMs, because }: FindingEvent): Spell {
  const ref = { type: subjectType, name: subject ?? '' }
  return { code, severity, subject: ref, part, count, facts: null, sinceMs, endedAtMs: null, because }
}
