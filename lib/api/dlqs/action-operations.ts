/** What people do to dead letters without sending them: archive, restore, purge. */
import { fault } from '../../cluster/fault.ts'
import { MessageAccessError } from '../../cluster/messages.ts'
import { HoldfastError } from '../../errors.ts'
import type { PartitionIndex } from '../../inbox/block-store.ts'
import { countNotExported } from '../../inbox/exports.ts'
import type { ActionKind } from '../../inbox/handled-ledger.ts'
import { correctPurge, notePurge } from '../../inbox/purges.ts'
import { type PlaceRuns, placeKey, type Queue, type QueueAccess } from '../../inbox/queues.ts'
import type { PinnedSelection, Selection } from '../../inbox/selection.ts'
import { stillToSend } from '../../replay/still-to-send.ts'
import type { HandledAnswer, PurgePreviewAnswer, SelectionInput } from '../schemas/dead-letters.ts'
import { toNumber } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { INTERACTIVE_LIMITS, type QueuePlace, REQUEST_DEADLINE_MS, withQueue } from './queue-access.ts'

const LOOK_DEADLINE_MS = 5_000

export interface Actor {
  actor: string
  note: string | null
}

/**
 * What a replay is about to send is refused: it would be sent all the same, and who archived it would not know.
 *
 * @throws HoldfastError `cluster_not_found`, `topic_not_found`, `bad_request`, `selection_too_large`, `cluster_fault`,
 *   `replay_sends_records`
 */
export function archiveLetters(
  services: ApiServices,
  place: QueuePlace,
  selection: SelectionInput,
  by: Actor,
): Promise<HandledAnswer> {
  return change(services, place, selection, 'archive', by, selection.includeHandled === true)
}

/** Opens what is archived again, and nothing else. @throws as `archiveLetters` */
export function restoreLetters(
  services: ApiServices,
  place: QueuePlace,
  selection: SelectionInput,
  by: Actor,
): Promise<HandledAnswer> {
  return change(services, place, { ...selection, includeHandled: true }, 'restore', by, false)
}

async function change(
  services: ApiServices,
  place: QueuePlace,
  selection: Selection,
  kind: ActionKind,
  { actor, note }: Actor,
  includeHandled: boolean,
): Promise<HandledAnswer> {
  const { inbox, replays, now } = services
  return withQueue(services, place, async (access) => {
    const pinned = await resolve(services, access, selection)
    const action = { kind, actor, note, atMs: now(), replayId: null, includeHandled }
    // A run reads the ledger behind the same lock when it begins: whatever was archived before, it leaves out.
    const { changed } = await inbox.ledger.mark(pinned.queue.id, action, pinned.places, async (tx) => {
      const sending = kind === 'archive' ? await stillToSend(replays.store, pinned.queue, pinned.places, tx) : null
      if (sending === null) return
      const { replay, count } = sending
      throw new HoldfastError('replay_sends_records', { replay, count: toNumber(count) })
    })
    await inbox.counter.store(pinned.queue, pinned.isComplete)
    return { records: toNumber(countOf(changed)) }
  })
}

function resolve(services: ApiServices, access: QueueAccess, selection: Selection): Promise<PinnedSelection> {
  return services.inbox.resolve(access, selection, INTERACTIVE_LIMITS, AbortSignal.timeout(REQUEST_DEADLINE_MS))
}

export interface PurgeInput {
  beforeOffsets: readonly { partition: number; broker?: string | null | undefined; offset: number }[]
  confirm: string
  /** Refuse while some of the records are in no export. */
  onlyExported?: boolean | undefined
}

/**
 * Deletes records for everybody, handled or not. Nobody can bring them back: the queue's name is typed by a person, who is
 * told before how many of them are open.
 *
 * @returns how many of them were open
 * @throws HoldfastError `cluster_read_only`, `replay_queue_busy`, `purge_not_exported` too
 */
