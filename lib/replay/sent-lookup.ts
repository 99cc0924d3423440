/**
 * What of a replay lies in its targets: found by the id that each record carries. Asked after a crash, before anything is
 * sent again or called done.
 */
import { fault } from '../cluster/fault.ts'
import { MessageAccessError, type MessageReader, type SentMessage } from '../cluster/messages.ts'
import { readKnown } from '../cluster/read-known.ts'
import { OWN_HEADERS } from '../dlq/own-headers.ts'
import { parseReplayId } from './replay-id.ts'
import { unlessGone } from './unless-gone.ts'

export interface LookRange {
  topic: string
  partition: number
  broker: string | null
  from: bigint
  /** Null: up to what is readable now. */
  to: bigint | null
}

export interface FoundRecord {
  /** Of the source. */
  partition: number
  broker: string | null
  offset: bigint
  sent: SentMessage
}

const FETCH_BYTES = 1024 * 1024

/**
 * Calls `found` for each record of the job in the ranges; the first copy comes first.
 *
 * @param onMissed whether places that nobody can read are passed; who would send again must not pass them
 * @returns whether there were none
 * @throws MessageAccessError
 */
export async function lookForSent(
  reader: MessageReader,
  jobId: string,
  ranges: readonly LookRange[],
  found: (record: FoundRecord) => void,
  onMissed: 'throw' | 'pass',
  signal: AbortSignal,
): Promise<boolean> {
  let isWhole = true
  for (const range of ranges) {
    // In a topic that somebody deleted, nothing of it lies any more.
    const isRead = await unlessGone(() => lookIn(reader, jobId, range, found, onMissed, signal), signal)
    isWhole &&= isRead ?? true
  }
  return isWhole
}

async function lookIn(
  reader: MessageReader,
  jobId: string,
  { topic, partition, broker, from, to }: LookRange,
  found: (record: FoundRecord) => void,
  onMissed: 'throw' | 'pass',
  signal: AbortSignal,
): Promise<boolean> {
  let isWhole = true
  const end = to ?? (await endOf(reader, { topic, partition, broker }, signal))
  for (let next = from; next < end; ) {
    const request = { topic, partition, broker, fromOffset: next, maxBytes: FETCH_BYTES }
    const batch = await readKnown(reader, request, end, signal)
    const [missed] = batch.unreadable
    // What nobody can read may be ours: it is for the caller to say whether that matters.
    if (missed !== undefined && onMissed === 'throw') throw new MessageAccessError(missed.fault, true)
    isWhole &&= missed === undefined
    for (const message of batch.messages) {
      if (message.offset >= end) break
      const source = jobOf(message.headers, jobId)
      if (source === null) continue
      found({ ...source, sent: { topic, partition, broker, offset: message.offset } })
    }
    next = batch.nextOffset
  }
  return isWhole
}

/**
 * What others add meanwhile is not ours: whoever ran this job before is fenced or gone. A fetch alone would not do: it
 * ends early at a leader that does not know the end yet, and what lies behind would be sent a second time.
 */
async function endOf(
  reader: MessageReader,
  { topic, partition, broker }: Pick<LookRange, 'topic' | 'partition' | 'broker'>,
  signal: AbortSignal,
): Promise<bigint> {
  const { partitions } = await reader.describe(topic, signal)
  const log = partitions.find((one) => one.partition === partition && one.broker === broker)
  if (log?.endOffset != null) return log.endOffset
  throw new MessageAccessError(log?.fault ?? fault('leaderNotAvailable', { topic, partition }), true)
}

function jobOf(headers: readonly { key: string; value: Uint8Array | null }[], jobId: string) {
  const value = headers.findLast(({ key }) => key === OWN_HEADERS.replayId)?.value
  if (value === undefined || value === null) return null
  const source = parseReplayId(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'))
  return source?.jobId === jobId ? source : null
}
