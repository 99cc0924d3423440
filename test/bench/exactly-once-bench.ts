/**
 * Copying messages of 1 KB within one cluster, in transactions with progress and headers, beside kcat piped into kcat,
 * which keeps neither headers nor exactly-once. Without kcat on the machine its column stays empty.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { OutgoingMessage, StoredMessage } from '../../lib/cluster/messages.ts'
import { KafkaMessages } from '../../lib/kafka/kafka-messages.ts'
import { MINUTE_MS } from '../../lib/units.ts'
import { clusterConfig } from '../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../servers/kafka-cluster.ts'
import { costOf, round } from './measure.ts'

const run = promisify(execFile)
const MESSAGES = 400_000
const VALUE_BYTES = 1_000
const PARTITIONS = 4
const FETCH_BYTES = 2 * 1024 * 1024
const SENT_AT_ONCE = 10_000
const DEADLINE_MS = 10 * MINUTE_MS

export interface ExactlyOnceBench {
  messages: number
  /** Reading alone, one request after the other. */
  readMbPerSecond: number
  copy: { perSecond: number; cpuMs: number; transactions: number; slowestMs: number; peakResidentMb: number }
  kcatPerSecond: number | null
  /** Of kcat's pipe. */
  share: number | null
}

export async function benchExactlyOnce(): Promise<ExactlyOnceBench> {
  const cluster = await startKafkaCluster({ heapMb: 512, brokerConfig: { 'log.cleaner.enable': 'false' } })
  const access = new KafkaMessages(clusterConfig(cluster.internalServers))
  try {
    for (const topic of ['source', 'target', 'piped']) await createTopic(cluster, topic)
    await fill(access)
    const readMbPerSecond = await timeReading(access)
    const copy = await timeCopy(access)
    const kcatPerSecond = await timeKcat(cluster.internalServers)
    const share = kcatPerSecond === null ? null : round((copy.perSecond / kcatPerSecond) * 10) / 10
    return { messages: MESSAGES, readMbPerSecond, copy, kcatPerSecond, share }
  } finally {
    await access.close()
    await cluster.stop()
  }
}

async function createTopic(cluster: KafkaTestCluster, topic: string): Promise<void> {
  const size = ['--partitions', String(PARTITIONS), '--replication-factor', '3', '--config', 'min.insync.replicas=2']
  await cluster.cli('kafka-topics', ['--create', '--topic', topic, ...size])
}

async function fill(access: KafkaMessages): Promise<void> {
  const sender = access.sender()
  const headers = [{ key: 'kafka_dlt-original-topic', value: Buffer.from('orders') }]
  for (let sent = 0; sent < MESSAGES; sent += SENT_AT_ONCE) {
    const messages = Array.from({ length: SENT_AT_ONCE }, (_, index): OutgoingMessage => {
      const value = Buffer.from(String(sent + index).padEnd(VALUE_BYTES, 'x'))
      const place = { topic: 'source', partition: index % PARTITIONS, broker: null }
      return { ...place, key: null, value, headers, timestampMs: null }
    })
    const outcomes = await sender.send(messages, AbortSignal.timeout(DEADLINE_MS))
    const failed = outcomes.find(({ fault }) => fault !== null)
    if (failed) throw new Error(`not sent: ${JSON.stringify(failed.fault)}`)
  }
}

async function timeReading(access: KafkaMessages): Promise<number> {
  let bytes = 0
  const { wallMs } = await costOf(async () => {
    for await (const messages of everything(access)) for (const { sizeBytes } of messages) bytes += sizeBytes
  })
  return round(bytes / wallMs / 1_000)
}

/** In rounds of one fetch from each partition; the next round is fetched while the last one is worked on. */
async function* everything(access: KafkaMessages): AsyncGenerator<StoredMessage[]> {
  const reader = access.reader()
  const next = Array.from({ length: PARTITIONS }, () => 0n)
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const fetchRound = async () => {
    const batches = await Promise.all(
      next.map((fromOffset, partition) =>
        reader.read({ topic: 'source', partition, broker: null, fromOffset, maxBytes: FETCH_BYTES }, signal),
      ),
    )
    batches.forEach(({ nextOffset }, partition) => {
      next[partition] = nextOffset
    })
    return { messages: batches.flatMap((batch) => batch.messages), isAtEnd: batches.every((batch) => batch.isAtEnd) }
  }
  for (let coming = fetchRound(); ; ) {
    const { messages, isAtEnd } = await coming
    if (!isAtEnd) coming = fetchRound()
    yield messages
    if (isAtEnd) break
  }
  await reader.close()
}

async function timeCopy(access: KafkaMessages): Promise<ExactlyOnceBench['copy']> {
  const channel = access.exactlyOnce({ jobId: 'bench', sourceTopic: 'source' })
  await channel.open(AbortSignal.timeout(DEADLINE_MS))
  const commits: number[] = []
  let peakBytes = 0
  const { wallMs, cpuMs } = await costOf(async () => {
    for await (const messages of everything(access)) {
      const beganAtMs = performance.now()
      await channel.commit(messages.map(toCopy), () => progressOf(messages), AbortSignal.timeout(DEADLINE_MS))
      commits.push(performance.now() - beganAtMs)
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
    }
  })
  return {
    perSecond: Math.round((MESSAGES / wallMs) * 1_000),
    cpuMs: Math.round(cpuMs),
    transactions: commits.length,
    slowestMs: Math.round(Math.max(...commits)),
    peakResidentMb: Math.round(peakBytes / 2 ** 20),
  }
}

function toCopy({ partition, key, value, headers }: StoredMessage): OutgoingMessage {
  const added = { key: 'holdfast-replay-id', value: Buffer.from('bench') }
  return { topic: 'target', partition, broker: null, key, value, headers: [...headers, added], timestampMs: null }
}

function progressOf(messages: readonly StoredMessage[]) {
  const last = new Map(messages.map(({ partition, offset }) => [partition, offset]))
  return [...last].map(([partition, offset]) => ({ partition, broker: null, nextOffset: offset + 1n, note: '{}' }))
}

async function timeKcat(servers: readonly string[]): Promise<number | null> {
  if (!(await hasKcat())) return null
  const list = servers.join(',')
  const { wallMs } = await costOf(async () => {
    const reading = `kcat -C -q -e -b ${list} -t source -o beginning`
    await run('sh', ['-c', `${reading} | kcat -P -b ${list} -t piped -X acks=all`], { timeout: DEADLINE_MS })
  })
  return Math.round((MESSAGES / wallMs) * 1_000)
}

async function hasKcat(): Promise<boolean> {
  try {
    await run('kcat', ['-V'])
    return true
  } catch {
    // Not on this machine: the column stays empty.
    return false
  }
}
