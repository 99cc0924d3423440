/** Where groups stand that moved otherwise than by reading on, for both systems. */
import { MINUTE_MS } from '../../units.ts'
import type { ObservedGroup, ObservedGroupPartition } from '../observation.ts'
import { isNobodys } from './group-rules.ts'
import { type GroupRule, hit, MISS, type Outcome, type Scene } from './rule.ts'

/** A leader that has just been elected tells an earlier end for a moment. */
const AHEAD_IS_BELIEVED_AFTER_MS = MINUTE_MS
/** A consumer whose offset was deleted commits "none" while it resets itself. */
const RESET_TAKES_MS = MINUTE_MS

export const GROUP_POSITION_RULES: readonly GroupRule[] = [
  {
    ...{ code: 'group.commitAheadOfLog', system: 'both', severity: 'critical', scope: 'group' },
    judge: aheadOfLog,
  },
  { ...{ code: 'group.rewound', system: 'both', severity: 'warning', scope: 'group' }, judge: rewound },
]

/** What is written until the log is as long as it was will be taken for read. */
function aheadOfLog(group: ObservedGroup, { stills, nowMs, foundBefore }: Scene): Outcome {
  if (group.partitions === null) return 'unknown'
  const ahead = group.partitions.filter(({ lagMessages }) => lagMessages !== null && lagMessages < 0n)
  if (ahead.length === 0) return group.partitions.some(isPlaceUnknown) || group.fault !== null ? 'unknown' : MISS
  const sinceMs = stills.since(`commitAheadOfLog\n${group.id}`, 1n, nowMs)
  const wasFound = foundBefore('group.commitAheadOfLog', { type: 'group', name: group.id }) !== null
  if (nowMs - sinceMs < AHEAD_IS_BELIEVED_AFTER_MS && !wasFound) return MISS
  const messages = ahead.reduce((sum, { lagMessages }) => sum - (lagMessages ?? 0n), 0n)
  return hit(isNobodys(group) ? 'info' : 'critical', { ...factsOf(group, ahead), ahead: Number(messages) })
}

function isPlaceUnknown({ committedOffset, isCommitUnknown, lagMessages }: ObservedGroupPartition): boolean {
  return isCommitUnknown || (committedOffset !== null && lagMessages === null)
}

/** Set back by a person or a consumer it reads again what it had read; a commit that is gone may skip what it had not. */
function rewound(group: ObservedGroup, { nowMs }: Scene): Outcome {
  if (group.partitions === null) return 'unknown'
  const gone = group.partitions.filter(
    ({ commitLostSinceMs }) => commitLostSinceMs !== null && nowMs - commitLostSinceMs >= RESET_TAKES_MS,
  )
  if (gone.length > 0) return hit(isNobodys(group) ? 'info' : 'warning', { ...factsOf(group, gone), how: 'gone' })
  const back = group.partitions.filter(({ rewind }) => rewind !== null)
  if (back.length > 0) return hit('info', { ...factsOf(group, back), how: 'back' })
  return group.partitions.some(({ isCommitUnknown }) => isCommitUnknown) || group.fault !== null ? 'unknown' : MISS
}

function factsOf(
  { id, type }: ObservedGroup,
  some: readonly ObservedGroupPartition[],
): { group: string; type: string; topic: string; topics: number; partitions: number } {
  const topics = [...new Set(some.map(({ topic }) => topic))].sort()
  return { group: id, type, topic: topics[0] ?? '', topics: topics.length, partitions: some.length }
}
