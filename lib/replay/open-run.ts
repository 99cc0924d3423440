/** Puts a run together: the right delivery, what the plan rests on, and what of the inbox belongs to it. */
import type { MessageAccess, MessageReader } from '../cluster/messages.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'
import type { HandledLedger, LedgerAction } from '../inbox/handled-ledger.ts'
import type { OffsetRuns } from '../inbox/offset-runs.ts'
import { createPayloadReader } from '../inbox/payload-reader.ts'
import { placeKey } from '../inbox/queues.ts'
import type { Logger } from '../log.ts'
import { AtLeastOnceDelivery } from './at-least-once-delivery.ts'
import type { DecideContext } from './decide.ts'
import type { Delivery } from './delivery.ts'
import { indexEdits } from './edits.ts'
import { ExactlyOnceDelivery } from './exactly-once-delivery.ts'
import { type HandledSince, handledSince } from './handled-since.ts'
import { OriginalQueues } from './original-queues.ts'
import { profilesDigest } from './plan-hash.ts'
import type { ProgressStore } from './progress-store.ts'
import { isAnotherQueue } from './record-pins.ts'
import { ReplayRun, type SendingPlace } from './replay-run.ts'
import type { ReplayStore } from './replay-store.ts'
import type { CodedFact, PlanFacts, ReplayJob, ReplayPart, TargetTopic } from './replay-types.ts'
import { createRouteFacts } from './routing.ts'
import { SourceFeed } from './source-feed.ts'
import { queueTest } from './target-topics.ts'
import { createTargetWatch, type TargetWatch } from './target-watch.ts'
import { prepareTransform } from './transform.ts'
import { unlessGone } from './unless-gone.ts'

export interface OpenRunOptions {
  job: ReplayJob
  parts: ReplayPart[]
  /** Of the source cluster and of the target's; the same one when they are the same cluster. */
  source: MessageAccess
  target: MessageAccess
  store: ReplayStore
  progress: ProgressStore
  snapshots: SnapshotReader
  ledger: Pick<HandledLedger, 'begin' | 'markWithin' | 'returnedOf' | 'read' | 'actions'>
  /** The queue's row in the inbox. */
  queueId: number
  profiles: readonly DlqProfile[]
  log: Logger
  now(): number
  monotonicMs(): number
  /** So many records go in the first transaction; later ones as fast as the cluster is. */
  batchRecords?: number
  /** See `AtLeastOnceDelivery`. */
  settleMs?: number
  /** See `ExactlyOnceDelivery`. */
  patienceMs?: number
  /** Left out: it has one. */
  place?: SendingPlace
}

export interface OpenRun {
  run: ReplayRun
  close(): Promise<void>
}

const VERIFY_DEADLINE_MS = 10_000

export function openRun(options: OpenRunOptions): OpenRun {
  const { job, parts, source, target, store, progress, ledger, queueId, log, now, monotonicMs } = options
  const facts = job.facts
  if (facts === null) throw new Error(`replay ${job.id} has no plan`)
  const reader = source.reader()
  const targetReader = target.reader()
  const delivery = deliveryOf(options, facts, targetReader)
  const context = contextOf(job, facts, options.profiles)
  const originals = OriginalQueues.of(reader, context)
  const action: LedgerAction = {
    kind: 'replay',
    actor: job.createdBy,
    atMs: job.startedAtMs ?? now(),
    note: job.request.reason,
    replayId: job.id,
  }
  let handled: ReadonlyMap<string, OffsetRuns> = new Map()
  const run = new ReplayRun(job, parts, {
    ...{ store, progress, delivery, log, now, monotonicMs, batchRecords: options.batchRecords, place: options.place },
    createFeed: (rest) =>
      new SourceFeed(rest, { reader, context, now, handled, originals, payloads: createPayloadReader(reader) }),
    verify: (signal) => verifyFacts(job, facts, options.profiles, reader, targetReader, signal),
    watch: watchOf(job, options.snapshots, ledger, facts, now),
    async begin() {
      await ledger.begin(queueId, action)
      handled = byPlace(await handledSince(ledger, queueId, job.id, facts.plannedAtMs, parts))
    },
    alsoWrite: (tx, places) => ledger.markWithin(tx, queueId, action, places),
  })
  return {
    run,
    async close() {
      await Promise.all([reader.close(), targetReader.close(), delivery.close()])
    },
  }
}

