/**
 * From what a person asks for to exact offsets: one implementation for archive, restore, export and replays. What it
 * answers never grows: records that arrive later are not in it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../cluster/fault.ts'
import type { PartitionPlace, StoredMessage } from '../cluster/messages.ts'
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import type { BlockColumns } from './block-codec.ts'
import { type HandledRun, handledRunsIn, isGone, marksIn, OPEN, statesOf } from './block-states.ts'
import type { BlockHead, BlockStore, PartitionIndex } from './block-store.ts'
import { groupTest, type KindNames, kindNamesOf } from './group-keys.ts'
import type { InboxScanner, ScanOutcome } from './inbox-scanner.ts'
import { type ContentSetting, type MessageTest, messageTest } from './match-message.ts'
import { OffsetRuns, OffsetRunsBuilder } from './offset-runs.ts'
import { type PlaceRuns, placeKey, type Queue, type QueueAccess } from './queues.ts'
import { ReadBudget, type ReadWantedOptions, readWanted } from './read-wanted.ts'

/** The fields combine by AND. The API's schema of the same name has this shape. */
export interface Selection {
  all?: true | undefined
  /** Names of groups: fingerprints, or those of another grouping key. */
  causes?: readonly string[] | undefined
  offsets?: readonly { partition: number; broker?: string | null | undefined; offset: number | bigint }[] | undefined
  /** ISO 8601; from this moment on. Records without a time are not in any stretch of time. */
  fromTime?: string | undefined
  /** Before this moment. */
  toTime?: string | undefined
  key?: string | undefined
  q?: string | undefined
  /** Also what was replayed, archived or came back before. */
  includeHandled?: boolean | undefined
}

export interface PinnedSelection {
  /** The life of the topic that the offsets belong to: compare it before they are used. */
  queue: Queue
  /** By broker and partition; only places with something selected. Each offset is that of one readable record. */
  places: PlaceRuns[]
  records: bigint
  /** Those of them that were replayed, archived or came back before; none without `includeHandled`. */
  handled: HandledPlace[]
  /** Of how many records `q` may be meant all the same: their payloads have a schema and could not be decoded. */
  undecoded: number
  /** Everything that lay in the queue was looked at. False: some could not be read, `faults` says why. */
  isComplete: boolean
  faults: Fault[]
}

/** Selected records that bear the mark of one action. */
export interface HandledPlace extends PlaceRuns {
  actionId: number
}

export interface SelectionLimits {
  /** Of messages that are read because `key` or `q` are asked for. */
  maxBytes: number
  maxMs: number
}

/** Two minutes and more: then the other one reads a million records. */
const MOST_TURNS = 240
const TURN_PAUSE_MS = 500

export const UNLIMITED: SelectionLimits = { maxBytes: Number.POSITIVE_INFINITY, maxMs: Number.POSITIVE_INFINITY }

export interface ResolveOptions {
  database: Database
  blocks: BlockStore
  scanner: Pick<InboxScanner, 'scanOnce'>
  /** Of a message of this topic: where it came from. */
  originTopicsOf(access: QueueAccess, message: StoredMessage): readonly string[]
  now(): number
}

/**
 * What has not been indexed yet is read first. Causes, times and `all` then come from the index and the ledger alone;
 * `key` and `q` read the messages that the other fields leave.
 *
 * @throws HoldfastError `bad_request` for an empty selection, `selection_too_large` when the limits do not suffice
 * @throws MessageAccessError when the topic is gone or its cluster cannot be asked
 */
export async function resolveSelection(
  options: ResolveOptions,
  access: QueueAccess,
  selection: Selection,
  limits: SelectionLimits,
  signal: AbortSignal,
): Promise<PinnedSelection> {
  refuseEmpty(selection)
  const deadline = Number.isFinite(limits.maxMs) ? AbortSignal.timeout(limits.maxMs) : null
  const until = deadline === null ? signal : AbortSignal.any([signal, deadline])
  const { queue, isAtEnd, faults } = await scanToEnd(options, access, until)
  signal.throwIfAborted()
  if (!isAtEnd && deadline?.aborted === true) throw tooLarge(access.topic)
  const byIndex = await selectByIndex(options, queue, selection)
  const { places, handled, undecoded } = await filterByContent(options, access, byIndex, selection, limits, signal)
  const records = places.reduce((sum, { runs }) => sum + runs.offsetCount, 0n)
  return { queue, places, records, handled, undecoded, isComplete: isAtEnd, faults }
}

