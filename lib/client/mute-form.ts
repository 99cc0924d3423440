/** The form that mutes a finding or a loss: from what is chosen to what the API is asked for. */
import type { FindingAnswer } from '../api/schemas/findings.ts'
import type { LossAnswer } from '../api/schemas/losses.ts'
import { DAY_MS, MINUTE_MS } from '../units.ts'

/** Only there, its check in its cluster, its check in all clusters. */
export const MUTE_SCOPES = ['subject', 'cluster', 'everywhere'] as const
export type MuteScope = (typeof MUTE_SCOPES)[number]

export const MUTE_ENDS = ['day', 'week', 'month', 'date'] as const
export type MuteEnd = (typeof MUTE_ENDS)[number]

export interface MuteForm {
  scope: MuteScope
  reason: string
  end: MuteEnd
  /** As the browser's field gives it, `2026-12-31`; empty while none is chosen. */
  date: string
}

/** As of `POST /api/v1/mutes`. */
export interface MuteBody {
  code: string
  cluster: string
  subject: string
  reason: string
  untilAt: string
}

/** A finding, or a loss as one. */
export type MutedThing = Pick<FindingAnswer, 'code' | 'clusterId' | 'subject'>

const LOSS_PREFIX = 'loss.'

/** A loss as mutes name it. Whoever reads them misses messages that are lost for a group; otherwise all of the topic do. */
export function mutedLoss({ kind, clusterId, group, topic, broker }: MutedLoss): MutedThing {
  const type = group !== null ? 'group' : topic !== null ? 'topic' : 'broker'
  return { code: `${LOSS_PREFIX}${kind}`, clusterId, subject: { type, name: group ?? topic ?? broker ?? '' } }
}

type MutedLoss = Pick<LossAnswer, 'kind' | 'clusterId' | 'group' | 'topic' | 'broker'>

export function isLoss({ code }: Pick<MutedThing, 'code'>): boolean {
  return code.startsWith(LOSS_PREFIX)
}

export const SHORTEST_REASON = 3
export const LONGEST_REASON = 500
const LONGEST_DAYS = 366

const DAYS: Record<Exclude<MuteEnd, 'date'>, number> = { day: 1, week: 7, month: 30 }

/** What hides least comes first. What is found of a cluster itself is at no other subject. */
export function scopesOf({ subject }: MutedThing): readonly MuteScope[] {
  return subject.name === '' ? MUTE_SCOPES.filter((scope) => scope !== 'subject') : MUTE_SCOPES
}

export function firstForm(muted: MutedThing): MuteForm {
  return { scope: scopesOf(muted)[0] ?? 'cluster', reason: '', end: 'week', date: '' }
}

/**
 * Stretches of time end at a full minute, so that what is said of them does not change every second. A day is its beginning
 * where the browser is. Null: no day is chosen, or none that is accepted.
 */
export function muteEndsAtMs({ end, date }: Pick<MuteForm, 'end' | 'date'>, nowMs: number): number | null {
  if (end !== 'date') return Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS + DAYS[end] * DAY_MS
  const atMs = new Date(`${date}T00:00`).getTime()
  return atMs > nowMs && atMs <= nowMs + LONGEST_DAYS * DAY_MS ? atMs : null
}

/** Null while something is missing. */
export function muteBody(muted: MutedThing, form: MuteForm, nowMs: number): MuteBody | null {
  const { code, clusterId, subject } = muted
  const reason = form.reason.trim()
  const endsAtMs = muteEndsAtMs(form, nowMs)
  if (endsAtMs === null || reason.length < SHORTEST_REASON || reason.length > LONGEST_REASON) return null
  return {
    code,
    cluster: form.scope === 'everywhere' ? '*' : clusterId,
    subject: form.scope === 'subject' ? patternOf(subject.name) : '*',
    reason,
    untilAt: new Date(endsAtMs).toISOString(),
  }
}

/** Names of groups may hold a star, and globs know no escape: one character of any kind is the least that covers it. */
function patternOf(name: string): string {
  return name.replaceAll('*', '?')
}
