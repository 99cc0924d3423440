/** Makes the plan of a replay: pins the selection, reads every record of it once, and says what would become of each. */
import { MessageAccessError, type MessageReader, type StoredMessage } from '../cluster/messages.ts'
import { readKnown } from '../cluster/read-known.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { DecodedDeadLetter, PayloadPointer } from '../dlq/dead-letter.ts'
import { readEarlierReplay } from '../dlq/own-headers.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'
import { originalOf } from '../inbox/decode-message.ts'
import { type GuessedOrigin, guessOrigin } from '../inbox/guessed-origin.ts'
import type { OffsetRuns } from '../inbox/offset-runs.ts'
import { createPayloadReader, type PayloadReader } from '../inbox/payload-reader.ts'
import { type PlaceRuns, placeKey } from '../inbox/queues.ts'
import type { HandledPlace } from '../inbox/selection.ts'
import { type ApprovalPolicy, needsApproval } from './approval.ts'
import { contentDigest } from './content-digest.ts'
import { contentOf, type DecideContext, decide, decodeRecord, type Sendable } from './decide.ts'
import { editKey, editOf, indexEdits, isEditableText, type PreparedEdit } from './edits.ts'
import { planDigest, planHash, profilesDigest } from './plan-hash.ts'
import { affectedGroups, estimateSeconds, expiryOf, groupsDown, groupsUnchanged } from './plan-parts.ts'
import { PartTally, PlanTally } from './plan-tally.ts'
import { planWarnings } from './plan-warnings.ts'
import { pinOf, type RecordPin } from './record-pins.ts'
import type { PlanResult } from './replay-store.ts'
import type { CodedFact, EditDigest, PlanFacts, ReplayJob, ReplayPart, SkipCode } from './replay-types.ts'
import { createRouteFacts, routeOf } from './routing.ts'
import { COMPACTED_BOUNDS, SAMPLE_BOUNDS, StaleKeys } from './stale-keys.ts'
import { queueTest, TargetTopics } from './target-topics.ts'
import { prepareTransform } from './transform.ts'

/** Which records are meant, as far as the inbox can tell: exactly these and no later ones. */
export interface PinnedSelection {
  topicId: string | null
  places: readonly PlaceRuns[]
  /** False: what was asked for needs the inbox's index, and that has not read the whole queue yet. */
  isComplete: boolean
  /** How many could not be searched; left out: none. */
  undecoded?: number
  /** Of the selected records, those that were replayed, archived or came back before, by the action that did it. */
  handled: readonly HandledPlace[]
}

export interface PlannerOptions {
  pin(job: ReplayJob, reader: MessageReader, signal: AbortSignal): Promise<PinnedSelection>
  source: { kind: ClusterKind; reader: MessageReader }
  target: { kind: ClusterKind; reader: MessageReader }
  snapshots: SnapshotReader
  profiles: readonly DlqProfile[]
  policy: ApprovalPolicy
  /** Other replays of the queue that wait or run, with how many of these records they have, too. */
  otherReplays(job: ReplayJob, places: readonly PlaceRuns[]): Promise<{ id: string; shared: bigint }[]>
  /**
   * Whether masking hides any of what this edit replaces: nobody changes what nobody may see.
   *
   * @param content of the record, also where its letter only points to it
   */
  hidesEdited(content: StoredMessage, decoded: DecodedDeadLetter, edit: PreparedEdit): Promise<boolean>
  now(): number
  /** Asked between fetches: whether somebody cancelled it. */
  isWanted(): Promise<boolean>
}

/** It cannot be planned; a person has to ask for something else. */
export class PlanRefused extends Error {
  readonly reason: CodedFact

  constructor(code: string, facts: CodedFact['facts'] = {}) {
    super(code)
    this.reason = { code, facts }
  }
}

const FETCH_BYTES = 4 * 2 ** 20
/** Letters of share groups come twice close to each other when they do. */
const MOST_LETTERS = 100_000

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
  const planning = await Planning.begin(job, options)
  const parts: ReplayPart[] = []
  for (const place of pinned.places) {
    const part = await planning.readPart(place, parts.length, signal)
    if (part === null) return null
    const marks = pinned.handled.filter((one) => placeKey(one) === placeKey(place))
    parts.push({ ...part, handled: marks.map(({ actionId, runs: offsets }) => ({ actionId, offsets })) })
  }
  return planning.finish(pinned, parts, signal)
}

