/** Makes the plan of a replay: pins the selection, reads every record of it once, and says what would become of each. */
import { guessOrigin } from '../inbox/guessed-origin.ts'
import { placeKey } from '../inbox/queues.ts'
import { indexEdits } from './edits.ts'
import { PlanReading } from './plan-reading.ts'
import { summarizePlan } from './plan-summary.ts'
import type { PlanGround, PlannerOptions } from './planner-options.ts'
import type { PlanResult } from './replay-store.ts'
import type { ReplayJob, ReplayPart } from './replay-types.ts'
import { createRouteFacts } from './routing.ts'
import { queueTest, TargetTopics } from './target-topics.ts'
import { prepareTransform } from './transform.ts'

/**
 * @returns null when it is no longer wanted
 * @throws PlanRefused, MessageAccessError
 */
export async function planReplay(
  job: ReplayJob,
  options: PlannerOptions,
  signal: AbortSignal,
): Promise<PlanResult | null> {
  const pinned = await options.pin(job, options.source.reader, signal)
  const ground = await openGround(job, options)
  const reading = new PlanReading(ground)
  const parts: ReplayPart[] = []
  for (const place of pinned.places) {
    const part = await reading.readPart(place, parts.length, signal)
    if (part === null) return null
    const marks = pinned.handled.filter((one) => placeKey(one) === placeKey(place))
    parts.push({ ...part, handled: marks.map(({ actionId, runs: offsets }) => ({ actionId, offsets })) })
  }
  return summarizePlan(ground, reading, pinned, parts, signal)
}

async function openGround(job: ReplayJob, options: PlannerOptions): Promise<PlanGround> {
  const { request } = job
  const { clusterId, topic, target } = request
  const { snapshots, source, profiles } = options
  const topics = await TargetTopics.open({ snapshots, clusterId: target.clusterId, ...options.target })
  const found = [topics.exceptions()]
  if (clusterId !== target.clusterId) {
    found.push((await TargetTopics.open({ snapshots, clusterId, ...source })).exceptions())
  }
  const exceptions = {
    queues: [...new Set([topic, ...found.flatMap(({ queues }) => queues)])].sort(),
    ordinary: [...new Set(found.flatMap(({ ordinary }) => ordinary))].filter((name) => name !== topic).sort(),
  }
  const isQueue = queueTest(exceptions)
  const { byName, forbidden, internal } = topics
  const context = {
    ...{ jobId: job.id, request, sourceKind: source.kind, profiles, isQueue },
    routes: createRouteFacts({ topics: byName, forbidden, internal, targetKind: options.target.kind, isQueue }),
    edits: indexEdits(request.edits),
    transform: prepareTransform(request.transform),
    guessed: source.kind === 'kafka' ? await guessOrigin(snapshots, clusterId, topic) : null,
  }
  return { job, options, topics, exceptions, context }
}
