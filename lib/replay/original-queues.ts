/**
 * In which queues dead letters of RocketMQ lay before they died, as far as brokers still hold the originals. The letters of
 * one key stay in one queue all the same: where one is not known any more, later ones do not go where the rest would not.
 */
import { MessageAccessError, type MessageReader, type PartitionPlace, type StoredMessage } from '../cluster/messages.ts'
import { SECOND_MS } from '../units.ts'
import { type DecideContext, decodeRecord, orderKeyOf } from './decide.ts'
import { keyDigest } from './key-digest.ts'

/** Of one fetch: a letter that is not traced by then goes as one whose queue nobody knows. */
const DEADLINE_MS = 5 * SECOND_MS
/** More keys than these are not told apart any more: all that have one then go as if nobody knew their queue. */
const MOST_STRAYS = 100_000

type Homes = ReadonlyMap<bigint, PartitionPlace>

export class OriginalQueues {
  readonly #reader: MessageReader
  readonly #context: DecideContext
  readonly #deadlineMs: number
  /** Digests of keys of which a letter went, or will go, elsewhere. */
  readonly #strays = new Set<string>()

  private constructor(reader: MessageReader, context: DecideContext, deadlineMs: number) {
    this.#reader = reader
    this.#context = context
    this.#deadlineMs = deadlineMs
  }

  /** Null where queues are told by the letters themselves, or do not matter. */
  static of(reader: MessageReader, context: DecideContext, deadlineMs: number = DEADLINE_MS): OriginalQueues | null {
    const { clusterId, target } = context.request
    const isAsked = target.mode !== 'retry' && target.clusterId === clusterId && reader.originalPlaces !== undefined
    return isAsked ? new OriginalQueues(reader, context, deadlineMs) : null
  }

  /** By the offsets of the letters, which are of one queue and in its order. */
  async find(letters: readonly StoredMessage[], signal: AbortSignal): Promise<Homes> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(this.#deadlineMs)])
    const byTopic = Map.groupBy(letters, (letter) => decodeRecord(letter, this.#context).origin?.topic ?? null)
    const found = new Map<bigint, PartitionPlace>()
    for (const [topic, some] of byTopic) {
      const places = topic === null ? [] : await this.#ask(topic, some, within)
      for (const [index, { offset }] of some.entries()) {
        const place = places[index]
        if (place) found.set(offset, place)
      }
    }
    // Nobody uses what was called off: the letters will be traced again.
    return signal.aborted ? new Map() : this.#keepTogether(letters, found)
  }

  async #ask(
    topic: string,
    letters: readonly StoredMessage[],
    signal: AbortSignal,
  ): Promise<readonly (PartitionPlace | null)[]> {
    try {
      return (await this.#reader.originalPlaces?.(topic, letters, signal)) ?? []
    } catch (error) {
      if (!(error instanceof MessageAccessError)) throw error
      return []
    }
  }

  #keepTogether(letters: readonly StoredMessage[], found: Homes): Homes {
    return new Map(
      letters.flatMap((letter): [bigint, PartitionPlace][] => {
        const key = keyDigest(orderKeyOf(letter))
        const place = found.get(letter.offset)
        if (place === undefined) {
          if (key !== null && this.#strays.size < MOST_STRAYS) this.#strays.add(key)
          return []
        }
        const isStray = key !== null && (this.#strays.has(key) || this.#strays.size >= MOST_STRAYS)
        return isStray ? [] : [[letter.offset, place]]
      }),
    )
  }
}
