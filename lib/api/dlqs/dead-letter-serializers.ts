/** Dead letters as answers: the message, what its headers tell, and what was done to it. */
import type { StoredMessage } from '../../cluster/messages.ts'
import type { DeadLetterException, DecodedDeadLetter, Hop, Origin } from '../../dlq/dead-letter.ts'
import { isOwnHeader } from '../../dlq/own-headers.ts'
import type { DlqProfile } from '../../dlq/profile.ts'
import { replayHeaders } from '../../dlq/replay-headers.ts'
import { ownFrameLines } from '../../dlq/stack-trace.ts'
import type { RecordState } from '../../inbox/block-states.ts'
import { originTopicsOf } from '../../inbox/decode-message.ts'
import type { GoneLetter } from '../../inbox/gone-letters.ts'
import type { StoredAction } from '../../inbox/handled-ledger.ts'
import type { QueueAccess } from '../../inbox/queues.ts'
import { toMessageAnswer } from '../messages/message-serializers.ts'
import type { DeadLetterAnswer } from '../schemas/dead-letters.ts'
import { toIso, toIsoOrNull, toNumber, toNumberOrNull, type WordChoice } from '../serialize.ts'

export interface DeadLetterFacts {
  message: StoredMessage
  decoded: DecodedDeadLetter
  fingerprint: string
  state: RecordState
  action: StoredAction | null
  /** What is known of where a record without a payload points to. */
  pointerState: 'fetched' | 'gone' | 'unknown'
}

export interface DeadLetterOptions {
  access: QueueAccess
  profiles: readonly DlqProfile[]
  words: WordChoice
  /** What its headers tell of why it died is shown all the same: people find and sort letters by it. */
  seesPayloads: boolean
  /** Of the key, the value and each header. */
  maxBytes: number
}

export async function toDeadLetterAnswer(
  { message, decoded, fingerprint, state, action, pointerState }: DeadLetterFacts,
  { access, profiles, words, maxBytes, seesPayloads }: DeadLetterOptions,
): Promise<DeadLetterAnswer> {
  const { topic, clusterId, decoder } = access
  const originTopic = originTopicsOf(decoded)
  const { pointer } = decoded
  return {
    ...(await toMessageAnswer(message, { topic, words, decoder, maxBytes, originTopic, seesPayloads })),
    ...{ clusterId, topic, status: state, gone: null, format: decoded.format, fingerprint },
    origin: decoded.origin && toOriginAnswer(decoded.origin),
    exception: toExceptionAnswer(decoded.exception),
    attempts: decoded.attempts,
    hops: decoded.hops.map(toHopAnswer),
    faults: decoded.faults.map(({ code, header, bytes }) => ({ code, header, bytes })),
    removedOnReplay: removedHeaders(message, decoded, topic, profiles),
    replay: decoded.replay,
    pointer: pointer && { ...pointer, offset: toNumber(pointer.offset), state: pointerState },
    handled: action && toHandledAnswer(action),
  }
}

/** What is left of one that lies in the queue no more. */
export function toGoneAnswer(
  { partition, broker, offset, atMs, state, cause, origin, isPurged }: GoneLetter,
  { clusterId, topic }: Pick<QueueAccess, 'clusterId' | 'topic'>,
  action: StoredAction | null,
): DeadLetterAnswer {
  return {
    ...{ clusterId, topic, partition, broker, offset: toNumber(offset), timestamp: toIsoOrNull(atMs) },
    ...{ key: null, value: null, headers: null, headerCount: null, sizeBytes: null, rocketmq: null },
    ...{ status: state, gone: { by: isPurged ? 'purge' : 'retention' } },
    format: (cause?.format ?? null) as DeadLetterAnswer['format'],
    fingerprint: cause?.fingerprint ?? '',
    origin:
      origin === null || origin.topic === ''
        ? null
        : { ...UNKNOWN_ORIGIN, topic: origin.topic, group: origin.group || null },
    exception: cause === null || (cause.exception ?? cause.message) === null ? null : goneException(cause),
    ...{ attempts: null, hops: [], faults: [], removedOnReplay: [], replay: null, pointer: null },
    handled: action && toHandledAnswer(action),
  }
}

const UNKNOWN_ORIGIN = { partition: null, offset: null, timestamp: null, guessed: false }

function goneException({ exception, message }: NonNullable<GoneLetter['cause']>): DeadLetterAnswer['exception'] {
  const unknown = { class: null, message: null, stackTrace: null, ownFrameLines: [], stage: null, handler: null }
  return { ...unknown, rootCauseClass: exception, causeMessage: message }
}

function toOriginAnswer({ timestampMs, offset, ...origin }: Origin): NonNullable<DeadLetterAnswer['origin']> {
  return { ...origin, offset: toNumberOrNull(offset), timestamp: toIsoOrNull(timestampMs) }
}

function toExceptionAnswer(exception: DeadLetterException | null): DeadLetterAnswer['exception'] {
  if (exception === null) return null
  const { stackTrace } = exception
  return { ...exception, ownFrameLines: stackTrace === null ? [] : ownFrameLines(stackTrace) }
}

function toHopAnswer({ origin, exception, ...hop }: Hop): DeadLetterAnswer['hops'][number] {
  return { ...hop, origin: toOriginAnswer(origin), exception: toExceptionAnswer(exception) }
}

function toHandledAnswer({ kind, atMs, actor, note, replayId }: StoredAction): DeadLetterAnswer['handled'] {
  return { action: kind, at: toIso(atMs), by: actor, note, replayId }
}

/** On RocketMQ the sender decides which properties it keeps. */
function removedHeaders(
  { headers, partition, offset, rocketmq }: StoredMessage,
  decoded: DecodedDeadLetter,
  topic: string,
  profiles: readonly DlqProfile[],
): string[] {
  const names = new Set(headers.map(({ key }) => key))
  if (rocketmq !== null) return [...names].filter(isOwnHeader)
  const source = { topic, partition, offset }
  const options = { replayId: '', jobId: '', source, nowMs: 0, operator: null, profiles }
  const kept = new Set(replayHeaders({ headers }, decoded, options).map(({ key }) => key))
  return [...names].filter((name) => isOwnHeader(name) || !kept.has(name))
}
