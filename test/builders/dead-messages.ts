/** Dead letters as a cluster stores them, of few causes. */
import type { StoredMessage } from '../../lib/cluster/messages.ts'
import type { Database } from '../../lib/db.ts'
import { BUILT_IN_PROFILES } from '../../lib/dlq/built-in-profiles.ts'
import { OWN_HEADERS } from '../../lib/dlq/own-headers.ts'
import { createInbox, type Inbox } from '../../lib/inbox/inbox.ts'
import { type HeaderList, springException, springOrigin, toHeaders } from './dead-letters.ts'

export interface DeadMessage {
  /** Which failure: its class and words. */
  cause: number
  /** Which topic and group it came from. */
  origin?: number
  atMs?: number | null
  key?: string
  value?: string
  /** As a replay marks what it sends. */
  replay?: { jobId: string; partition: number; broker?: string; offset: bigint }
}

export function deadMessage({
  cause,
  origin = 0,
  atMs = 1_700_000_000_000,
  ...rest
}: DeadMessage): Partial<StoredMessage> {
  const name = `com.acme.Failure${String.fromCharCode(65 + (cause % 26))}${cause}Exception`
  const headers: HeaderList = [
    ...springException({ cause: name, message: `Order ${rest.key ?? 1} failed`, stackTrace: `${name}: Order failed` }),
    ...springOrigin({ topic: `orders-${origin}`, group: `billing-${origin}` }),
    ...replayHeaders(rest.replay),
  ]
  const value = Buffer.from(rest.value ?? '{"id":1}')
  return {
    timestampMs: atMs,
    key: rest.key === undefined ? null : Buffer.from(rest.key),
    value,
    headers: toHeaders(headers),
    sizeBytes: value.length + 400,
  }
}

function replayHeaders(replay: DeadMessage['replay']): HeaderList {
  if (replay === undefined) return []
  const { jobId, partition, broker, offset } = replay
  return [
    [OWN_HEADERS.replayId, `${jobId}:${broker === undefined ? '' : `${broker}/`}${partition}@${offset}`],
    [OWN_HEADERS.jobId, jobId],
    [OWN_HEADERS.attempt, '1'],
    [OWN_HEADERS.source, `orders-dlt-${partition}@${offset}`],
  ]
}

export function inboxOf(database: Database, now: () => number = () => 1_700_000_100_000): Inbox {
  return createInbox({ database, profiles: BUILT_IN_PROFILES, knownTopics: () => ({}), now })
}