function deliveryOf(options: OpenRunOptions, facts: PlanFacts, reader: MessageReader): Delivery {
  const { job, target, progress, now } = options
  const topics = facts.targets.map(({ topic }) => topic)
  if (facts.delivery === 'exactlyOnce') {
    const channel = target.exactlyOnce({ jobId: job.id, sourceTopic: job.request.topic })
    if (channel === null) throw new Error('the cluster has no transactions')
    const startedAtMs = job.startedAtMs ?? job.createdAtMs
    const { monotonicMs, patienceMs } = options
    return new ExactlyOnceDelivery({
      ...{ jobId: job.id, channel, reader, sourceTopic: job.request.topic, targets: topics, progress },
      ...{ startedAtMs, now, monotonicMs, ...(patienceMs === undefined ? {} : { patienceMs }) },
    })
  }
  const { settleMs } = options
  // A broker of RocketMQ may put what was sent to a retry topic among the dead letters at once.
  const isRetry = facts.targetKind === 'rocketmq' && job.request.target.mode === 'retry'
  const targets = isRetry ? [...topics, job.request.topic] : topics
  return new AtLeastOnceDelivery({
    ...{ jobId: job.id, sender: target.sender(), reader, targets, progress, now },
    ...(settleMs === undefined ? {} : { settleMs }),
  })
}

function contextOf(job: ReplayJob, facts: PlanFacts, profiles: readonly DlqProfile[]): DecideContext {
  const isQueue = queueTest(facts)
  const topics = new Map(facts.targets.map((topic) => [topic.topic, topic]))
  return {
    ...{ jobId: job.id, request: job.request, sourceKind: facts.sourceKind, profiles, isQueue },
    routes: createRouteFacts({ topics, targetKind: facts.targetKind, isQueue }),
    edits: indexEdits(job.request.edits),
    transform: prepareTransform(job.request.transform),
    guessed: facts.guessed,
    placesOnly: true,
  }
}

export function watchOf(
  job: ReplayJob,
  snapshots: SnapshotReader,
  ledger: Pick<HandledLedger, 'returnedOf'>,
  facts: PlanFacts,
  now: () => number,
): TargetWatch {
  return createTargetWatch({
    snapshots,
    clusterId: job.request.target.clusterId,
    topics: facts.targets.map(({ topic }) => topic),
    failedGroups: job.plan?.failedGroups ?? [],
    isFailedGroupExpected: job.request.target.mode !== 'topic',
    now,
    returned: () => countReturned(ledger, job.id),
  })
}

/** Records of the job that came back, into whichever queue. */
async function countReturned(ledger: Pick<HandledLedger, 'returnedOf'>, jobId: string): Promise<bigint> {
  const returns = await ledger.returnedOf(jobId)
  return returns.flatMap(({ places }) => places).reduce((sum, { runs }) => sum + runs.offsetCount, 0n)
}

/** By the place of the source, what is not ours to send any more. */
function byPlace(handled: readonly HandledSince[]): Map<string, OffsetRuns> {
  const found = new Map<string, OffsetRuns>()
  for (const { place, runs } of handled) {
    const key = placeKey(place)
    found.set(key, found.get(key)?.union(runs) ?? runs)
  }
  return found
}

/** Why the plan no longer holds; null when it does. @throws MessageAccessError when a cluster cannot tell */
async function verifyFacts(
  job: ReplayJob,
  facts: PlanFacts,
  profiles: readonly DlqProfile[],
  source: MessageReader,
  target: MessageReader,
  signal: AbortSignal,
): Promise<CodedFact | null> {
  if (profilesDigest(profiles) !== facts.profilesDigest) return { code: 'profilesChanged', facts: {} }
  const within = AbortSignal.any([signal, AbortSignal.timeout(VERIFY_DEADLINE_MS)])
  const { topic } = job.request
  const found = await topicIdOf(source, topic, within)
  if (found === 'gone') return { code: 'sourceGone', facts: { topic } }
  const isAnother = found.topicId !== facts.sourceTopicId || (await isAnotherQueue(source, topic, facts.pins, within))
  if (isAnother) return { code: 'topicRecreated', facts: { topic } }
  for (const planned of facts.targets) {
    const reason = await verifyTarget(target, planned, within)
    if (reason !== null) return reason
  }
  return null
}

async function verifyTarget(
  reader: MessageReader,
  planned: TargetTopic,
  signal: AbortSignal,
): Promise<CodedFact | null> {
  const { topic, topicId, partitions } = planned
  const found = await topicIdOf(reader, topic, signal)
  if (found === 'gone') return { code: 'targetGone', facts: { topic } }
  if (found.topicId !== topicId) return { code: 'topicRecreated', facts: { topic } }
  if (partitions !== null && found.partitions !== partitions) {
    return { code: 'partitionsChanged', facts: { topic, before: partitions, now: found.partitions } }
  }
  return null
}

async function topicIdOf(
  reader: MessageReader,
  topic: string,
  signal: AbortSignal,
): Promise<{ topicId: string | null; partitions: number } | 'gone'> {
  const found = await unlessGone(() => reader.describe(topic, signal), signal)
  return found === null ? 'gone' : { topicId: found.topicId, partitions: found.partitions.length }
}
