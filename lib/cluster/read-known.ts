/**
 * Reads what is known to be there. A leader that was elected a moment ago may not know yet how far all replicas came:
 * it says then that its log ends earlier than it did. Whoever believed that would leave records out without a word.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { fault } from './fault.ts'
import { MessageAccessError, type MessageBatch, type MessageReader, type ReadRequest } from './messages.ts'

const PATIENCE_MS = 5_000
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 500

/**
 * One bounded fetch, as by the reader. An end below `knownEnd` is asked about again; when it stays, it is a failure.
 *
 * @param knownEnd an end that the partition was seen to have
 * @throws MessageAccessError also `leaderNotAvailable`, which may pass
 */
export async function readKnown(
  reader: Pick<MessageReader, 'read'>,
  request: ReadRequest,
  knownEnd: bigint,
  signal: AbortSignal,
): Promise<MessageBatch> {
  const endsAtMs = performance.now() + PATIENCE_MS
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const batch = await reader.read(request, signal)
    const isBelow = batch.nextOffset < knownEnd
    if (!isBelow || batch.nextOffset > request.fromOffset) return isBelow ? { ...batch, isAtEnd: false } : batch
    if (performance.now() + pauseMs > endsAtMs) throw notReadableYet(request)
    await sleep(pauseMs, undefined, { signal }).catch((cause) => {
      throw notReadableYet(request, cause)
    })
  }
}

function notReadableYet({ topic, partition, fromOffset }: ReadRequest, cause?: unknown): MessageAccessError {
  const facts = { topic, partition, offset: String(fromOffset) }
  return new MessageAccessError(fault('leaderNotAvailable', facts), true, cause)
}
