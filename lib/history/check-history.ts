/** Reads and decodes everything that is stored of polls, while others go on writing. */
import type { Database } from '../db.ts'
import { isHoldfastError } from '../errors.ts'
import { decodeWholeChunk, FrameChain, type RowFault } from './decode-whole.ts'
import { METRICS } from './metrics.ts'
import { storedChunks, storedFrames, storedSections } from './row-pages.ts'
import { decodeSection, isOlderSection } from './section-codec.ts'
import { decodeDictionary, type ShardDictionary } from './shard-dictionary.ts'

export interface Damage {
  /** Null where it is not known. */
  clusterId: string | null
  /** `names`: without them no row of the shard can be read. */
  part: 'names' | 'openPolls' | 'polls' | 'steps' | 'newestPoll' | 'shard'
  /** Of steps; else 0. */
  stepSeconds: number
  /** The shard's kind, or the section's name. */
  kind: string
  /** Both ends belong to it; null where no time is known. */
  range: { fromMs: number; untilMs: number } | null
  rows: number
  fault: RowFault | 'undecodable' | 'unreadable' | 'noShard'
}

export interface CheckedHistory {
  rows: number
  bytes: number
  /** Values of polls, and steps that have one. */
  values: number
  steps: number
  damages: number
  /** Parts of newest polls that another version wrote: they are replaced by the next poll, and nothing is wrong. */
  olderSections: number
}

/** @param onDamage called as it is found */
export async function checkHistory(database: Database, onDamage: (damage: Damage) => void): Promise<CheckedHistory> {
  const check = new HistoryCheck(database, onDamage)
  await check.sections()
  const shards = await database.client.historyShard.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
  for (const { id } of shards) await check.shard(id)
  await check.rowsWithoutShard()
  return check.sums
}

type Shard = NonNullable<Awaited<ReturnType<Database['client']['historyShard']['findUnique']>>>

class HistoryCheck {
  readonly sums: CheckedHistory = { rows: 0, bytes: 0, values: 0, steps: 0, damages: 0, olderSections: 0 }
  readonly #database: Database
  readonly #onDamage: (damage: Damage) => void

  constructor(database: Database, onDamage: (damage: Damage) => void) {
    this.#database = database
    this.#onDamage = onDamage
  }

  async sections(): Promise<void> {
    const states = await this.#database.client.clusterState.findMany()
    for (const { clusterId, summary, lastPollAtMs } of states) {
      if (summary !== null)
        this.#section({ clusterId, name: 'summary', content: summary, versionAtMs: lastPollAtMs ?? 0n })
    }
    for await (const section of storedSections(this.#database)) this.#section(section)
  }

  #section(row: { clusterId: string; name: string; versionAtMs: bigint | number; content: Uint8Array }): void {
    this.#count(row.content)
    if (decodeSection(row.content) !== null) return
    if (isOlderSection(row.content)) {
      this.sums.olderSections += 1
      return
    }
    const atMs = Number(row.versionAtMs)
    const range = { fromMs: atMs, untilMs: atMs }
    this.#report({ ...NO_STEPS, clusterId: row.clusterId, part: 'newestPoll', kind: row.name, range })
  }

  async shard(id: number): Promise<void> {
    const shard = await this.#database.client.historyShard.findUnique({ where: { id } })
    // Pruned meanwhile.
    if (shard === null) return
    const { clusterId, kind } = shard
    this.#count(shard.dictionary)
    const dictionary = decodeDictionary(shard.dictionary)
    if (dictionary === null || !isUsable(dictionary, shard.entityCount)) {
      this.#report({ ...NO_STEPS, clusterId, part: 'names', kind, range: null })
      return
    }
    try {
      // In this order: what is sealed meanwhile is seen twice, not never.
      await this.#frames(shard, dictionary)
      await this.#chunks(shard, dictionary)
    } catch (error) {
      if (!isHoldfastError(error) || error.code !== 'database_damaged') throw error
      this.#report({ ...NO_STEPS, clusterId, part: 'shard', kind, range: null, fault: 'unreadable' })
    }
  }

  /** A damaged frame costs those that follow from it, too: they are one damage. */
  async #frames({ id, clusterId, kind }: Shard, { metrics, entities }: ShardDictionary): Promise<void> {
    const chain = new FrameChain(metrics, entities.length)
    let open: (Damage & { range: { untilMs: number } }) | null = null
    for await (const frame of storedFrames(this.#database, id)) {
      this.#count(frame.content)
      const found = chain.next(frame)
      if (typeof found === 'number') this.sums.values += found
      if (open !== null && found !== 'noKeyFrame') {
        this.#report(open)
        open = null
      }
      if (typeof found === 'number') continue
      const atMs = Number(frame.atMs)
      open ??= {
        ...NO_STEPS,
        clusterId,
        part: 'openPolls',
        kind,
        range: { fromMs: atMs, untilMs: atMs },
        fault: found,
        rows: 0,
      }
      open.rows += 1
      open.range.untilMs = atMs
    }
    if (open !== null) this.#report(open)
  }

  async #chunks({ id, clusterId, kind }: Shard, { metrics }: ShardDictionary): Promise<void> {
    for await (const chunk of storedChunks(this.#database, id)) {
      this.#count(chunk.content)
      const { stepSeconds } = chunk
      const found = decodeWholeChunk(chunk, metrics)
      const isPolls = stepSeconds === 0
      if (typeof found === 'number') this.sums[isPolls ? 'values' : 'steps'] += found
      else {
        const range = { fromMs: Number(chunk.fromMs), untilMs: Number(chunk.untilMs) }
        this.#report({ clusterId, part: isPolls ? 'polls' : 'steps', stepSeconds, kind, range, rows: 1, fault: found })
      }
    }
  }

  /** Nothing would ever read them. */
  async rowsWithoutShard(): Promise<void> {
    for (const [table, part] of [
      ['HistoryFrame', 'openPolls'],
      ['HistoryChunk', 'polls'],
    ] as const) {
      const [lost] = await this.#database.client.$queryRawUnsafe<{ rows: bigint | number }[]>(
        `SELECT COUNT(*) AS "rows" FROM "${table}" WHERE "shardId" NOT IN (SELECT "id" FROM "HistoryShard")`,
      )
      const rows = Number(lost?.rows ?? 0)
      if (rows > 0) this.#report({ ...NO_STEPS, clusterId: null, part, kind: '', range: null, rows, fault: 'noShard' })
    }
  }

  #count(content: Uint8Array): void {
    this.sums.rows += 1
    this.sums.bytes += content.length
  }

  #report(damage: Damage): void {
    this.sums.damages += 1
    this.#onDamage(damage)
  }
}

const NO_STEPS = { stepSeconds: 0, rows: 1, fault: 'undecodable' } as const

function isUsable({ metrics, entities }: ShardDictionary, entityCount: number): boolean {
  return entities.length === entityCount && metrics.every((metric) => metric in METRICS)
}
