/** What a stored message tells as a dead letter, whichever system keeps it. Pure. */
import type { StoredMessage } from '../cluster/messages.ts'
import type { DecodedDeadLetter, EarlierReplay, PayloadPointer } from '../dlq/dead-letter.ts'
import { decodeDeadLetter, type KnownTopics } from '../dlq/decode.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import { decodeRocketmqDeadLetter } from '../dlq/rocketmq-dead-letter.ts'
import type { PayloadDecoder } from '../payload/payload-decoder.ts'
import { type GuessedOrigin, withGuess } from './guessed-origin.ts'

export interface KnownOrigins extends KnownTopics {
  /** Of Kafka's letters, where those came from that do not say so. */
  guessed?: GuessedOrigin | null | undefined
}

/** Never throws, whatever the bytes. */
export function decodeMessage(
  topic: string,
  message: StoredMessage,
  profiles: readonly DlqProfile[],
  known: KnownOrigins,
): DecodedDeadLetter {
  const { rocketmq } = message
  if (rocketmq === null) {
    const { partition, offset, timestampMs, key, value, headers } = message
    const letter = { topic, partition, offset, timestampMs, key, value, headers }
    const decoded = decodeDeadLetter(letter, profiles, known)
    const isTold = known.guessed == null || (decoded.origin !== null && decoded.origin.topic !== null)
    return isTold ? decoded : { ...decoded, origin: withGuess(decoded.origin, known.guessed as GuessedOrigin) }
  }
  const properties = new Map(message.headers.map(({ key, value }) => [key, textOf(value)]))
  return decodeRocketmqDeadLetter({
    topic,
    bornAtMs: rocketmq.bornAtMs,
    reconsumeTimes: rocketmq.reconsumeTimes,
    properties,
  })
}

/** Where the record itself lies, when the letter does not hold all of it; null when it does. */
export function originalOf({ pointer, headersAt }: DecodedDeadLetter): PayloadPointer | null {
  return pointer ?? headersAt
}

/** Every topic that its headers name: a masking rule for any of them applies, also where a header lies. */
export function originTopicsOf({ origin, hops, pointer }: DecodedDeadLetter): string[] {
  const topics = [origin?.topic, pointer?.topic, ...hops.map((hop) => hop.origin.topic)]
  return [...new Set(topics.filter((topic) => topic != null))]
}

/**
 * The same without what stands in headers that a masking rule hides: programs quote payloads in their exceptions. Where
 * it died stays, since that decides where it is sent.
 *
 * @param decode what headers tell
 */
export function withoutHidden(
  topic: string,
  message: StoredMessage,
  decoder: PayloadDecoder | null,
  decode: (message: StoredMessage) => DecodedDeadLetter,
): DecodedDeadLetter {
  const decoded = decode(message)
  const headers = decoder?.visibleHeaders(message.headers, { topic, originTopic: originTopicsOf(decoded) })
  if (headers === undefined || headers === message.headers) return decoded
  const visible = decode({ ...message, headers: [...headers] })
  // Without some headers deaths may be counted otherwise: then nobody can say whose exception it is.
  const isSame = visible.hops.length === decoded.hops.length
  return {
    ...decoded,
    exception: isSame ? visible.exception : null,
    hops: decoded.hops.map((hop, at) => ({ ...hop, exception: isSame ? (visible.hops[at]?.exception ?? null) : null })),
  }
}

function textOf(value: Uint8Array | null): string {
  return value === null ? '' : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
}

/** `job:[broker/]partition@offset`, as a replay names each record that it sends. */
const REPLAY_ID = /^([\w-]{1,64}):(?:([^:]{1,255})\/)?(\d{1,10})@(\d{1,19})$/
const MAX_OFFSET = 2n ** 63n - 2n

export interface ReplaySource {
  jobId: string
  partition: number
  broker: string | null
  offset: bigint
}

/** Which dead letter a record that came back was before; null when its headers do not say so in our words. */
export function replaySourceOf(replay: EarlierReplay): ReplaySource | null {
  const [, jobId, broker, partition, offset] = REPLAY_ID.exec(replay.replayId) ?? []
  if (jobId === undefined || jobId !== replay.jobId || offset === undefined) return null
  const at = BigInt(offset)
  return at > MAX_OFFSET ? null : { jobId, broker: broker ?? null, partition: Number(partition), offset: at }
}
