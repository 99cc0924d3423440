/** What is really in the tables of the history: a series query would show two copies of a poll as one. */
import type { Database } from '../../../lib/db.ts'
import type { MetricName } from '../../../lib/history/metrics.ts'
import { decodePollChunk } from '../../../lib/history/poll-chunk.ts'
import { isDamaged, runsOfFrames } from '../../../lib/history/poll-run.ts'
import { decodeDictionary } from '../../../lib/history/shard-dictionary.ts'
import { rolledMetrics } from '../../../lib/history/shard-kinds.ts'
import { PRESENT } from '../../../lib/history/slot-values.ts'
import { decodeStepChunk, type StepColumns } from '../../../lib/history/step-chunk.ts'

export interface StoredShardPolls {
  kind: string
  /** Of every copy of every poll, ascending. */
  atMs: number[]
  /** How many values of polls each level of rollup holds of the shard's first entity, of the metric that has most, by its step. */
  rolled: Record<number, number>
}

/** @throws Error when anything stored does not decode */
export async function storedPolls(database: Database, clusterId: string): Promise<StoredShardPolls[]> {
  const shards = await database.client.historyShard.findMany({ where: { clusterId }, orderBy: { id: 'asc' } })
  const stored: StoredShardPolls[] = []
  for (const { id, kind, dictionary } of shards) {
    const metrics = decodeDictionary(dictionary)?.metrics
    if (metrics === undefined) throw new Error(`the names of shard ${id} do not decode`)
    const shard: StoredShardPolls = { kind, atMs: await framesOf(database, id), rolled: {} }
    for (const chunk of await chunksOf(database, id)) addChunk(shard, metrics, chunk)
    shard.atMs.sort((one, other) => one - other)
    stored.push(shard)
  }
  return stored
}

function addChunk(shard: StoredShardPolls, metrics: readonly MetricName[], chunk: StoredChunk): void {
  const { stepSeconds, fromMs, firstEntity, content } = chunk
  const decoded = stepSeconds === 0 ? decodePollChunk(content) : decodeStepChunk(content)
  if (decoded === null) throw new Error(`the chunk of step ${stepSeconds} from ${fromMs} does not decode`)
  const count = stepSeconds === 0 ? metrics.length : rolledMetrics(metrics).length
  const columns = Array.from({ length: count }, (_, metric) => decoded.track(metric).column(0))
  if (firstEntity > 0) return
  if ('atMs' in decoded) shard.atMs.push(...decoded.atMs)
  else {
    // Rates, which come last, fill the steps between two polls as well.
    const counts = (columns as StepColumns[]).slice(0, metrics.length).map(countIn)
    shard.rolled[stepSeconds] = (shard.rolled[stepSeconds] ?? 0) + Math.max(...counts)
  }
}

type StoredChunk = Awaited<ReturnType<typeof chunksOf>>[number]

const chunksOf = (database: Database, shardId: number) => database.client.historyChunk.findMany({ where: { shardId } })

async function framesOf(database: Database, shardId: number): Promise<number[]> {
  const frames = await database.client.historyFrame.findMany({ where: { shardId }, orderBy: { seq: 'asc' } })
  return runsOfFrames(frames, [], []).flatMap((run) => {
    if (isDamaged(run)) throw new Error(`the frames of shard ${shardId} from ${run.fromMs} do not decode`)
    return [...run.atMs]
  })
}

function countIn({ count, states }: StepColumns): number {
  return count.reduce((sum, polls, step) => (states[step] === PRESENT ? sum + polls : sum), 0)
}
