/** Only one collector may write measured data, and one worker replay: whoever holds the lease in the database. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type { CollectorLease as LeaseRow } from '../../prisma/generated/sqlite/client.ts'
import { rowsOf } from '../db/sqlite-file.ts'
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { SECOND_MS } from '../units.ts'
import type { Clock } from './clock.ts'

export const HEARTBEAT_MS = 10 * SECOND_MS
/** A holder that missed three heartbeats is gone. */
export const STALE_AFTER_MS = 3 * HEARTBEAT_MS
const LOOK_AGAIN_MS = SECOND_MS
const NAME = 'collector'
const UNIQUE_VIOLATION = 'P2002'

export interface LeaseHolder {
  host: string
  pid: number
  isAlive(pid: number): boolean
}

const thisProcess: LeaseHolder = {
  host: hostname(),
  pid: process.pid,
  isAlive(pid) {
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      // Not permitted to signal it means that it is there.
      return (error as NodeJS.ErrnoException).code === 'EPERM'
    }
  },
}

export class CollectorLease {
  readonly #database: Database
  readonly #clock: Clock
  readonly #me: LeaseHolder
  readonly #name: string
  readonly #holderId = randomUUID()

  /** @param name whose lease: the worker has one of its own */
  constructor(database: Database, clock: Clock, me: LeaseHolder = thisProcess, name = NAME) {
    this.#name = name
    this.#database = database
    this.#clock = clock
    this.#me = me
  }

  /**
   * Takes the lease: at once when it is free, given up, or its holder's process on this host is gone; otherwise it
   * watches whether the holder still renews it.
   *
   * @throws HoldfastError `second_instance` as soon as the holder shows that it lives
   */
  async acquire(signal: AbortSignal): Promise<void> {
    let firstLook: LeaseRow | null = null
    while (!signal.aborted) {
      const row = await this.#database.client.collectorLease.findUnique({ where: { name: this.#name } })
      if (this.#isFree(row)) {
        if (await this.#take(row)) return
        firstLook = null
        continue
      }
      if (firstLook !== null && row?.heartbeatAtMs !== firstLook.heartbeatAtMs) throw secondInstance(row ?? firstLook)
      firstLook ??= row
      await this.#clock.sleep(LOOK_AGAIN_MS, signal)
    }
    throw new HoldfastError('not_ready', {}, { cause: signal.reason })
  }

  /** False when somebody else has taken it meanwhile. */
  async renew(): Promise<boolean> {
    const { count } = await this.#database.client.collectorLease.updateMany({
      where: { name: this.#name, holderId: this.#holderId },
      data: { heartbeatAtMs: BigInt(this.#clock.now()) },
    })
    return count === 1
  }

  async release(): Promise<void> {
    await this.#database.client.collectorLease.deleteMany({ where: { name: this.#name, holderId: this.#holderId } })
  }

  #isFree(row: LeaseRow | null): boolean {
    return row === null || isGone(row, this.#clock.now(), this.#me, this.#holderId)
  }

  /** Compares and swaps, so that of two that see a free lease one gets it. */
  async #take(row: LeaseRow | null): Promise<boolean> {
    const nowMs = BigInt(this.#clock.now())
    const mine = {
      holderId: this.#holderId,
      host: this.#me.host,
      pid: this.#me.pid,
      takenAtMs: nowMs,
      heartbeatAtMs: nowMs,
    }
    if (row !== null) {
      const where = { name: this.#name, holderId: row.holderId, heartbeatAtMs: row.heartbeatAtMs }
      return (await this.#database.client.collectorLease.updateMany({ where, data: mine })).count === 1
    }
    try {
      await this.#database.client.collectorLease.create({ data: { name: this.#name, ...mine } })
      return true
    } catch (error) {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return false
      throw error
    }
  }
}

type Held = Pick<LeaseRow, 'host' | 'pid' | 'holderId'> & { heartbeatAtMs: bigint | number }

/** Its holder was silent for too long, or ran on this host and does no more. */
function isGone(row: Held, nowMs: number, me: LeaseHolder, myHolderId: string | null): boolean {
  if (nowMs - Number(row.heartbeatAtMs) > STALE_AFTER_MS) return true
  // In a container the successor often has its predecessor's process id.
  const isOurPid = row.pid === me.pid && row.holderId !== myHolderId
  return row.host === me.host && (isOurPid || !me.isAlive(row.pid))
}

/** Who collects into an SQLite file, or may yet: asked by a process that does not collect itself. Null: nobody. */
export async function leaseHolderIn(
  file: SqlDriverAdapter,
  nowMs: number,
  me: LeaseHolder = thisProcess,
): Promise<Pick<LeaseRow, 'host' | 'pid'> | null> {
  const rows = await rowsOf(file, 'SELECT "host", "pid", "holderId", "heartbeatAtMs" FROM "CollectorLease"')
  const holders = rows.map(([host, pid, holderId, heartbeatAtMs]) => ({
    ...{ host: String(host), pid: Number(pid), holderId: String(holderId), heartbeatAtMs: Number(heartbeatAtMs) },
  }))
  return holders.find((row) => !isGone(row, nowMs, me, null)) ?? null
}

/** For a copy of a database, into which nobody collects. */
export async function dropLeaseIn(file: SqlDriverAdapter): Promise<void> {
  await rowsOf(file, 'DELETE FROM "CollectorLease"')
}

function secondInstance({ host, pid, takenAtMs }: LeaseRow): HoldfastError {
  return new HoldfastError('second_instance', { host, pid, since: new Date(Number(takenAtMs)).toISOString() })
}

/** Whether some collector is at work, for the readiness of the console. */
export async function isCollectorAlive(database: Database, nowMs: number): Promise<boolean> {
  const row = await database.client.collectorLease.findUnique({ where: { name: NAME } })
  return row !== null && nowMs - Number(row.heartbeatAtMs) <= STALE_AFTER_MS
}
