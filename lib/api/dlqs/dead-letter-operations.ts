/** Reading a dead-letter queue: its causes, its records, one record, and all of them as a stream. */

import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { MessageAccessError, type StoredMessage } from '../../cluster/messages.ts'
import type { DecodedDeadLetter } from '../../dlq/dead-letter.ts'
import { fingerprintOf } from '../../dlq/fingerprint.ts'
import { HoldfastError } from '../../errors.ts'
import type { SearchPositions } from '../../inbox/candidates.ts'
import { originTopicsOf } from '../../inbox/decode-message.ts'
import { noteExport } from '../../inbox/exports.ts'
import { findGone, forgottenOffsets, type GoneLetter } from '../../inbox/gone-letters.ts'
import { kindNamesOf } from '../../inbox/group-keys.ts'
import { messageTest } from '../../inbox/match-message.ts'
import { createPayloadReader } from '../../inbox/payload-reader.ts'
import {
  comparePlaces,
  currentQueue,
  type PlaceRuns,
  placeKey,
  type Queue,
  type QueueAccess,
} from '../../inbox/queues.ts'
import { ReadBudget, readWanted } from '../../inbox/read-wanted.ts'
import { type FoundLetter, searchLetters } from '../../inbox/search.ts'
import { SECOND_MS } from '../../units.ts'
import { FULL_BYTES, SHOWN_BYTES } from '../messages/message-serializers.ts'
import type { Audience, RequestContext } from '../route-declaration.ts'
import type { DeadLetterAnswer, DeadLetterListAnswer } from '../schemas/dead-letters.ts'
import { toNumber, toNumberOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { type DeadLetterOptions, toDeadLetterAnswer, toGoneAnswer } from './dead-letter-serializers.ts'
import type { ExportQuery, LetterQuery, PlaceQuery } from './dlq-query.ts'
import { formatPositions, parsePositions } from './position-cursor.ts'
import { INTERACTIVE_LIMITS, type QueuePlace, REQUEST_DEADLINE_MS, streamQueue, withQueue } from './queue-access.ts'
import { readOne } from './read-one.ts'

const SEARCH_LIMITS = { foundBytes: 24 * 2 ** 20, scannedBytes: 256 * 2 ** 20, maxMs: 5 * SECOND_MS }
/** What came since the scanner looked is read first, within so much time. */
const CATCH_UP_MS = 2 * SECOND_MS
/** As old as an index may be before it is looked at again. */
const FRESH_MS = 5 * SECOND_MS

/** @throws HoldfastError `cluster_not_found`, `topic_not_found`, `cluster_fault`, `bad_request` */
export async function listLetters(
  services: ApiServices,
  place: QueuePlace,
  query: LetterQuery,
  audience: Audience,
): Promise<DeadLetterListAnswer> {
  return withQueue(services, place, async (access, config) => {
    const signal = AbortSignal.timeout(REQUEST_DEADLINE_MS)
    const queue = await freshQueue(services, access, query.cursor === undefined, signal)
    const wantsExpired = query.states?.has('expired') === true
    if (queue === null) {
      const nothing = { items: [], scanned: 0, stoppedAt: [], complete: false, undecoded: 0, nextCursor: null }
      return { ...nothing, expiredUnknownOffsets: wantsExpired ? 0 : null }
    }
    // A piece that was larger than thought is read again: each counts once.
    const undecoded = new Set<string>()
    const outcome = await searchLetters(
      services.inbox,
      access,
      queue,
      {
        ...{ causes: query.causes, states: query.states, fromMs: query.fromMs, toMs: query.toMs },
        ...{ partition: query.partition, broker: query.broker, order: query.order },
        positions: query.cursor === undefined ? new Map() : parsePositions(query.cursor, query.order, queue.id),
        matches: matchesOf(services, access, query, ({ offset, ...place }) =>
          undecoded.add(`${placeKey(place)} ${offset}`),
        ),
      },
      { ...SEARCH_LIMITS, records: query.limit },
      signal,
    )
    const options = optionsOf(services, access, config, audience, SHOWN_BYTES)
    const items = await toAnswers(services, access, outcome.found, options)
    const { isWhole, partitions } = await wholeness(services, queue)
    const forgotten = wantsExpired ? forgottenOffsets(partitions) : null
    return {
      items,
      scanned: outcome.scanned,
      stoppedAt: outcome.next === null ? null : toStoppedAt(outcome.next, partitions),
      complete: outcome.next === null && isWhole && (forgotten ?? 0n) === 0n,
      undecoded: undecoded.size,
      nextCursor: outcome.next === null ? null : formatPositions(outcome.next, query.order, queue.id),
      expiredUnknownOffsets: toNumberOrNull(forgotten),
    }
  })
}

/**
 * Of one that has expired, what is still known.
 *
 * @param canFetch whether the payload may be read from this other topic, where the letter only points to it
 * @throws HoldfastError `cluster_not_found`, `topic_not_found`, `message_not_found`, `dead_letter_gone`, `cluster_fault`
 */
export async function getLetter(
  services: ApiServices,
  place: QueuePlace,
  query: PlaceQuery,
  { canFetch, ...audience }: Audience & { canFetch(topic: string): boolean },
): Promise<DeadLetterAnswer> {
  return withQueue(services, place, async (access, config) => {
    const signal = AbortSignal.timeout(REQUEST_DEADLINE_MS)
    const { cluster, topic } = place
    const message = await readOne(access, topic, query, signal)
    if (message === null) {
      const gone = await getGone(services, access, query, signal)
      const [answer] = await toAnswers(services, access, [gone], optionsOf(services, access, config, audience, 0))
      return answer as DeadLetterAnswer
    }
    const queue = await currentQueue(services.inbox.database, cluster, topic)
    const [handled] = queue === null ? [] : await firstHandled(services, queue, message)
    const found: FoundLetter = {
      ...{ message, state: handled?.status ?? 'open', actionId: handled?.actionId ?? null },
      fingerprint: null,
    }
    const options = optionsOf(services, access, config, audience, query.maxBytes ?? SHOWN_BYTES)
    const originals = createPayloadReader(access.reader)
    const [answer] = await toAnswers(services, access, [found], options, async (pointer) =>
      canFetch(pointer.topic) ? originals.read(pointer, message.timestampMs, signal).catch(unreachable) : undefined,
    )
    return answer as DeadLetterAnswer
  })
}

/** What was indexed of a record that nobody can read any more: whatever lies in no log now did once. */
async function getGone(
  services: ApiServices,
  access: QueueAccess,
  { partition, broker, offset }: PlaceQuery,
  signal: AbortSignal,
): Promise<GoneLetter> {
  const { inbox } = services
  const queue = await freshQueue(services, access, true, signal)
  const partitions = queue === null ? [] : await inbox.blocks.partitionsOf(queue)
  const place = partitions.find((one) => placeKey(one) === placeKey({ partition, broker: broker ?? null }))
  const names = queue === null ? null : await kindNamesOf(inbox.database, queue.id)
  const gone = place === undefined || names === null ? null : await findGone(inbox.blocks, place, offset, names)
  if (gone !== null) return gone
  const facts = { cluster: access.clusterId, topic: access.topic, partition, offset: String(offset) }
  if (place === undefined || offset >= place.startOffset) throw new HoldfastError('message_not_found', facts)
  throw new HoldfastError('dead_letter_gone', { ...facts, startOffset: String(place.startOffset) })
}

/** The letter itself is shown all the same. */
function unreachable(error: unknown): undefined {
  if (!(error instanceof MessageAccessError)) throw error
}

/**
 * Lines of JSON, oldest first by partition: exactly the records that were there when it began. Which ones is in the audit
 * entry; that they are out is noted when the client has taken the last one.
 */
export function exportLetters(
  services: ApiServices,
  place: QueuePlace,
  query: ExportQuery,
  audience: Audience,
  audit: RequestContext['audit'],
): AsyncIterable<string> {
  return streamQueue(services, place, async function* (access, config) {
    // Nobody waits at a page for it; what bounds it is the client that takes it.
    const signal = new AbortController().signal
    const limits = { ...INTERACTIVE_LIMITS, maxBytes: Number.POSITIVE_INFINITY, maxMs: REQUEST_DEADLINE_MS }
    const { queue, places } = await services.inbox.resolve(access, query.selection, limits, signal)
    audit.detail = exportDetail(places)
    const options = optionsOf(services, access, config, audience, FULL_BYTES)
    for (const { partition, broker, runs } of places) {
      const wanted = {
        ...access,
        place: { partition, broker },
        runs,
        budget: ReadBudget.UNLIMITED,
        signal,
      }
      for await (const { messages } of readWanted(wanted)) {
        for (const message of messages) {
          const [handled] = await firstHandled(services, queue, message)
          const found = {
            message,
            state: handled?.status ?? 'open',
            actionId: handled?.actionId ?? null,
            fingerprint: null,
          } as const
          const [answer] = await toAnswers(services, access, [found], options)
          yield `${JSON.stringify(answer)}\n`
        }
      }
    }
    await noteExport(services.inbox.database, queue.id, places)
  })
}

const SHOWN_PLACES = 50

/** How many, and from where to where by partition. */
function exportDetail(places: readonly PlaceRuns[]): Record<string, string | number> {
  const ends = places.map(({ partition, broker, runs }) => {
    return `${broker === null ? '' : `${broker}:`}${partition}:${runs.first ?? 0n}-${(runs.end ?? 1n) - 1n}`
  })
  const records = places.reduce((sum, { runs }) => sum + runs.offsetCount, 0n)
  return { records: toNumber(records), offsets: ends.slice(0, SHOWN_PLACES).join(' ') }
}

function optionsOf(
  services: ApiServices,
  access: QueueAccess,
  { kind: system }: ClusterConfig,
  { locale, seesPayloads }: Audience,
  maxBytes: number,
): DeadLetterOptions {
  return { access, profiles: services.inbox.profiles, words: { locale, system }, maxBytes, seesPayloads }
}

function matchesOf(
  { inbox }: ApiServices,
  access: QueueAccess,
  { key, q }: Pick<LetterQuery, 'key' | 'q'>,
  onUndecoded: (message: StoredMessage) => void,
) {
  const { topic, decoder } = access
  const topicsOf = (message: StoredMessage): readonly string[] => originTopicsOf(inbox.decode(access, message))
  return messageTest({ key: key ?? null, q: q ?? null }, { topic, decoder, originTopicsOf: topicsOf, onUndecoded })
}

/** The queue with what came lately; as it was last seen when that takes too long. Null: nothing was read of it yet. */
async function freshQueue(
  { inbox, now }: ApiServices,
  access: QueueAccess,
  isFirstPage: boolean,
  signal: AbortSignal,
): Promise<Queue | null> {
  const known = await currentQueue(inbox.database, access.clusterId, access.topic)
  const isFresh = known?.countedAtMs != null && now() - Number(known.countedAtMs) < FRESH_MS
  if (known !== null && (isFresh || !isFirstPage)) return known
  const soon = AbortSignal.any([signal, AbortSignal.timeout(CATCH_UP_MS)])
  return (await inbox.scanner.scanOnce(access, soon)).queue
}

async function wholeness({ inbox }: ApiServices, queue: Queue) {
  const partitions = await inbox.blocks.partitionsOf(queue)
  return {
    partitions,
    isWhole: partitions.every(
      ({ scannedTo, endOffset, unreadable, fault }) =>
        scannedTo >= endOffset && unreadable.length === 0 && fault === null,
    ),
  }
}

function toStoppedAt(
  next: SearchPositions,
  partitions: readonly { partition: number; broker: string | null; startOffset: bigint }[],
): DeadLetterListAnswer['stoppedAt'] {
  return [...partitions].sort(comparePlaces).map(({ partition, broker, startOffset }) => {
    const offset = next.get(placeKey({ partition, broker })) ?? startOffset
    return { partition, broker, offset: toNumber(offset) }
  })
}

async function toAnswers(
  services: ApiServices,
  access: QueueAccess,
  found: readonly (FoundLetter | GoneLetter)[],
  options: DeadLetterOptions,
  fetchPointed?: (pointer: NonNullable<DecodedDeadLetter['pointer']>) => Promise<StoredMessage | null | undefined>,
): Promise<DeadLetterAnswer[]> {
  const { inbox } = services
  const actions = await inbox.ledger.actions([...new Set(found.flatMap(({ actionId }) => actionId ?? []))])
  const answers: DeadLetterAnswer[] = []
  for (const letter of found) {
    const action = letter.actionId === null ? null : (actions.get(letter.actionId) ?? null)
    if (letter.message === null) {
      answers.push(toGoneAnswer(letter, access, action))
      continue
    }
    const { message, state, fingerprint } = letter
    const decoded = inbox.decodeShown(access, message)
    const pointed =
      decoded.pointer === null || fetchPointed === undefined ? undefined : await fetchPointed(decoded.pointer)
    const shown = pointed == null ? message : { ...message, key: pointed.key, value: pointed.value }
    const facts = {
      ...{ decoded, state, fingerprint: fingerprint ?? fingerprintOf(decoded).key },
      ...{ message: shown, action },
      pointerState: pointed === undefined ? 'unknown' : pointed === null ? 'gone' : 'fetched',
    } as const
    answers.push(await toDeadLetterAnswer(facts, options))
  }
  return answers
}

async function firstHandled({ inbox }: ApiServices, queue: Queue, { partition, broker, offset }: StoredMessage) {
  for await (const range of inbox.ledger.read(queue.id, { partition, broker }, offset, offset + 1n)) return [range]
  return []
}
