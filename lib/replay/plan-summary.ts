/** What a plan says as a whole, once every record of it was read: numbers, time, who else is concerned, warnings. */
import { SECOND_MS } from '../units.ts'
import { needsApproval } from './approval.ts'
import { planDigest, planHash, profilesDigest } from './plan-hash.ts'
import { affectedGroups, estimateTime, expiryOf, groupsDown, groupsUnchanged, measuredSpeed } from './plan-parts.ts'
import type { PlanReading } from './plan-reading.ts'
import type { PlanTally } from './plan-tally.ts'
import { planWarnings, type WarningInput } from './plan-warnings.ts'
import { type PinnedSelection, type PlanGround, PlanRefused } from './planner-options.ts'
import type { PlanResult } from './replay-store.ts'
import type { PlanFacts, PlanWarning, ReplayPart } from './replay-types.ts'
import { queueTest } from './target-topics.ts'
import { markOf } from './transform.ts'

export async function summarizePlan(
  ground: PlanGround,
  reading: PlanReading,
  pinned: PinnedSelection,
  parts: ReplayPart[],
  signal: AbortSignal,
): Promise<PlanResult> {
  const { job, options } = ground
  const { request, rate } = job
  const { tally } = reading
  reading.edits.refuseLost()
  if (tally.selected === 0n) throw new PlanRefused('nothingSelected')
  const stale = await reading.stale.check(parts, tally, options.target.reader, signal)
  const facts = factsOf(ground, reading, pinned)
  const numbers = tally.numbers()
  const failed = await failedGroupsOf(ground, tally)
  const targets = new Set(numbers.targets.map(({ topic }) => topic))
  const groups = await options.snapshots.groups(request.target.clusterId)
  const affected = affectedGroups(groups ?? [], targets, failed)
  const speed = measuredSpeed(await options.doneBefore(), facts.delivery)
  const estimate = estimateTime(numbers, rate, request, speed)
  const plan = {
    ...numbers,
    affectedGroups: affected,
    failedGroups: failed,
    delivery: facts.delivery,
    ...estimate,
    needsApproval: needsApproval(options.policy, request, numbers.messages),
    warnings: await warningsOf(ground, reading, pinned, {
      plan: { ...numbers, affectedGroups: affected, delivery: facts.delivery },
      areGroupsKnown: groups !== null,
      failedGroupsDown: groupsDown(groups ?? [], failed),
      failedGroupsUnchanged: groupsUnchanged(groups ?? [], failed, tally.notes.newestAtMs),
      stale,
      estimatedSeconds: estimate.estimatedSeconds,
    }),
  }
  const digest = planDigest(request, facts, parts)
  const { selected, skipped } = tally
  return { plan, facts, parts, digest, hash: planHash(digest, rate), selected, skipped }
}

/** As the records tell; where none does, as the cluster's settings and its Connect workers do. */
async function failedGroupsOf({ job, options }: PlanGround, { failedGroups }: PlanTally): Promise<string[]> {
  if (failedGroups.length > 0) return failedGroups
  const { clusterId, topic } = job.request
  const queues = (await options.snapshots.dlqs(clusterId)) ?? []
  return queues.find((queue) => queue.topic === topic)?.groups ?? []
}

function factsOf(
  { job, options, topics, exceptions, context }: PlanGround,
  { tally, edits, pins }: PlanReading,
  { topicId }: PinnedSelection,
): PlanFacts {
  const { source, target, profiles, now } = options
  const { clusterId, target: asked } = job.request
  const isExactlyOnce = clusterId === asked.clusterId && target.kind === 'kafka'
  return {
    sourceKind: source.kind,
    targetKind: target.kind,
    sourceTopicId: topicId,
    targets: tally.targetNames.sort().flatMap((name) => topics.byName.get(name) ?? []),
    ...exceptions,
    guessed: context.guessed,
    profilesDigest: profilesDigest(profiles),
    transform: markOf(job.request.transform),
    edited: edits.digests,
    pins,
    plannedAtMs: now(),
    delivery: isExactlyOnce ? 'exactlyOnce' : 'atLeastOnce',
  }
}

type Known = Pick<WarningInput, 'plan' | 'areGroupsKnown' | 'failedGroupsDown' | 'failedGroupsUnchanged' | 'stale'> & {
  estimatedSeconds: number
}

async function warningsOf(
  { job, options, topics, exceptions }: PlanGround,
  { tally, areDuplicatesChecked }: PlanReading,
  pinned: PinnedSelection,
  { estimatedSeconds, ...known }: Known,
): Promise<PlanWarning[]> {
  const { snapshots, now } = options
  const { request } = job
  const nowMs = now()
  const summary = await snapshots.summary(request.target.clusterId)
  const source = ((await snapshots.topics(request.clusterId)) ?? []).find(({ name }) => name === request.topic)
  const dlq = ((await snapshots.dlqs(request.clusterId)) ?? []).find(({ topic }) => topic === request.topic)
  const isQueue = queueTest(exceptions)
  return planWarnings({
    ...{ request, ...known, areDuplicatesChecked },
    notes: tally.notes,
    targetKind: options.target.kind,
    targets: tally.targetNames.map((topic) => ({
      topic,
      isQueue: isQueue(topic),
      maxMessageBytes: topics.byName.get(topic)?.maxMessageBytes ?? null,
      isCompacted: topics.byName.get(topic)?.isCompacted ?? null,
      durability: topics.durabilityOf(topic),
    })),
    isIndexComplete: pinned.isComplete,
    undecoded: pinned.undecoded ?? 0,
    handledBefore: pinned.handled.reduce((sum, { runs }) => sum + runs.offsetCount, 0n),
    otherReplays: await options.otherReplays(job, pinned.places),
    expiresAtMs: expiryOf(tally.notes.oldestAtMs, source?.settings.retentionMs ?? null, dlq?.expiry ?? null),
    endsAtMs: nowMs + estimatedSeconds * SECOND_MS,
    snapshotAgeMs: summary?.lastPollAtMs == null ? null : nowMs - summary.lastPollAtMs,
    pollIntervalMs: summary?.pollIntervalMs ?? 0,
  })
}
