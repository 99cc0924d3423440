/** Findings that a person has muted: those of the configuration file, and those of the API. */
import { randomBytes } from 'node:crypto'
import type { FindingMute } from '../../prisma/generated/sqlite/client.ts'
import type { FileMute } from '../config/rules.ts'
import { SingleFlight } from '../db/single-flight.ts'
import type { Database } from '../db.ts'
import type { MutePattern } from '../durability/mutes.ts'
import { HoldfastError } from '../errors.ts'
import { DAY_MS } from '../units.ts'

export interface Mute extends MutePattern {
  reason: string
  source: 'file' | 'runtime'
  /** Null in the configuration file. */
  createdAtMs: number | null
  createdBy: string | null
}

export interface Mutes {
  /** Those of the file first, then the newest. Also those that ended lately. */
  list(): Promise<Mute[]>
  /** @throws HoldfastError `mutes_too_many` */
  add(mute: FileMute, actor: string): Promise<Mute>
  /** @throws HoldfastError `mute_not_found`, `mute_in_file` */
  remove(id: string): Promise<Mute>
  /** Those that ended long ago. */
  removeEnded(): Promise<void>
}

/** So long one can be read after its end: who muted what, and why. */
const KEPT_AFTER_END_MS = 30 * DAY_MS
/** Each poll and each list reads all of them. */
const MOST_STORED = 1_000
const ID_BYTES = 9

export function createMutes(database: Database, fileMutes: readonly FileMute[], now: () => number): Mutes {
  const { client } = database
  const reads = new SingleFlight()
  const endedBeforeMs = (): bigint => BigInt(now() - KEPT_AFTER_END_MS)
  const fromFile = fileMutes.map(
    (mute, index): Mute => ({ ...mute, id: `file-${index + 1}`, source: 'file', createdAtMs: null, createdBy: null }),
  )
  return {
    async list() {
      const rows = await reads.run('rows', () =>
        client.findingMute.findMany({
          where: { untilAtMs: { gt: endedBeforeMs() } },
          orderBy: { createdAtMs: 'desc' },
        }),
      )
      return [...fromFile, ...rows.map(toMute)]
    },
    async add({ untilAtMs, ...mute }, createdBy) {
      if ((await client.findingMute.count()) >= MOST_STORED)
        throw new HoldfastError('mutes_too_many', { most: MOST_STORED })
      const id = `m-${randomBytes(ID_BYTES).toString('base64url')}`
      const times = { untilAtMs: BigInt(untilAtMs), createdAtMs: BigInt(now()) }
      try {
        return toMute(await client.findingMute.create({ data: { ...mute, ...times, id, createdBy } }))
      } finally {
        reads.forget()
      }
    },
    async remove(id) {
      if (fromFile.some((mute) => mute.id === id)) throw new HoldfastError('mute_in_file', { mute: id })
      const row = await client.findingMute.findUnique({ where: { id } })
      try {
        const { count } = await client.findingMute.deleteMany({ where: { id } })
        if (row === null || count === 0) throw new HoldfastError('mute_not_found', { mute: id })
        return toMute(row)
      } finally {
        reads.forget()
      }
    },
    async removeEnded() {
      await client.findingMute.deleteMany({ where: { untilAtMs: { lte: endedBeforeMs() } } })
    },
  }
}

function toMute({ untilAtMs, createdAtMs, ...row }: FindingMute): Mute {
  return { ...row, source: 'runtime', untilAtMs: Number(untilAtMs), createdAtMs: Number(createdAtMs) }
}
