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

/** Why it must hold; null when nothing forbids to go on. */
export function brakeReason(input: BrakeInput): CodedFact | null {
  return isrReason(input) ?? lagReason(input) ?? returnReason(input)
}

function isrReason({ brake, targets }: BrakeInput): CodedFact | null {
  if (!brake.isr) return null
  const ill = targets.find(({ durability }) => durability === 'underMinIsr' || durability === 'offline')
  if (ill === undefined) return null
  return { code: ill.durability === 'offline' ? 'targetOffline' : 'targetUnderMinIsr', facts: { topic: ill.topic } }
}

function lagReason({ brake, baseline, groups, isHeld }: BrakeInput): CodedFact | null {
  if (brake.maxAddedLag === null) return null
  const limit = isHeld ? brake.maxAddedLag * RELEASE_PART : brake.maxAddedLag
  for (const { group, lagMessages, isIdle } of groups) {
    if (lagMessages === null || isIdle) continue
    const added = Number(lagMessages) - (baseline.lagByGroup[group] ?? 0)
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

/** How the first records fared, once their time is over: any number of them may come back up to the same ratio. */
export function canaryVerdict(sent: number, returned: number, maxReturnRatio: number | null): 'pass' | 'stop' {
  if (sent === 0) return 'pass'
  return returned / sent > (maxReturnRatio ?? 0) ? 'stop' : 'pass'
}
