/** Names that a replay gives: to itself, and to each record that it sends. */
import { randomBytes } from 'node:crypto'
import type { PartitionPlace } from '../cluster/messages.ts'

const ID_BYTES = 9
/** Of a source record within a job. */
const RECORD = /^(?<job>[\w-]{1,64}):(?:(?<broker>[^:]{1,255})\/)?(?<partition>\d{1,10})@(?<offset>\d{1,19})$/

export function newJobId(): string {
  return `r-${randomBytes(ID_BYTES).toString('base64url')}`
}

/**
 * The same for one dead letter and one job, however often it is sent. Told plainly rather than hashed: whoever finds the
 * header in a topic sees at once which job and which dead letter it was, and no two can collide.
 */
export function replayIdOf(jobId: string, { partition, broker }: PartitionPlace, offset: bigint): string {
  return `${jobId}:${broker === null ? '' : `${broker}/`}${partition}@${offset}`
}

export interface ReplayedRecord extends PartitionPlace {
  jobId: string
  offset: bigint
}

/** Null when it is not one that `replayIdOf` made. */
export function parseReplayId(id: string): ReplayedRecord | null {
  const groups = RECORD.exec(id)?.groups
  if (groups?.job === undefined || groups.partition === undefined || groups.offset === undefined) return null
  return {
    jobId: groups.job,
    broker: groups.broker ?? null,
    partition: Number(groups.partition),
    offset: BigInt(groups.offset),
  }
}
