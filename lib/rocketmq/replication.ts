/**
 * Which members hold what their master holds. Judged by bytes: the broker's own flag calls a slave in sync that is
 * 256 MiB behind. A slave is asked after its master, so that what it lacks is what it lacked of the master's log a
 * moment ago; under load the bytes on their way would otherwise count as missing.
 */
import type { RocketmqReplication } from '../cluster/rocketmq-state.ts'
import { SECOND_MS } from '../units.ts'
import type { HaStatus, RuntimeTable } from './rocketmq-requests.ts'
import { runtimeOffset } from './runtime-table.ts'

/** Two of the batches of 32 KiB in which a master sends its log (`haTransferBatchSize`): what may be on the way. */
const IN_SYNC_WITHIN_BYTES = 64n * 1024n
/** A slave hears from its master every 5 s at least, and hangs up after 20 s of silence. */
const CONNECTION_LIVES_MS = 20 * SECOND_MS
/** Points of a master's log kept to tell bytes in time: ten minutes at the usual pace. */
const MAX_POINTS = 40

interface LogReading {
  atMs: number
  runtime: RuntimeTable | null
  ha: HaStatus | null
}

export function masterReplication({ runtime, ha }: LogReading): RocketmqReplication {
  return {
    ...logOf(runtime),
    connectedSlaves: ha?.isMaster === true ? ha.slaveGapsBytes.length : null,
    inSync: true,
    behindBytes: 0n,
    behindMs: 0,
    lastReadAtMs: null,
  }
}

/**
 * @param slave null when it does not answer: the master's view of its connections may still prove that it is in sync.
 * @param slaveCount how many slaves the route lists for this master.
 */
export function slaveReplication(
  slave: LogReading | null,
  master: LogReading | null,
  slaveCount: number,
  masterLog: LogTrail,
): RocketmqReplication {
  const log = logOf(slave?.runtime ?? null)
  const masterEnd = master === null ? null : logEndOf(master)
  const behindBytes = gapOf(masterEnd, log.commitLogMaxOffset)
  const behindMs = behindBytes === null ? null : masterLog.ageOf(log.commitLogMaxOffset, behindBytes, slave?.atMs ?? 0)
  return {
    ...log,
    connectedSlaves: null,
    inSync: master === null ? null : isInSync(slave, master, slaveCount, behindBytes),
    behindBytes,
    behindMs,
    lastReadAtMs: slave?.ha?.lastReadAtMs ?? null,
  }
}

function isInSync(
  slave: LogReading | null,
  master: LogReading,
  slaveCount: number,
  behindBytes: bigint | null,
): boolean | null {
  const gaps = master.ha?.isMaster === true ? master.ha.slaveGapsBytes : null
  if (behindBytes === null) {
    if (gaps === null) return null
    return gaps.length >= slaveCount && gaps.every((gap) => gap <= IN_SYNC_WITHIN_BYTES)
  }
  return behindBytes <= IN_SYNC_WITHIN_BYTES && isConnected(slave, gaps, slaveCount)
}

/** A master names its slaves by ports that tell nothing; when some are missing, each slave's own word counts. */
function isConnected(slave: LogReading | null, gaps: readonly bigint[] | null, slaveCount: number): boolean {
  if (gaps === null || gaps.length >= slaveCount) return true
  const lastReadAtMs = slave?.ha?.lastReadAtMs ?? null
  return gaps.length > 0 && lastReadAtMs !== null && (slave?.atMs ?? 0) - lastReadAtMs < CONNECTION_LIVES_MS
}

function logOf(runtime: RuntimeTable | null): Pick<RocketmqReplication, 'commitLogMinOffset' | 'commitLogMaxOffset'> {
  return {
    commitLogMinOffset: runtimeOffset(runtime, 'commitLogMinOffset'),
    commitLogMaxOffset: runtimeOffset(runtime, 'commitLogMaxOffset'),
  }
}

export function logEndOf({ runtime, ha }: LogReading): bigint | null {
  return ha?.masterMaxOffset ?? runtimeOffset(runtime, 'commitLogMaxOffset')
}

/** The slave is asked later and may have passed the end that its master told. */
function gapOf(masterEnd: bigint | null, slaveEnd: bigint | null): bigint | null {
  if (masterEnd === null || slaveEnd === null) return null
  return masterEnd > slaveEnd ? masterEnd - slaveEnd : 0n
}

/** Where a master's log ended at past polls, to tell how old the first byte is that a slave lacks. */
export class LogTrail {
  readonly #points: { atMs: number; end: bigint }[] = []

  note(end: bigint | null, atMs: number): void {
    if (end === null) return
    // A log that fell back is another master's.
    if (end < (this.#points.at(-1)?.end ?? 0n)) this.#points.length = 0
    this.#points.push({ atMs, end })
    if (this.#points.length > MAX_POINTS) this.#points.shift()
  }

  /** 0 when nothing is missing; null when it was written before anything this trail knows. */
  ageOf(slaveEnd: bigint | null, behindBytes: bigint, nowMs: number): number | null {
    if (behindBytes === 0n) return 0
    if (slaveEnd === null) return null
    const held = this.#points.findLast(({ end }) => end <= slaveEnd)
    return held === undefined ? null : Math.max(0, nowMs - held.atMs)
  }
}
