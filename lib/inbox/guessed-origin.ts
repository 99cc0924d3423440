/** Where the letters of a queue probably came from when their headers do not say: told by settings, else by its name. */
import type { Origin } from '../dlq/dead-letter.ts'
import { originByName } from '../dlq/origin-by-name.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'

/** As a plan keeps it. */
export interface GuessedOrigin {
  topic: string
  group: string | null
}

/**
 * Only topics that exist are guessed. Of a queue that takes the letters of several topics nothing is: any of them could
 * be the one.
 */
export async function guessOrigin(
  snapshots: Pick<SnapshotReader, 'dlqs' | 'topics'>,
  clusterId: string,
  queue: string,
): Promise<GuessedOrigin | null> {
  const dlq = ((await snapshots.dlqs(clusterId)) ?? []).find(({ topic }) => topic === queue)
  const sources = dlq?.sourceTopics ?? []
  const [only, ...others] = sources
  if (others.length > 0) return null
  const groups = dlq?.groups ?? []
  const told = groups.length === 1 ? (groups[0] ?? null) : null
  if (only !== undefined) return { topic: only, group: told }
  const rows = (await snapshots.topics(clusterId)) ?? []
  const ordinary = new Set(rows.flatMap(({ name, kind }) => (kind === 'normal' ? [name] : [])))
  const found = originByName(queue, ordinary)
  return found?.topic == null ? null : { topic: found.topic, group: told ?? found.group }
}

/** What headers tell wins, field by field; the origin as a whole is guessed when its topic is. */
export function withGuess(origin: Origin | null, guessed: GuessedOrigin): Origin {
  const { partition = null, offset = null, timestampMs = null, group = null } = origin ?? {}
  return { topic: guessed.topic, partition, offset, timestampMs, group: group ?? guessed.group, guessed: true }
}