class Planning {
  readonly #job: ReplayJob
  readonly #options: PlannerOptions
  readonly #topics: TargetTopics
  readonly #context: DecideContext
  readonly #payloads: PayloadReader
  readonly #tally = new PlanTally()
  readonly #stale = new Map<string, StaleKeys>()
  readonly #editsLeft: Set<string>
  readonly #edited: EditDigest[] = []
  readonly #pins: RecordPin[] = []
  readonly #exceptions: { queues: string[]; ordinary: string[] }
  #areDuplicatesChecked = true

  private constructor(
    job: ReplayJob,
    options: PlannerOptions,
    topics: TargetTopics,
    exceptions: { queues: string[]; ordinary: string[] },
    guessed: GuessedOrigin | null,
  ) {
    this.#job = job
    this.#options = options
    this.#topics = topics
    this.#exceptions = exceptions
    this.#payloads = createPayloadReader(options.source.reader)
    this.#editsLeft = new Set(job.request.edits.map((edit) => editKey(edit, edit.offset)))
    const isQueue = queueTest(exceptions)
    this.#context = {
      jobId: job.id,
      request: job.request,
      sourceKind: options.source.kind,
      routes: createRouteFacts({
        ...{ topics: topics.byName, forbidden: topics.forbidden, targetKind: options.target.kind, isQueue },
      }),
      profiles: options.profiles,
      edits: indexEdits(job.request.edits),
      transform: prepareTransform(job.request.transform),
      isQueue,
      guessed,
    }
  }

  static async begin(job: ReplayJob, options: PlannerOptions): Promise<Planning> {
    const { clusterId, topic, target } = job.request
    const { snapshots } = options
    const topics = await TargetTopics.open({ snapshots, clusterId: target.clusterId, ...options.target })
    const found = [topics.exceptions()]
    if (clusterId !== target.clusterId) {
      found.push((await TargetTopics.open({ snapshots, clusterId, ...options.source })).exceptions())
    }
    const exceptions = {
      queues: [...new Set([topic, ...found.flatMap(({ queues }) => queues)])].sort(),
      ordinary: [...new Set(found.flatMap(({ ordinary }) => ordinary))].filter((name) => name !== topic).sort(),
    }
    const guessed = options.source.kind === 'kafka' ? await guessOrigin(snapshots, clusterId, topic) : null
    return new Planning(job, options, topics, exceptions, guessed)
  }

  /** Null when it is no longer wanted. */
  async readPart(place: PlaceRuns, ordinal: number, signal: AbortSignal): Promise<ReplayPart | null> {
    const part = new PartTally()
    const letters = new Set<string>()
    const { partition, broker, runs } = place
    const { reader } = this.#options.source
    const ends: StoredMessage[] = []
    for (let want = runs.first; want !== null; ) {
      if (!(await this.#options.isWanted())) return null
      const request = { topic: this.#job.request.topic, partition, broker, fromOffset: want, maxBytes: FETCH_BYTES }
      const batch = await readKnown(reader, request, runs.end ?? 0n, signal)
      for (const { fromOffset, toOffset } of batch.unreadable) this.#unreadable(runs, fromOffset, toOffset)
      for (const record of batch.messages) {
        if (!runs.has(record.offset)) continue
        await this.#record(record, ordinal, part, letters, signal)
        ends[Math.min(ends.length, 1)] = record
      }
      want = runs.firstFrom(batch.nextOffset)
    }
    this.#pins.push(...ends.flatMap((record) => pinOf(record) ?? []))
    const built = part.build()
    const nextOffset = built.selected.first ?? 0n
    return { partition, broker, ...built, handled: [], nextOffset, inFlightTo: null, stoppedKeys: [] }
  }

  async #record(
    record: StoredMessage,
    ordinal: number,
    part: PartTally,
    letters: Set<string>,
    signal: AbortSignal,
  ): Promise<void> {
    part.seen(record.offset)
    const context = this.#context
    const decoded = decodeRecord(record, context)
    const edit = this.#takeEdit(record)
    const skip = (code: SkipCode, key: Uint8Array | null = null): void => {
      part.skip(record.offset, code, key)
      this.#tally.skip(record, decoded, code)
    }
    if (this.#isDuplicate(decoded, letters)) return skip('duplicateLetter')
    const place = originalOf(decoded)
    const original = place === null ? null : await this.#originalAt(place, record, signal)
    if (original === 'noRight') return skip('noRight')
    if (decoded.pointer !== null && original === null) return skip('payloadGone')
    const content = contentOf(record, decoded, original)
    if (edit !== undefined) await this.#checkEdit(record, content, decoded, edit)
    await this.#loadTarget(record, decoded, signal)
    const decision = decide(record, decoded, original, context, this.#options.now())
    if (decision.send === null) return skip(decision.skip, content.key)
    if (part.isInterrupted(content.key)) this.#tally.notes.keysInterrupted += 1n
    if (place !== null && original === null) this.#tally.notes.headersGone += 1n
    const replay = original === null ? decoded.replay : readEarlierReplay(original.headers)
    this.#tally.send(record, { ...decoded, replay }, decision.send)
    this.#noteChange(record, content, decision.send)
    this.#keepForStaleCheck(record, decoded, ordinal, decision.send)
  }

  async #originalAt(
    place: PayloadPointer,
    { timestampMs }: StoredMessage,
    signal: AbortSignal,
  ): Promise<StoredMessage | 'noRight' | null> {
    try {
      return await this.#payloads.read(place, timestampMs, signal)
    } catch (error) {
      if (error instanceof MessageAccessError && error.fault.code === 'authorizationFailed') return 'noRight'
      throw error
    }
  }

  /** Undefined: it has none. */
  #takeEdit(record: StoredMessage): PreparedEdit | undefined {
    if (this.#editsLeft.size === 0 || !this.#editsLeft.delete(editKey(record, record.offset))) return undefined
    return editOf(this.#context.edits, record, record.offset)
  }

  /** Edits are typed as text: what was shown as text must be all there is, wherever it lies. */
  async #checkEdit(
    { partition, offset }: StoredMessage,
    content: StoredMessage,
    decoded: DecodedDeadLetter,
    edit: PreparedEdit,
  ): Promise<void> {
    const facts = { partition, offset: String(offset) }
    if (await this.#options.hidesEdited(content, decoded, edit)) throw new PlanRefused('editHidden', facts)
    if (edit.value == null || isEditableText(content.value)) return
    throw new PlanRefused('editNotText', facts)
  }

  #noteChange(record: StoredMessage, { value, headers }: StoredMessage, { message }: Sendable): void {
    const { partition, broker, offset } = record
    if (editOf(this.#context.edits, record, offset) !== undefined) {
      const before = contentDigest(value, headers)
      this.#edited.push({ partition, broker, offset, before, after: contentDigest(message.value, message.headers) })
    } else if (this.#context.transform === null) return
    this.#tally.notes.changed += 1n
  }

  #isDuplicate({ hops }: DecodedDeadLetter, letters: Set<string>): boolean {
    const [newest] = hops
    if (newest?.format !== 'shareGroup') return false
    const { topic, partition, offset, group } = newest.origin
    if (topic === null || partition === null || offset === null) return false
    const id = `${topic}/${partition}@${offset} ${group}`
    if (letters.has(id)) return true
    if (letters.size < MOST_LETTERS) letters.add(id)
    else this.#areDuplicatesChecked = false
    return false
  }

  /** The cluster itself says how many partitions there are now; asked once for each target. */
  async #loadTarget(record: StoredMessage, decoded: DecodedDeadLetter, signal: AbortSignal): Promise<void> {
    const { request, routes } = this.#context
    const place = { partition: record.partition, broker: record.broker, hasKey: true }
    const accept = { guessedOrigins: true, queueTargets: true, staleKeys: true }
    const { route, skip } = routeOf(decoded, place, { ...request, accept }, routes)
    const name = route?.topic.topic ?? (skip === 'originGone' ? namedTarget(decoded, request.target) : null)
    if (name !== null) await this.#topics.load(name, signal)
  }

  #keepForStaleCheck(
    record: StoredMessage,
    { origin }: DecodedDeadLetter,
    ordinal: number,
    { message, route, sizeBytes }: NonNullable<ReturnType<typeof decide>['send']>,
  ): void {
    if (message.key === null || this.#options.target.kind !== 'kafka') return
    const target = message.topic
    let keys = this.#stale.get(target)
    if (keys === undefined) {
      keys = new StaleKeys(target, route.topic.isCompacted === false ? SAMPLE_BOUNDS : COMPACTED_BOUNDS)
      this.#stale.set(target, keys)
    }
    const isOrigin = origin?.topic === target && this.#job.request.clusterId === this.#job.request.target.clusterId
    keys.add({
      ...{ partition: record.partition, broker: record.broker, offset: record.offset, ordinal, target, sizeBytes },
      key: message.key,
      originPartition: isOrigin ? (origin?.partition ?? null) : null,
      originOffset: isOrigin ? (origin?.offset ?? null) : null,
      writtenAtMs: origin?.timestampMs ?? record.timestampMs,
    })
  }

  /** Nobody knows how many records these places hold: they are told, and not counted as selected. */
  #unreadable(runs: OffsetRuns, from: bigint, to: bigint): void {
    this.#tally.notes.unreadable += runs.within(from, to).offsetCount
  }

  async finish(pinned: PinnedSelection, parts: ReplayPart[], signal: AbortSignal): Promise<PlanResult> {
    const [lost] = this.#editsLeft
    if (lost !== undefined) throw new PlanRefused('editNotSelected', { record: lost })
    if (this.#tally.selected === 0n) throw new PlanRefused('nothingSelected')
    const { request, rate } = this.#job
    const stale = await this.#checkStale(parts, signal)
    const facts = this.#facts(pinned)
    const numbers = this.#tally.numbers()
    const failed = await this.#failedGroups()
    const targets = new Set(numbers.targets.map(({ topic }) => topic))
    const groups = await this.#options.snapshots.groups(request.target.clusterId)
    const affected = affectedGroups(groups ?? [], targets, failed)
    const estimatedSeconds = estimateSeconds(numbers, rate, request)
    const plan = {
      ...numbers,
      affectedGroups: affected,
      failedGroups: failed,
      delivery: facts.delivery,
      estimatedSeconds,
      needsApproval: needsApproval(this.#options.policy, request, numbers.messages),
      warnings: await this.#warnings(
        pinned,
        { ...numbers, affectedGroups: affected, delivery: facts.delivery },
        {
          areGroupsKnown: groups !== null,
          failedGroupsDown: groupsDown(groups ?? [], failed),
          failedGroupsUnchanged: groupsUnchanged(groups ?? [], failed, this.#tally.notes.newestAtMs),
          stale,
          estimatedSeconds,
        },
      ),
    }
    const digest = planDigest(request, facts, parts)
    const { selected, skipped } = this.#tally
    return { plan, facts, parts, digest, hash: planHash(digest, rate), selected, skipped }
  }

  /** As the records tell; where none does, as the cluster's settings and its Connect workers do. */
  async #failedGroups(): Promise<string[]> {
    const { failedGroups } = this.#tally
    if (failedGroups.length > 0) return failedGroups
    const { clusterId, topic } = this.#job.request
    const queues = (await this.#options.snapshots.dlqs(clusterId)) ?? []
    return queues.find((queue) => queue.topic === topic)?.groups ?? []
  }

  #facts(pinned: PinnedSelection): PlanFacts {
    const { source, target, profiles, now } = this.#options
    const { clusterId, target: asked } = this.#job.request
    const isExactlyOnce = clusterId === asked.clusterId && target.kind === 'kafka'
    return {
      sourceKind: source.kind,
      targetKind: target.kind,
      sourceTopicId: pinned.topicId,
      targets: this.#tally.targetNames.sort().flatMap((name) => this.#topics.byName.get(name) ?? []),
      ...this.#exceptions,
      guessed: this.#context.guessed,
      profilesDigest: profilesDigest(profiles),
      edited: this.#edited,
      pins: this.#pins,
      plannedAtMs: now(),
      delivery: isExactlyOnce ? 'exactlyOnce' : 'atLeastOnce',
    }
  }

  /** On a compacted topic, what is older than what lies there is left out unless a person agreed. */
  async #checkStale(
    parts: ReplayPart[],
    signal: AbortSignal,
  ): Promise<{ found: bigint; areAllChecked: boolean } | null> {
    if (this.#stale.size === 0) return null
    let found = 0n
    let areAllChecked = true
    for (const keys of this.#stale.values()) {
      const checked = await keys.check(this.#options.target.reader, signal)
      areAllChecked &&= checked.areAllChecked
      found += BigInt(checked.stale.length)
      const isBlocked =
        this.#topics.byName.get(keys.target)?.isCompacted !== false && !this.#job.request.accept.staleKeys
      if (isBlocked && checked.stale.length > 0) this.#leaveOut(parts, keys.target, checked.stale)
    }
    return { found, areAllChecked }
  }

  #leaveOut(
    parts: ReplayPart[],
    target: string,
    stale: readonly { ordinal: number; offset: bigint; sizeBytes: number }[],
  ): void {
    for (const { sizeBytes } of stale) this.#tally.takeBack(target, sizeBytes, 'staleKey')
    for (const [ordinal, some] of Map.groupBy(stale, (one) => one.ordinal)) {
      const part = parts[ordinal] as ReplayPart
      const builder = new PartTally()
      for (const { offset } of [...some].sort((one, other) => (one.offset < other.offset ? -1 : 1))) {
        builder.skip(offset, 'staleKey')
      }
      const [added] = builder.build().skips
      const before = part.skips.find(({ code }) => code === 'staleKey')
      const rest = part.skips.filter(({ code }) => code !== 'staleKey')
      if (added === undefined) continue
      const offsets = before === undefined ? added.offsets : before.offsets.union(added.offsets)
      parts[ordinal] = { ...part, skips: [...rest, { code: 'staleKey', offsets }] }
    }
  }

  async #warnings(
    pinned: PinnedSelection,
    plan: Parameters<typeof planWarnings>[0]['plan'],
    known: Pick<
      Parameters<typeof planWarnings>[0],
      'areGroupsKnown' | 'failedGroupsDown' | 'failedGroupsUnchanged' | 'stale'
    > & {
      estimatedSeconds: number | null
    },
  ) {
    const { snapshots, now } = this.#options
    const { request } = this.#job
    const nowMs = now()
    const summary = await snapshots.summary(request.target.clusterId)
    const source = ((await snapshots.topics(request.clusterId)) ?? []).find(({ name }) => name === request.topic)
    const dlq = ((await snapshots.dlqs(request.clusterId)) ?? []).find(({ topic }) => topic === request.topic)
    const isQueue = queueTest(this.#exceptions)
    return planWarnings({
      ...{ request, plan, ...known },
      notes: this.#tally.notes,
      targetKind: this.#options.target.kind,
      targets: this.#tally.targetNames.map((topic) => ({
        topic,
        isQueue: isQueue(topic),
        maxMessageBytes: this.#topics.byName.get(topic)?.maxMessageBytes ?? null,
        isCompacted: this.#topics.byName.get(topic)?.isCompacted ?? null,
        durability: this.#topics.durabilityOf(topic),
      })),
      areDuplicatesChecked: this.#areDuplicatesChecked,
      isIndexComplete: pinned.isComplete,
      undecoded: pinned.undecoded ?? 0,
      handledBefore: pinned.handled.reduce((sum, { runs }) => sum + runs.offsetCount, 0n),
      otherReplays: await this.#options.otherReplays(this.#job, pinned.places),
      expiresAtMs: expiryOf(this.#tally.notes.oldestAtMs, source?.settings.retentionMs ?? null, dlq?.expiry ?? null),
      endsAtMs: known.estimatedSeconds === null ? null : nowMs + known.estimatedSeconds * 1_000,
      snapshotAgeMs: summary?.lastPollAtMs == null ? null : nowMs - summary.lastPollAtMs,
      pollIntervalMs: summary?.pollIntervalMs ?? 0,
    })
  }
}

function namedTarget({ origin }: DecodedDeadLetter, target: ReplayJob['request']['target']): string | null {
  return target.mode === 'topic' ? target.topic : target.mode === 'origin' ? (origin?.topic ?? null) : null
}
