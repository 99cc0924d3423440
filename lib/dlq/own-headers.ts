/** The headers that a replay adds, and reads again when the record comes back. All values are text. */
import type { EarlierReplay, RecordHeader } from './dead-letter.ts'
import { readName, readNumber } from './header-values.ts'

const PREFIX = 'holdfast-replay-'

export const OWN_HEADERS = {
  /** The same for one record and one job, however often it is sent. */
  replayId: `${PREFIX}id`,
  jobId: `${PREFIX}job`,
  attempt: `${PREFIX}attempt`,
  /** Of the dead letter: `topic-partition@offset`, on RocketMQ `topic-broker-partition@offset`. */
  source: `${PREFIX}source`,
  /** When it was sent; ISO 8601, UTC. */
  at: `${PREFIX}at`,
  operator: `${PREFIX}operator`,
  /** When the record was first written, before it ever died; milliseconds since 1970. */
  originalTimestamp: `${PREFIX}original-timestamp`,
} as const

const MAX_BYTES = 1_024

export function isOwnHeader(key: string): boolean {
  return key.startsWith(PREFIX)
}

/** Null without a readable replay id. Of several the last one counts. */
export function readEarlierReplay(headers: readonly RecordHeader[]): EarlierReplay | null {
  if (!headers.some(({ key }) => isOwnHeader(key))) return null
  const replayId = textOf(headers, OWN_HEADERS.replayId)
  if (replayId === null) return null
  const attempt = numberOf(headers, OWN_HEADERS.attempt, 'attempts')
  return {
    replayId,
    jobId: textOf(headers, OWN_HEADERS.jobId),
    attempt: attempt === null ? null : Number(attempt),
    source: textOf(headers, OWN_HEADERS.source),
  }
}

/** When the record was first written, as an earlier replay knew it. */
export function readOriginalTimestampMs(headers: readonly RecordHeader[]): number | null {
  const ms = numberOf(headers, OWN_HEADERS.originalTimestamp, 'timestamp')
  return ms === null ? null : Number(ms)
}

function textOf(headers: readonly RecordHeader[], key: string): string | null {
  const value = lastValue(headers, key)
  return value === null ? null : readName(value, MAX_BYTES).value
}

function numberOf(headers: readonly RecordHeader[], key: string, kind: 'attempts' | 'timestamp'): bigint | null {
  const value = lastValue(headers, key)
  return value === null ? null : readNumber(value, 'decimal', kind).value
}

function lastValue(headers: readonly RecordHeader[], key: string): Uint8Array | null {
  return headers.findLast((header) => header.key === key)?.value ?? null
}
