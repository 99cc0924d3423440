/**
 * Which findings and losses a person has muted: rules or kinds, clusters and subjects as patterns, until a time. What is
 * muted is still found and stored; verdicts and lists leave it out. Pure.
 */
import { anyGlobMatcher } from '../glob.ts'
import { DAY_MS } from '../units.ts'
import { FINDING_CODES, type FindingCode } from './finding-codes.ts'
import { LOSS_KINDS, type Loss, type LossKind, type LossPlace } from './losses/loss.ts'
import type { Finding } from './observation.ts'

/** As a mute names what it hides: a rule's code, or a kind of loss. */
export type MutableCode = FindingCode | `loss.${LossKind}`

const MUTABLE_CODES: readonly MutableCode[] = [...FINDING_CODES, ...LOSS_KINDS.map(lossCode)]

function lossCode(kind: LossKind): MutableCode {
  return `loss.${kind}`
}

export interface MutePattern {
  id: string
  /** One of `MutableCode`, or a glob over them. */
  code: string
  /** Globs over the cluster's id and the subject's name. */
  cluster: string
  subject: string
  untilAtMs: number
}

/** A year, also a leap year. What is muted for longer is not muted but switched off, and nobody will remember. */
export const LONGEST_MUTE_MS = 366 * DAY_MS

/** How much of a cluster could be read tells how far everything else can be believed. */
const NEVER_MUTED: ReadonlySet<MutableCode> = new Set(['cluster.pollFailed', 'cluster.partlyUnknown'])

export function canBeMuted(code: MutableCode): boolean {
  return !NEVER_MUTED.has(code)
}

/** Why a pattern of codes would mute nothing; null when it mutes something. */
export function uselessCodePattern(pattern: string): 'unknownRule' | 'neverMuted' | null {
  const reached = MUTABLE_CODES.filter(anyGlobMatcher([pattern]))
  if (reached.length === 0) return 'unknownRule'
  return reached.some(canBeMuted) ? null : 'neverMuted'
}

export function isActive({ untilAtMs }: Pick<MutePattern, 'untilAtMs'>, nowMs: number): boolean {
  return nowMs < untilAtMs
}

type Muted = Pick<Finding, 'code' | 'subject'>

/** @returns all mutes that hide a finding of this cluster now; the one that lasts longest first */
export function muteFinder<M extends MutePattern>(
  mutes: readonly M[],
  clusterId: string,
  nowMs: number,
): (finding: Muted) => readonly M[] {
  const ofCode = byCode(mutes, clusterId, nowMs)
  return ({ code, subject }) => ofCode(code).filter((mute) => anyGlobMatcher([mute.subject])(subject.name))
}

/** As `muteFinder`, for those who only want to know whether. */
export function isMutedNow(
  mutes: readonly MutePattern[],
  clusterId: string,
  nowMs: number,
): (finding: Muted) => boolean {
  const ofCode = byCode(mutes, clusterId, nowMs)
  return ({ code, subject }) => ofCode(code).some((mute) => anyGlobMatcher([mute.subject])(subject.name))
}

/** All mutes that hide a loss: their subject may be its group, its topic or its broker. The one that lasts longest first. */
export function lossMuteFinder<M extends MutePattern>(
  mutes: readonly M[],
  clusterId: string,
  nowMs: number,
): (loss: Pick<Loss, 'kind' | keyof LossPlace>) => readonly M[] {
  const ofCode = byCode(mutes, clusterId, nowMs)
  return ({ kind, group, topic, broker }) => {
    const names = [group, topic, broker].filter((name) => name !== null)
    return ofCode(lossCode(kind)).filter((mute) => names.some(anyGlobMatcher([mute.subject])))
  }
}

/** Thousands of findings have a few codes: which mutes are for a code is found once. */
function byCode<M extends MutePattern>(
  mutes: readonly M[],
  clusterId: string,
  nowMs: number,
): (code: MutableCode) => readonly M[] {
  const active = mutes
    .filter((mute) => isActive(mute, nowMs) && anyGlobMatcher([mute.cluster])(clusterId))
    .sort((one, other) => other.untilAtMs - one.untilAtMs)
  const known = new Map<MutableCode, readonly M[]>()
  return (code) => {
    const found =
      known.get(code) ?? (canBeMuted(code) ? active.filter((mute) => anyGlobMatcher([mute.code])(code)) : [])
    known.set(code, found)
    return found
  }
}
