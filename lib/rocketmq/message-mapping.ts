/** From a message as a broker stores it to the messages that everything outside of this folder reads. */
import { type Fault, fault } from '../cluster/fault.ts'
import type { StoredMessage } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { timeOrNull } from '../cluster/time-or-null.ts'
import { readBody, unpackBatch } from './message-body.ts'
import { encodeOffsetId } from './message-id.ts'
import { listProperties, type StoredMessage as RawMessage } from './stored-message.ts'

/** As much as a frame of the protocol: no broker takes a message that is larger, compressed. */
const MAX_BODY_BYTES = 16 * 1024 * 1024
const KEYS = 'KEYS'

interface Content {
  offset: bigint
  flag: number
  body: Buffer
  propertyBytes: Buffer
}

/**
 * One message, or those of a batch that is stored as one. Its body is unfolded to 16 MiB at most.
 *
 * @param span how many offsets of its queue the message takes. Any producer can call its message a batch, and would
 *   hide those that follow; it is one only when the broker counts it so.
 */
export function toMessages(raw: RawMessage, broker: string, span: bigint): Outcome<StoredMessage[]> {
  const { body, fault: detail } = readBody(raw, MAX_BODY_BYTES)
  if (body === null) return { value: null, fault: unreadable(detail) }
  const batch = unpackBatch(raw, body, Number(span))
  const isBatch = batch !== null && BigInt(batch.length) === span
  const contents: Content[] = isBatch
    ? batch.map(({ queueOffset, ...rest }) => ({ offset: queueOffset, ...rest }))
    : [{ offset: raw.queueOffset, flag: raw.flag, body, propertyBytes: raw.propertyBytes }]
  return { value: contents.map((content) => toMessage(raw, broker, content)), fault: null }
}

/** @param detail `damaged`, `removed`, `tooLarge` or `unknownCompression`; the words tell these apart */
export function unreadable(detail: string): Fault {
  return fault('messageUnreadable', { detail })
}

function toMessage(raw: RawMessage, broker: string, { offset, flag, body, propertyBytes }: Content): StoredMessage {
  const headers = listProperties(propertyBytes).map(([key, value]) => ({ key, value: Buffer.from(value) }))
  return {
    partition: raw.queueId,
    broker,
    offset,
    timestampMs: timeOrNull(raw.storedAtMs),
    key: headers.findLast(({ key }) => key === KEYS)?.value ?? null,
    value: body,
    headers,
    // The key stands among the properties.
    sizeBytes: body.length + propertyBytes.length,
    rocketmq: {
      messageId: encodeOffsetId(raw.storeHost, raw.physicalOffset) ?? '',
      bornAtMs: timeOrNull(raw.bornAtMs),
      reconsumeTimes: raw.reconsumeTimes,
      flag,
      sysFlag: raw.sysFlag,
      isBodyIntact: raw.isBodyIntact,
    },
  }
}
