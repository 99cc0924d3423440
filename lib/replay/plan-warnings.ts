/** What a person must know before they start a replay. Pure: facts in, codes with counts out; words are chosen later. */
import type { ClusterKind } from '../cluster/snapshot.ts'
import { STALE_INTERVALS } from '../history/staleness.ts'
import type { TallyNotes } from './plan-tally.ts'
import type { AffectedGroup, PlanWarning, ReplayPlan, ReplayRequest, SkipCode, WarningCode } from './replay-types.ts'

export interface WarningInput {
  request: ReplayRequest
  plan: Pick<ReplayPlan, 'skipped' | 'messages' | 'delivery' | 'affectedGroups'>
  notes: Omit<TallyNotes, 'failedGroups'>
  targets: readonly {
    topic: string
    isQueue: boolean
    maxMessageBytes: number | null
    isCompacted: boolean | null
    durability: string
  }[]
  targetKind: ClusterKind
  /** Null when the target cluster's groups are not known. */
  areGroupsKnown: boolean
  /** Groups that failed and have no members. */
  failedGroupsDown: readonly string[]
  /** Groups that failed and of which no consumer was started since. */
  failedGroupsUnchanged: readonly string[]
  stale: { found: bigint; areAllChecked: boolean } | null
  areDuplicatesChecked: boolean
  isIndexComplete: boolean
  /** Records that a search could not look into. */
  undecoded: number
  handledBefore: bigint
  otherReplays: readonly { id: string; shared: bigint }[]
  /** When the first selected record expires; null when unknown or never. */
  expiresAtMs: number | null
  endsAtMs: number | null
  /** The newest poll of the target cluster; null when there was none. */
  snapshotAgeMs: number | null
  pollIntervalMs: number
}

export function planWarnings(input: WarningInput): PlanWarning[] {
  const skippedBy = new Map(input.plan.skipped.map(({ code, count }) => [code, count]))
  return [
    ...groupWarnings(input),
    ...targetWarnings(input, skippedBy),
    ...recordWarnings(input, skippedBy),
    ...timeWarnings(input),
  ]
}

function warning(code: WarningCode, count: bigint | null, facts: PlanWarning['facts'] = {}): PlanWarning {
  return { code, count, facts }
}

function groupWarnings(input: WarningInput): PlanWarning[] {
  const { request, plan, areGroupsKnown, failedGroupsDown, failedGroupsUnchanged } = input
  const warnings: PlanWarning[] = []
  const others = plan.affectedGroups.filter(({ note }) => note === 'other')
  if (others.length > 0) {
    warnings.push(warning('otherGroupsRead', null, { groups: names(others), groupCount: others.length }))
  }
  if (!areGroupsKnown) warnings.push(warning('groupsUnknown', null))
  const [down] = failedGroupsDown
  if (down !== undefined) {
    warnings.push(warning('failedGroupDown', null, { group: down, groupCount: failedGroupsDown.length }))
  }
  const [same] = failedGroupsUnchanged
  if (same !== undefined) {
    warnings.push(warning('failedGroupUnchanged', null, { group: same, groupCount: failedGroupsUnchanged.length }))
  }
  if (plan.delivery === 'exactlyOnce') warnings.push(warning('readUncommitted', null))
  else warnings.push(warning('atLeastOnce', null, { cluster: request.target.clusterId }))
  return warnings
}

/** As many as a sentence carries. */
function names(groups: readonly AffectedGroup[]): string {
  return groups
    .slice(0, 5)
    .map(({ group }) => group)
    .join(', ')
}