/** Where another process indexes the same queue, the one that comes second gives way: what it left is looked at again. */
async function scanToEnd(
  { scanner }: Pick<ResolveOptions, 'scanner'>,
  access: QueueAccess,
  signal: AbortSignal,
): Promise<ScanOutcome> {
  for (let turn = 1; ; turn += 1) {
    const outcome = await scanner.scanOnce(access, signal)
    const hasGivenWay = !outcome.isAtEnd && outcome.faults.length === 0
    if (!hasGivenWay || signal.aborted || turn === MOST_TURNS) return outcome
    await sleep(TURN_PAUSE_MS)
  }
}

/**
 * Whether it does not say which: that would be all of them, which only `all` may mean. A text or a list that is there
 * and empty is what a script sends whose variable is. An empty key is one that records can have.
 */
export function isEmptySelection({ all, causes, offsets, fromTime, toTime, key, q }: Selection): boolean {
  const isBlank = q?.trim() === '' || causes?.length === 0 || offsets?.length === 0
  return isBlank || [all, causes, offsets, fromTime, toTime, key, q].every((field) => field === undefined)
}

function refuseEmpty(selection: Selection): void {
  if (!isEmptySelection(selection)) return
  throw new HoldfastError('bad_request', { path: 'body.selection', issue: 'emptySelection' })
}

const tooLarge = (topic: string): HoldfastError => new HoldfastError('selection_too_large', { topic })

interface Selected {
  places: PlaceRuns[]
  /** Of them, those that are not open. */
  handled: HandledPlace[]
}

/** What the index and the ledger tell of a selection; nothing is read from the cluster. */
async function selectByIndex(
  { database, blocks }: Pick<ResolveOptions, 'database' | 'blocks'>,
  queue: Queue,
  selection: Selection,
): Promise<Selected> {
  const partitions = await blocks.partitionsOf(queue)
  // Read behind the blocks: these name no kind then that is not among them.
  const wanted = toIndexFilter(selection, await kindNamesOf(database, queue.id))
  const places: PlaceRuns[] = []
  const handledPlaces: HandledPlace[] = []
  for (const index of partitions) {
    const { partition, broker } = index
    const { runs, handled } = await selectIn(blocks, index, wanted)
    if (!runs.isEmpty) places.push({ partition, broker, runs })
    // From the same rows as the selection: what somebody does meanwhile is either in both or in none.
    for (const mark of marksIn(handled, index.ledger)) handledPlaces.push({ partition, broker, ...mark })
  }
  return { places, handled: handledPlaces }
}

interface IndexFilter {
  isKind: ((kind: BlockHead['kinds'][number]) => boolean) | null
  fromMs: number | null
  toMs: number | null
  offsets: ReadonlyMap<string, OffsetRuns> | null
  includeHandled: boolean
}

function toIndexFilter(selection: Selection, names: KindNames): IndexFilter {
  const { causes, offsets, fromTime, toTime, includeHandled } = selection
  return {
    isKind: causes === undefined ? null : groupTest(causes, names),
    fromMs: fromTime === undefined ? null : Date.parse(fromTime),
    toMs: toTime === undefined ? null : Date.parse(toTime),
    offsets: offsets === undefined ? null : offsetsByPlace(offsets),
    includeHandled: includeHandled === true,
  }
}

function offsetsByPlace(offsets: NonNullable<Selection['offsets']>): Map<string, OffsetRuns> {
  const byPlace = Map.groupBy(offsets, ({ partition, broker }) => placeKey({ partition, broker: broker ?? null }))
  return new Map(
    [...byPlace].map(([key, list]) => {
      const ranges = list.map(({ offset }) => ({ from: BigInt(offset), to: BigInt(offset) + 1n }))
      return [key, OffsetRuns.of(ranges)]
    }),
  )
}

async function selectIn(
  blocks: BlockStore,
  partition: PartitionIndex,
  wanted: IndexFilter,
): Promise<{ runs: OffsetRuns; handled: OffsetRuns }> {
  const named = wanted.offsets === null ? null : (wanted.offsets.get(placeKey(partition)) ?? OffsetRuns.EMPTY)
  if (named?.isEmpty === true) return { runs: OffsetRuns.EMPTY, handled: OffsetRuns.EMPTY }
  const [builder, handled] = [new OffsetRunsBuilder(), new OffsetRunsBuilder()]
  for (const block of partition.blocks) {
    if (!mayHold(block, wanted, named)) continue
    const runs = handledRunsIn(block, partition.ledger)
    if (isDense(block) && runs.length === 0 && partition.startOffset <= block.firstOffset && takesAll(block, wanted)) {
      builder.add(block.firstOffset, block.nextOffset)
      continue
    }
    const columns = await blocks.columnsOf(block)
    if (columns !== null) selectInBlock(block, columns, runs, partition.startOffset, wanted, builder, handled)
  }
  const found = { runs: builder.build(), handled: handled.build() }
  if (named === null) return found
  return { runs: found.runs.intersect(named), handled: found.handled.intersect(named) }
}

