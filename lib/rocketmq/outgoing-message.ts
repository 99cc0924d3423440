/** What goes over the wire for a message that is to be sent. Pure but for compressing. */
import { isUtf8 } from 'node:buffer'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import { fault } from '../cluster/fault.ts'
import type { OutgoingMessage } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { canBeProperty, joinProperties } from './stored-message.ts'

const KEYS = 'KEYS'
/** Of all properties together; the broker adds some of its own, and refuses what does not fit by itself. */
const MAX_PROPERTY_BYTES = 32_767
const WAIT = 'WAIT'

/**
 * With one of these a broker stores the message elsewhere first, and may never deliver it: as a half message of a
 * transaction, or to wait for a later time. Its answer would then name a place where the message is not.
 */
const DIVERTING = /^(?:TRAN_MSG|DELAY|TIMER_DELAY_SEC|TIMER_DELAY_MS|TIMER_DELIVER_MS)$/
/** What brokers write where nothing is to be delayed, or no transaction. */
const HARMLESS: ReadonlySet<string> = new Set(['', '0', 'false'])

/**
 * The properties as the protocol writes them: the headers in their order, of several with one name the last, KEYS from
 * the message's key, and WAIT=true, without which a broker answers before anything is flushed or copied.
 */
export function outgoingProperties({ key, headers }: OutgoingMessage): Outcome<string> {
  const all = [...headers, ...(key === null ? [] : [{ key: KEYS, value: key }])]
  const properties = new Map<string, string>()
  for (const { key: name, value } of all) {
    const bytes = value ?? new Uint8Array()
    const text = Buffer.from(bytes).toString()
    if (name === '' || !canBeProperty(name) || !canBeProperty(text) || !isUtf8(bytes) || diverts(name, text)) {
      return { value: null, fault: fault('propertyNotSendable', { property: name }) }
    }
    properties.set(name, text)
  }
  properties.set(WAIT, 'true')
  const joined = joinProperties(properties)
  // 5.5.0 fails over them in a way that does not say whether the message was stored.
  if (Buffer.byteLength(joined) > MAX_PROPERTY_BYTES) {
    return { value: null, fault: fault('messageRefused', { properties: Buffer.byteLength(joined) }) }
  }
  return { value: joined, fault: null }
}

function diverts(name: string, value: string): boolean {
  return DIVERTING.test(name) && !HARMLESS.has(value)
}

/** As RocketMQ's own clients do: brokers bound the size of what they are sent, and all consumers unfold it. */
const COMPRESS_FROM_BYTES = 4 * 1024
const COMPRESSED_BY_ZLIB = 0x1 | 0x300
const compress = promisify(deflate)

export async function outgoingBody(value: Uint8Array | null): Promise<{ body: Uint8Array; sysFlag: number }> {
  const plain = { body: value ?? new Uint8Array(), sysFlag: 0 }
  if (plain.body.length < COMPRESS_FROM_BYTES) return plain
  const compressed = await compress(plain.body)
  return compressed.length < plain.body.length ? { body: compressed, sysFlag: COMPRESSED_BY_ZLIB } : plain
}