export async function purgeLetters(
  services: ApiServices,
  place: QueuePlace,
  { beforeOffsets, confirm, onlyExported = false }: PurgeInput,
): Promise<HandledAnswer> {
  return withQueue(services, place, async (access, config, messages) => {
    if (config.readOnly) throw new HoldfastError('cluster_read_only', { cluster: place.cluster })
    if (confirm !== place.topic) throw new HoldfastError('bad_request', { path: 'body.confirm', issue: 'confirmTopic' })
    // It would answer so only when the purge is noted.
    if (config.kind === 'rocketmq')
      throw new MessageAccessError(fault('unsupportedByBroker', { api: 'DELETE_MESSAGES' }), false)
    await refuseWhileReplayed(services, place)
    const { inbox } = services
    const signal = AbortSignal.timeout(REQUEST_DEADLINE_MS)
    const { queue, before, answer } = await lookBefore(services, access, beforeOffsets, 'body', signal)
    if (onlyExported && answer.notExported > 0) {
      throw new HoldfastError('purge_not_exported', { count: answer.notExported })
    }
    const noted = await notePurge(inbox.database, queue.id, before)
    try {
      await messages.deleteBefore(place.topic, before, signal)
    } catch (error) {
      await correctPurge(inbox.database, queue.id, noted, await startsOf(access))
      throw error
    }
    await inbox.scanner.scanOnce(access, signal)
    return { records: answer.openRecords }
  })
}

/** @throws HoldfastError `cluster_not_found`, `topic_not_found`, `bad_request`, `selection_too_large`, `cluster_fault` */
export function previewPurge(
  services: ApiServices,
  place: QueuePlace,
  beforeOffsets: PurgeInput['beforeOffsets'],
): Promise<PurgePreviewAnswer> {
  const signal = AbortSignal.timeout(REQUEST_DEADLINE_MS)
  return withQueue(services, place, async (access) => {
    return (await lookBefore(services, access, beforeOffsets, 'query', signal)).answer
  })
}

/** What lies before these offsets. @throws HoldfastError `bad_request` for an offset behind the end */
async function lookBefore(
  { inbox }: ApiServices,
  access: QueueAccess,
  beforeOffsets: PurgeInput['beforeOffsets'],
  from: 'body' | 'query',
  signal: AbortSignal,
): Promise<{ queue: Queue; before: Before[]; answer: PurgePreviewAnswer }> {
  const all = await inbox.resolve(access, { all: true, includeHandled: true }, INTERACTIVE_LIMITS, signal)
  const partitions = await inbox.blocks.partitionsOf(all.queue)
  const before = beforeOffsets.map(({ partition, broker, offset }) => ({
    ...{ partition, broker: broker ?? null, offset: BigInt(offset) },
  }))
  for (const [index, wanted] of before.entries()) {
    refuseOutside(partitions, wanted, `${from}.beforeOffsets.${index}.offset`)
  }
  const places = placesBefore(all.places, before)
  const records = countOf(places)
  const notExported = await countNotExported(inbox.database, all.queue.id, places)
  const openRecords = records - countOf(placesBefore(all.handled, before))
  const answer = { records: toNumber(records), openRecords: toNumber(openRecords), notExported: toNumber(notExported) }
  return { queue: all.queue, before, answer }
}

/** Nothing is known of a cluster that cannot be asked. */
async function startsOf({ reader, topic }: QueueAccess): Promise<Parameters<typeof correctPurge>[3]> {
  try {
    const { partitions } = await reader.describe(topic, AbortSignal.timeout(LOOK_DEADLINE_MS))
    const starts = new Map(partitions.map((log) => [placeKey(log), log.startOffset]))
    return (place) => starts.get(placeKey(place)) ?? null
  } catch (error) {
    if (error instanceof MessageAccessError) return () => null
    throw error
  }
}

/** What a running replay has not sent yet would be gone under its hands. */
async function refuseWhileReplayed({ replays }: ApiServices, { cluster, topic }: QueuePlace): Promise<void> {
  const replay = await replays.store.sendingOf(cluster, topic)
  if (replay !== null) throw new HoldfastError('replay_queue_busy', { replay, topic })
}

type Before = { partition: number; broker: string | null; offset: bigint }

/** An offset behind the end would delete records that nobody has seen yet. */
function refuseOutside(partitions: readonly PartitionIndex[], wanted: Before, path: string): void {
  const place = partitions.find((partition) => placeKey(partition) === placeKey(wanted))
  if (place !== undefined && wanted.offset <= place.endOffset) return
  throw new HoldfastError('bad_request', { path, issue: 'purgePlace' })
}

function placesBefore(places: readonly PlaceRuns[], before: readonly Before[]): PlaceRuns[] {
  return places.map(({ partition, broker, runs }) => {
    const to = before.find((wanted) => placeKey(wanted) === placeKey({ partition, broker }))?.offset ?? 0n
    return { partition, broker, runs: runs.within(0n, to) }
  })
}

function countOf(places: readonly PlaceRuns[]): bigint {
  return places.reduce((sum, { runs }) => sum + runs.offsetCount, 0n)
}
