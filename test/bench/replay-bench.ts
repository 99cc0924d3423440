/**
 * Replaying exactly once within one cluster, side by side with `kcat` piped into `kcat` on the same queue: three brokers,
 * three replicas, two of them in sync at least. kcat copies keys and values alone and promises nothing.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { produceDeadLetters } from '../integration/replay/dead-letter-topics.ts'
import { connectClients, type TestClients } from '../servers/kafka-clients.ts'
import { startKafkaCluster } from '../servers/kafka-cluster.ts'
import { openReplayLab, type ReplayLab } from '../servers/replay-lab.ts'
import { median, round, treeUse } from './measure.ts'

const RECORDS = 300_000
const PARTITIONS = 4
const VALUE_BYTES = 1_000
const ROUNDS = 3
const REPLICAS = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
  [1, 3, 2],
]
const SETTINGS = { 'min.insync.replicas': '2', 'retention.ms': '-1' }
const SAMPLE_MS = 200

interface Copied {
  recordsPerSecond: number
}

interface Replayed extends Copied {
  plannedPerSecond: number
  cpuMs: number
  peakResidentMb: number
}

export async function benchReplay(say: (text: string) => void) {
  say('replay: starting brokers')
  const cluster = await startKafkaCluster({ heapMb: 512, brokerConfig: { 'log.cleaner.enable': 'false' } })
  const clients = await connectClients(cluster.bootstrapServers)
  const lab = await openReplayLab([{ id: 'bench', kind: 'kafka', servers: cluster.bootstrapServers }])
  try {
    await clients.createTopic('bench-dlt', REPLICAS, SETTINGS)
    say(`replay: filling the queue with ${RECORDS} records`)
    const load = { topic: 'bench-dlt', origin: 'bench-0', records: RECORDS, partitions: PARTITIONS }
    await produceDeadLetters(clients, { ...load, valueBytes: VALUE_BYTES })
    lab.startWorker()
    const pipes: Copied[] = []
    const replays: Replayed[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const pipe = await pipeOnce(cluster.bootstrapServers, clients, `pipe-${round}`)
      if (pipe !== null) pipes.push(pipe)
      replays.push(await replayOnce(lab, clients, `bench-${round}`))
      say(`replay: ${JSON.stringify({ pipe, replay: replays.at(-1) })}`)
    }
    await lab.stopWorker()
    return summary(pipes, replays)
  } finally {
    await lab.close()
    await clients.close()
    await cluster.stop()
  }
}

function summary(pipes: readonly Copied[], replays: readonly Replayed[]) {
  const replayPerSecond = median(replays.map(({ recordsPerSecond }) => recordsPerSecond))
  const pipePerSecond = pipes.length === 0 ? null : median(pipes.map(({ recordsPerSecond }) => recordsPerSecond))
  return {
    ...{ records: RECORDS, partitions: PARTITIONS, valueBytes: VALUE_BYTES },
    replayRecordsPerSecond: Math.round(replayPerSecond),
    pipeRecordsPerSecond: pipePerSecond === null ? null : Math.round(pipePerSecond),
    ratio: pipePerSecond === null ? null : round((replayPerSecond / pipePerSecond) * 100) / 100,
    plannedRecordsPerSecond: Math.round(median(replays.map(({ plannedPerSecond }) => plannedPerSecond))),
    cpuMsPerReplay: Math.round(median(replays.map(({ cpuMs }) => cpuMs))),
    peakResidentMb: Math.max(...replays.map(({ peakResidentMb }) => peakResidentMb)),
  }
}

/** Null where there is no kcat. */
async function pipeOnce(servers: readonly string[], clients: TestClients, topic: string): Promise<Copied | null> {
  await clients.createTopic(topic, REPLICAS, SETTINGS)
  const brokers = servers.join(',')
  const pipe = `kcat -C -q -e -b ${brokers} -t bench-dlt -o beginning | kcat -P -b ${brokers} -t ${topic} -X acks=all`
  const startedAt = performance.now()
  const child = spawn('sh', ['-c', pipe], { stdio: ['ignore', 'ignore', 'ignore'] })
  const [code] = await once(child, 'exit')
  const seconds = (performance.now() - startedAt) / 1_000
  if (code === 127) return null
  const ends = await clients.admin.fetchTopicOffsets(topic)
  const copied = ends.reduce((sum, { high }) => sum + Number(high), 0)
  if (copied < RECORDS) throw new Error(`kcat copied ${copied} of ${RECORDS} records`)
  return { recordsPerSecond: copied / seconds }
}

async function replayOnce(lab: ReplayLab, clients: TestClients, topic: string): Promise<Replayed> {
  await clients.createTopic(topic, REPLICAS, SETTINGS)
  const memory = watchMemory(lab)
  const askedAt = performance.now()
  const id = await lab.create({
    ...{ clusterId: 'bench', topic: 'bench-dlt', selection: { all: true, includeHandled: true } },
    target: { mode: 'topic', topic, clusterId: 'bench' },
    maxAttempts: 100,
  })
  await lab.waitFor(id, ['planned'], 300_000)
  const plannedPerSecond = RECORDS / ((performance.now() - askedAt) / 1_000)
  const before = await treeUse(lab.worker?.pid ?? 0)
  await lab.begin(id)
  const job = await lab.waitFor(id, ['completed'], 300_000)
  const after = await treeUse(lab.worker?.pid ?? 0)
  const { startedAtMs, endedAtMs, counts } = job
  if (counts.produced !== BigInt(RECORDS)) throw new Error(`${counts.produced} of ${RECORDS} records were replayed`)
  return {
    recordsPerSecond: Math.round(RECORDS / (((endedAtMs ?? 0) - (startedAtMs ?? 0)) / 1_000)),
    plannedPerSecond: Math.round(plannedPerSecond),
    cpuMs: after.cpuMs - before.cpuMs,
    peakResidentMb: Math.round((await memory.stop()) / 2 ** 20),
  }
}

/** The most that the worker's process ever held, sampled. */
function watchMemory(lab: ReplayLab): { stop(): Promise<number> } {
  let peak = 0
  const sample = async (): Promise<void> => {
    const { residentBytes } = await treeUse(lab.worker?.pid ?? 0)
    peak = Math.max(peak, residentBytes)
  }
  const timer = setInterval(() => void sample(), SAMPLE_MS)
  return {
    async stop() {
      clearInterval(timer)
      await sample()
      return peak
    },
  }
}
