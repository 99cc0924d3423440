/** Alerts of which nobody is told for a while: as the configuration file says, and as people asked for. */
import { randomBytes } from 'node:crypto'
import type { AlertSilence } from '../../prisma/generated/sqlite/client.ts'
import type { SilencePattern } from '../alerts/hidden.ts'
import type { FileSilence } from '../config/alerts.ts'
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { DAY_MS } from '../units.ts'

export interface Silence extends SilencePattern {
  reason: string
  source: 'file' | 'runtime'
  /** Null in the configuration file. */
  createdAtMs: number | null
  createdBy: string | null
}

export interface Silences {
  /** Those of the file first, then the newest. Also those that ended lately. */
  list(): Promise<Silence[]>
  /** @throws HoldfastError `silences_too_many` */
  add(silence: FileSilence, actor: string): Promise<Silence>
  /** @throws HoldfastError `silence_not_found`, `silence_in_file` */
  remove(id: string): Promise<Silence>
}

/** So long one can be read after its end: who wanted not to be told of what, and why. */
const KEPT_AFTER_END_MS = 30 * DAY_MS
const MOST_STORED = 1_000
const ID_BYTES = 9

export function createSilences(database: Database, fileSilences: readonly FileSilence[], now: () => number): Silences {
  const { client } = database
  const fromFile = fileSilences.map(
    (silence, index): Silence => ({
      ...{ ...silence, id: `file-${index + 1}`, source: 'file', createdAtMs: null, createdBy: null },
    }),
  )
  return {
    async list() {
      const rows = await client.alertSilence.findMany({
        where: { untilAtMs: { gt: endedBefore(now()) } },
        orderBy: { createdAtMs: 'desc' },
      })
      return [...fromFile, ...rows.map(toSilence)]
    },
    async add({ fromAtMs, untilAtMs, ...silence }, createdBy) {
      // What ended long ago makes room.
      await client.alertSilence.deleteMany({ where: { untilAtMs: { lte: endedBefore(now()) } } })
      if ((await client.alertSilence.count()) >= MOST_STORED)
        throw new HoldfastError('silences_too_many', { most: MOST_STORED })
      const id = `s-${randomBytes(ID_BYTES).toString('base64url')}`
      const times = { fromAtMs: BigInt(fromAtMs), untilAtMs: BigInt(untilAtMs), createdAtMs: BigInt(now()) }
      return toSilence(await client.alertSilence.create({ data: { ...silence, ...times, id, createdBy } }))
    },
    async remove(id) {
      if (fromFile.some((silence) => silence.id === id)) throw new HoldfastError('silence_in_file', { silence: id })
      const row = await client.alertSilence.findUnique({ where: { id } })
      const { count } = await client.alertSilence.deleteMany({ where: { id } })
      if (row === null || count === 0) throw new HoldfastError('silence_not_found', { silence: id })
      return toSilence(row)
    },
  }
}

function endedBefore(nowMs: number): bigint {
  return BigInt(nowMs - KEPT_AFTER_END_MS)
}

function toSilence({ severity, fromAtMs, untilAtMs, createdAtMs, ...row }: AlertSilence): Silence {
  return {
    ...{ ...row, severity: severity as Silence['severity'], source: 'runtime' },
    ...{ fromAtMs: Number(fromAtMs), untilAtMs: Number(untilAtMs), createdAtMs: Number(createdAtMs) },
  }
}
