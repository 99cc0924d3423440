/** One bounded read of one queue: as many pulls as it takes. */
import { type Fault, fault } from '../cluster/fault.ts'
import type { MessageBatch, StoredMessage } from '../cluster/messages.ts'
import { accessError } from './access-error.ts'
import { toMessages, unreadable } from './message-mapping.ts'
import { PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, type PulledMessages } from './message-requests.ts'
import type { QueueOffsets } from './rocketmq-requests.ts'
import { decodeMessages, type StoredMessage as RawMessage } from './stored-message.ts'

/** However small its messages are, and however many gaps there are: a read ends. */
const MAX_PULLS = 500
const MAX_UNREADABLE = 100

export interface QueueRead {
  broker: string
  fromOffset: bigint
  maxBytes: number
  /** As the broker told them just now. */
  offsets: Pick<QueueOffsets, 'min' | 'max'>
}

/**
 * @param pull asked only for offsets that the queue has: asked beyond them, a broker writes a message about it
 * @throws MessageAccessError when the broker hands out nothing and does not say how to go on
 */
export async function readQueue(
  request: QueueRead,
  pull: (offset: bigint) => Promise<PulledMessages>,
): Promise<MessageBatch> {
  const reading = new QueueReading(request)
  let last: PulledMessages | null = null
  for (let pulls = 0; pulls < MAX_PULLS && reading.wantsMore; pulls += 1) {
    last = await pull(reading.position)
    if (!reading.take(last)) break
  }
  if (reading.isStuck) throw accessError(fault('brokerError', { api: 'PULL_MESSAGE', errorCode: last?.code ?? 0 }))
  return reading.batch
}

class QueueReading {
  readonly #broker: string
  readonly #maxBytes: number
  readonly #startedAt: bigint
  readonly #messages: StoredMessage[] = []
  readonly #unreadable: MessageBatch['unreadable'] = []
  #min: bigint
  #max: bigint
  #bytes = 0
  position: bigint

  constructor({ broker, fromOffset, maxBytes, offsets }: QueueRead) {
    this.#broker = broker
    this.#maxBytes = maxBytes
    this.#min = offsets.min
    this.#max = offsets.max
    this.#startedAt = fromOffset > offsets.min ? fromOffset : offsets.min
    this.position = this.#startedAt
  }

  get wantsMore(): boolean {
    return this.position < this.#max && (this.#bytes < this.#maxBytes || this.#messages.length === 0)
  }

  get isStuck(): boolean {
    return this.position === this.#startedAt && this.position < this.#max
  }

  get batch(): MessageBatch {
    return {
      messages: this.#messages,
      nextOffset: this.position,
      isAtEnd: this.position >= this.#max,
      startOffset: this.#min,
      endOffset: this.#max,
      unreadable: this.#unreadable,
    }
  }

  /** @returns false when it led no further */
  take({ code, minOffset, maxOffset, nextOffset, body }: PulledMessages): boolean {
    const askedFor = this.position
    this.#min = minOffset
    this.#max = maxOffset
    const { messages, damagedBytes } = decodeMessages(body)
    for (const [index, message] of messages.entries()) {
      if (!this.wantsMore) return true
      const span = (messages[index + 1]?.queueOffset ?? nextOffset) - message.queueOffset
      this.#takeMessage(message, span, damagedBytes > 0)
    }
    const next = nextOffset < maxOffset ? nextOffset : maxOffset
    if (damagedBytes > 0) this.#passOver(next, unreadable('damaged'))
    else if (this.position === askedFor) this.#passOver(next, whyNothing(code))
    // Otherwise the next pull tells whether something lies between the last message and what the broker proposes.
    if (this.position < minOffset) this.position = minOffset
    return this.position > askedFor
  }

  #takeMessage(raw: RawMessage, span: bigint, isAmidDamage: boolean): void {
    const { value, fault: reason } = toMessages(raw, this.#broker, span)
    const behind = raw.queueOffset + BigInt(value?.length ?? 1)
    // Out of step, or a batch that begins before what was asked for.
    if (behind <= this.position || raw.queueOffset >= this.#max) return
    if (isAmidDamage) this.#passOver(raw.queueOffset, unreadable('damaged'))
    if (reason) this.#passOver(behind, reason)
    for (const message of value ?? []) {
      if (message.offset < this.position) continue
      this.#messages.push(message)
      this.#bytes += message.sizeBytes
    }
    this.position = behind
  }

  #passOver(toOffset: bigint, reason: Fault | null): void {
    if (toOffset <= this.position) return
    if (reason !== null && this.#unreadable.length < MAX_UNREADABLE) {
      this.#unreadable.push({ fromOffset: this.position, toOffset, fault: reason })
    }
    this.position = toOffset
  }
}

/** Why a broker leads past places of which it handed out nothing, although they lie inside of its queue. */
function whyNothing(code: number): Fault | null {
  if (code === PULL_RETRY_IMMEDIATELY) return unreadable('removed')
  // Its index lacks them: it leads to the next file of the index.
  if (code === PULL_NOT_FOUND) return unreadable('damaged')
  return null
}