/** False when nothing of the block can be wanted. */
function mayHold(block: BlockHead, { isKind, fromMs, toMs }: IndexFilter, named: OffsetRuns | null): boolean {
  if (fromMs !== null && (block.maxAtMs === null || block.maxAtMs < fromMs)) return false
  if (toMs !== null && (block.minAtMs === null || block.minAtMs >= toMs)) return false
  if (named?.within(block.firstOffset, block.nextOffset).isEmpty === true) return false
  return isKind === null || block.kinds.some(isKind)
}

/** Every offset of it is a record. */
function isDense({ firstOffset, nextOffset, records }: BlockHead): boolean {
  return nextOffset - firstOffset === BigInt(records)
}

function takesAll(block: BlockHead, { isKind, fromMs, toMs }: IndexFilter): boolean {
  return fromMs === null && toMs === null && (isKind === null || block.kinds.every(isKind))
}

function selectInBlock(
  block: BlockHead,
  columns: BlockColumns,
  runs: readonly HandledRun[],
  startOffset: bigint,
  { isKind, fromMs, toMs, includeHandled }: IndexFilter,
  builder: OffsetRunsBuilder,
  handled: OffsetRunsBuilder,
): void {
  const states = statesOf(columns, runs, startOffset)
  const isWantedKind = block.kinds.map((kind) => isKind === null || isKind(kind))
  const { firstOffset, count, offsets, times, kinds } = columns
  for (let at = 0; at < count; at += 1) {
    const state = states[at] as number
    if (isGone(state) || (state !== OPEN && !includeHandled)) continue
    if (isWantedKind[kinds[at] as number] !== true) continue
    const time = times[at] as number
    // Comparing with a time that is not known is false.
    if (fromMs !== null && !(time >= fromMs)) continue
    if (toMs !== null && !(time < toMs)) continue
    const offset = firstOffset + BigInt(offsets[at] as number)
    builder.add(offset, offset + 1n)
    if (state !== OPEN) handled.add(offset, offset + 1n)
  }
}

async function filterByContent(
  { originTopicsOf, now }: ResolveOptions,
  access: QueueAccess,
  selected: Selected,
  { key, q }: Selection,
  limits: SelectionLimits,
  signal: AbortSignal,
): Promise<Selected & { undecoded: number }> {
  const { topic, reader, decoder } = access
  let undecoded = 0
  const setting: ContentSetting = {
    ...{ topic, decoder, originTopicsOf: (message) => originTopicsOf(access, message), onUndecoded: () => undecoded++ },
  }
  const matches = messageTest({ key: key ?? null, q: q ?? null }, setting)
  if (matches === null) return { ...selected, undecoded }
  const budget = new ReadBudget(limits, now)
  const places: PlaceRuns[] = []
  for (const { partition, broker, runs } of selected.places) {
    const place: PartitionPlace = { partition, broker }
    const matching = await matchIn({ reader, topic, place, runs, budget, signal }, matches)
    if (!matching.isEmpty) places.push({ ...place, runs: matching })
  }
  return { places, handled: common(selected.handled, places), undecoded }
}

function common(some: readonly HandledPlace[], others: readonly PlaceRuns[]): HandledPlace[] {
  const byPlace = new Map(others.map((place) => [placeKey(place), place.runs]))
  return some.map((place) => ({
    ...place,
    runs: place.runs.intersect(byPlace.get(placeKey(place)) ?? OffsetRuns.EMPTY),
  }))
}

async function matchIn(options: ReadWantedOptions, matches: MessageTest): Promise<OffsetRuns> {
  const builder = new OffsetRunsBuilder()
  let reached = options.runs.first ?? 0n
  for await (const { messages, nextOffset } of readWanted(options)) {
    for (const message of messages) {
      const verdict = matches(message)
      if (typeof verdict === 'boolean' ? verdict : await verdict) builder.add(message.offset, message.offset + 1n)
    }
    reached = nextOffset
  }
  if (reached < (options.runs.end ?? 0n)) throw tooLarge(options.topic)
  return builder.build()
}