function targetWarnings(input: WarningInput, skipped: SkippedBy): PlanWarning[] {
  const { request, targets, stale } = input
  const warnings: PlanWarning[] = []
  const queues = targets.filter(({ isQueue }) => isQueue)
  if (queues.length > 0 && request.target.mode !== 'retry') {
    warnings.push(warning('queueTarget', null, { topic: queues[0]?.topic ?? '' }))
  }
  add(warnings, 'oversize', skipped.get('tooLarge'))
  if (targets.some(({ maxMessageBytes }) => maxMessageBytes === null)) warnings.push(warning('sizeLimitUnknown', null))
  if (targets.some(({ isCompacted }) => isCompacted === null)) warnings.push(warning('compactionUnknown', null))
  add(warnings, 'keyMissing', skipped.get('keyMissing'))
  if (stale !== null) {
    add(warnings, 'staleKeys', stale.found)
    if (!stale.areAllChecked) warnings.push(warning('staleUnchecked', null))
  }
  warnings.push(...queueWarnings(input))
  const ill = targets.find(({ durability }) => durability === 'underMinIsr' || durability === 'offline')
  if (ill !== undefined) warnings.push(warning('targetUnderMinIsr', null, { topic: ill.topic }))
  return warnings
}

/** None where every letter was traced to the queue that it lay in. */
function queueWarnings({ request, targets, targetKind, notes, plan }: WarningInput): PlanWarning[] {
  const [some] = targets
  if (some === undefined || targetKind !== 'rocketmq' || request.target.mode === 'retry') return []
  const { queuesTraced: traced, queuesKnown: known } = notes
  if (known === plan.messages) return []
  const lost = traced - known
  const facts = { topic: some.topic, traced: Number(traced), known: Number(known), lost: Number(lost) }
  return [warning('queueUnknown', traced === 0n ? null : lost, facts)]
}

type SkippedBy = ReadonlyMap<SkipCode, bigint>

function recordWarnings(input: WarningInput, skipped: SkippedBy): PlanWarning[] {
  const { request, notes } = input
  const warnings: PlanWarning[] = []
  add(warnings, 'guessedOrigins', notes.guessed + (skipped.get('originGuessed') ?? 0n))
  add(warnings, 'alreadyReplayed', input.handledBefore)
  add(warnings, 'cameBack', notes.cameBack)
  add(warnings, 'payloadGone', skipped.get('payloadGone'))
  add(warnings, 'originGone', skipped.get('originGone'))
  add(warnings, 'noRight', skipped.get('noRight'))
  add(warnings, 'keysInterrupted', notes.keysInterrupted)
  add(warnings, 'partitionMoved', notes.partitionMoved)
  add(warnings, 'duplicateLetters', skipped.get('duplicateLetter'))
  if (!input.areDuplicatesChecked) warnings.push(warning('duplicatesUnchecked', null))
  if (request.keepHeaders) warnings.push(warning('headersKept', null))
  else add(warnings, 'headersRemoved', notes.headersRemoved)
  add(warnings, 'headersGone', notes.headersGone)
  add(warnings, 'changed', notes.changed)
  add(warnings, 'unreadable', notes.unreadable)
  if (!input.isIndexComplete) warnings.push(warning('indexIncomplete', null))
  add(warnings, 'searchUndecoded', BigInt(input.undecoded))
  for (const { id, shared } of input.otherReplays) warnings.push(warning('otherReplay', shared, { replay: id }))
  return warnings
}

function timeWarnings({ expiresAtMs, endsAtMs, snapshotAgeMs, pollIntervalMs }: WarningInput): PlanWarning[] {
  const warnings: PlanWarning[] = []
  if (expiresAtMs !== null && endsAtMs !== null && expiresAtMs <= endsAtMs) {
    warnings.push(warning('expiresDuringReplay', null, { at: new Date(expiresAtMs).toISOString() }))
  }
  if (snapshotAgeMs === null || snapshotAgeMs > STALE_INTERVALS * pollIntervalMs)
    warnings.push(warning('snapshotOld', null))
  return warnings
}

function add(warnings: PlanWarning[], code: WarningCode, count: bigint | undefined): void {
  if (count !== undefined && count > 0n) warnings.push(warning(code, count))
}
