/**
 * Looks for a text in what only decoding tells of a payload: numbers, truth values, times and names of enumerations are no
 * text in the bytes of Avro and Protobuf. What a masking rule hides is not found.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MessageHeader } from '../cluster/messages.ts'
import type { PayloadContext, PayloadDecoder } from './payload-decoder.ts'

export interface SearchedMessage {
  key: Uint8Array | null
  value: Uint8Array | null
  headers: readonly MessageHeader[]
}

/** Decoding so much takes some milliseconds: then others get their turn. */
const TURN_BYTES = 64 * 1024

export class DecodedSearch {
  readonly #decoder: PayloadDecoder
  readonly #wanted: string
  #bytes = 0

  constructor(decoder: PayloadDecoder, q: string) {
    this.#decoder = decoder
    this.#wanted = q.toLowerCase()
  }

  /** Whether decoding could tell more than the bytes do. */
  isWorthIt({ key, value, headers }: SearchedMessage): boolean {
    return this.#decoder.hasSchema(value, 'value', headers) || this.#decoder.hasSchema(key, 'key', headers)
  }

  /** Null: not found in what could be decoded, and some of it could not. */
  async holds(
    { key, value, headers }: SearchedMessage,
    context: Pick<PayloadContext, 'topic' | 'originTopic'>,
  ): Promise<boolean | null> {
    let isWhole = true
    for (const [part, bytes] of [
      ['value', value],
      ['key', key],
    ] as const) {
      if (bytes === null || !this.#decoder.hasSchema(bytes, part, headers)) continue
      await this.#giveTurn(bytes.length)
      const { decoded } = await this.#decoder.decode(bytes, { ...context, part, headers })
      if (decoded === null) isWhole = false
      else if (this.#isIn(decoded.json)) return true
    }
    return isWhole ? false : null
  }

  async #giveTurn(bytes: number): Promise<void> {
    this.#bytes += bytes
    if (this.#bytes < TURN_BYTES) return
    this.#bytes = 0
    await nextTurn()
  }

  #isIn(json: unknown): boolean {
    if (json === null) return false
    if (typeof json !== 'object') return String(json).toLowerCase().includes(this.#wanted)
    return Object.values(json).some((value) => this.#isIn(value))
  }
}
