/** When a running replay holds by itself, and when it goes on. Pure: numbers in, a reason out. */
import type { Durability } from '../durability/observation.ts'
import type { CodedFact, ReplayBaseline, ReplayBrake } from './replay-types.ts'

export interface GroupLag {
  group: string
  /** On the target topics; null when unknown. */
  lagMessages: bigint | null
  /** Nobody reads with it just now: its lag grows whatever we do. */
  isIdle: boolean
}

export interface TargetHealth {
  topic: string
  durability: Durability
}

/** How fresh the polls are that all of this comes from. */
export interface Sight {
  isClear: boolean
  /** Null: the target was never polled well. */
  lastAtMs: number | null
}

export interface BrakeInput {
  brake: ReplayBrake
  baseline: ReplayBaseline
  groups: readonly GroupLag[]
  targets: readonly TargetHealth[]
  produced: number
  returned: number
  /** It holds already: it goes on only when things are clearly better, not at the same number. */
  isHeld: boolean
}

/** Below this many records, one that came back says nothing. */
const LEAST_FOR_RATIO = 20
/** Held by lag, it goes on below this part of the limit. */
const RELEASE_PART = 0.8

/** A brake that goes by polls cannot hold by old ones: why it must hold until there are new ones; null when it need not. */
export function blindReason({ maxAddedLag, isr }: ReplayBrake, { isClear, lastAtMs }: Sight): CodedFact | null {
  if (isClear || (maxAddedLag === null && !isr)) return null
  if (lastAtMs === null) return { code: 'targetNeverSeen', facts: {} }
  return { code: 'targetUnseen', facts: { since: new Date(lastAtMs).toISOString() } }
}

const ILL_TARGET = { underMinIsr: 'targetUnderMinIsr', offline: 'targetOffline' }

/** Held by a target that stores nothing now: whoever went on all the same would be held again at the first record. */
export function isRefusedHold(code: string): boolean {
  return Object.values(ILL_TARGET).includes(code)
}

/** Why it must hold; null when nothing forbids to go on. */
export function brakeReason(input: BrakeInput): CodedFact | null {
  return isrReason(input) ?? lagReason(input) ?? returnReason(input)
}

function isrReason({ brake, targets }: BrakeInput): CodedFact | null {
  if (!brake.isr) return null
  for (const { topic, durability } of targets) {
    if (durability === 'underMinIsr' || durability === 'offline')
      return { code: ILL_TARGET[durability], facts: { topic } }
  }
  return null
}

function lagReason({ brake, baseline, groups, isHeld }: BrakeInput): CodedFact | null {
  if (brake.maxAddedLag === null) return null
  const limit = isHeld ? brake.maxAddedLag * RELEASE_PART : brake.maxAddedLag
  for (const { group, lagMessages, isIdle } of groups) {
    const before = baseline.lagByGroup[group]
    if (lagMessages === null || before === null || isIdle) continue
    const added = Number(lagMessages) - (before ?? 0)
    if (added > limit) return { code: 'groupLag', facts: { group, addedLag: added, limit: brake.maxAddedLag } }
  }
  return null
}

function returnReason({ brake, baseline, produced, returned }: BrakeInput): CodedFact | null {
  if (brake.maxReturnRatio === null) return null
  const sent = produced - baseline.produced
  const back = returned - baseline.returned
  if (sent < LEAST_FOR_RATIO || back / sent <= brake.maxReturnRatio) return null
  return { code: 'returned', facts: { returned: back, produced: sent } }
}

/** What is known of the first records of a replay, once they are sent. */
export interface CanarySeen {
  /** Read by the groups that count; null when nobody knows. */
  delivered: number | null
  returned: number
  /** Groups that read the target. */
  readers: number
}

export type CanaryVerdict = 'pass' | 'stop' | 'unread' | 'noReader'

/** How the first records fared, once their time is over: of those that were read, any number up to the ratio may come back. */
export function canaryVerdict(
  { delivered, returned, readers }: CanarySeen,
  maxReturnRatio: number | null,
): CanaryVerdict {
  const read = Math.max(delivered ?? 0, returned)
  if (read === 0) return readers === 0 ? 'noReader' : 'unread'
  return returned / read > (maxReturnRatio ?? 0) ? 'stop' : 'pass'
}
