/**
 * The inbox over 1,000,000 dead letters on a real broker: how fast they are grouped, what that holds in memory and in the
 * database, how soon the causes and the first page are there afterwards, and how fast all of it is searched.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompressionTypes } from 'kafkajs'
import { storageSize } from '../../lib/db/storage-size.ts'
import { openDatabase } from '../../lib/db.ts'
import { BUILT_IN_PROFILES } from '../../lib/dlq/built-in-profiles.ts'
import { causeGroups } from '../../lib/inbox/cause-groups.ts'
import { kindNamesOf } from '../../lib/inbox/group-keys.ts'
import { createInbox, type Inbox } from '../../lib/inbox/inbox.ts'
import { messageTest } from '../../lib/inbox/match-message.ts'
import { OffsetRuns } from '../../lib/inbox/offset-runs.ts'
import type { Queue, QueueAccess } from '../../lib/inbox/queues.ts'
import { type SearchRequest, searchLetters } from '../../lib/inbox/search.ts'
import { UNLIMITED } from '../../lib/inbox/selection.ts'
import { trendsOf } from '../../lib/inbox/trend.ts'
import { KafkaMessages } from '../../lib/kafka/kafka-messages.ts'
import { springException, springOrigin, toHeaders } from '../builders/dead-letters.ts'
import { createTopics } from '../servers/create-topics.ts'
import { clusterConfig, connectClients } from '../servers/kafka-clients.ts'
import { startKafkaCluster } from '../servers/kafka-cluster.ts'
import { costOf, round } from './measure.ts'

const TOPIC = 'orders-dlt'
const RECORDS = 1_000_000
const PARTITIONS = 3
const CAUSES = 12
const BATCH = 1_200
const PADDING = 'x'.repeat(200)

/** About 1 KB with its headers, a stack trace among them. */
function letter(number: number) {
  const cause = `com.acme.shop.Failure${String.fromCharCode(65 + (number % CAUSES))}Exception`
  const message = `Order ${number} not found`
  const stackTrace = [
    `${cause}: ${message}`,
    '\tat com.acme.shop.OrderService.find(OrderService.java:87)',
    '\tat com.acme.shop.OrderListener.on(OrderListener.java:31)',
    '\tat org.springframework.kafka.listener.KafkaMessageListenerContainer.invoke(KafkaMessageListenerContainer.java:2800)',
    '',
  ].join('\n')
  const headers = toHeaders([
    ...springException({ cause, message, stackTrace }),
    ...springOrigin({ topic: 'orders', partition: number % 6, offset: BigInt(number) }),
  ])
  return {
    partition: number % PARTITIONS,
    key: `order-${number}`,
    value: JSON.stringify({ id: number, text: PADDING }),
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, Buffer.from(value ?? '')])),
  }
}

export async function benchInbox(say: (text: string) => void): Promise<unknown> {
  const cluster = await startKafkaCluster({ brokers: 1, heapMb: 512 })
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-inbox-'))
  try {
    await fill(cluster.bootstrapServers, say)
    const path = join(folder, 'bench.db')
    const database = await openDatabase(`file:${path}`)
    const inbox = createInbox({ database, profiles: BUILT_IN_PROFILES, knownTopics: () => ({}), now: Date.now })
    const messages = new KafkaMessages(clusterConfig(cluster.bootstrapServers))
    const access = { clusterId: 'bench', topic: TOPIC, reader: messages.reader(), decoder: null }
    const grouping = await benchGrouping(inbox, access)
    say(`inbox: ${JSON.stringify(grouping)}`)
    const { queue } = await inbox.scanner.scanOnce(access, AbortSignal.timeout(60_000))
    const reads = await benchReads(inbox, access, queue)
    say(`inbox: ${JSON.stringify(reads)}`)
    const search = await benchSearch(inbox, access, queue)
    const handled = await benchHandled(inbox, access, queue)
    const tables = (await storageSize(database)).tables.filter(({ table }) => table.startsWith('Dlq'))
    const result = {
      records: RECORDS,
      ...{ grouping, reads, search, handled },
      tables: Object.fromEntries(tables.map(({ table, rows, bytes }) => [table, { rows, bytes }])),
      fileBytes: statSync(path).size,
    }
    await messages.close()
    await database.close()
    return result
  } finally {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(bootstrapServers: readonly string[], say: (text: string) => void): Promise<void> {
  const clients = await connectClients(bootstrapServers)
  await createTopics(clients.admin, [{ topic: TOPIC, numPartitions: PARTITIONS }])
  say(`inbox: writing ${RECORDS} dead letters`)
  for (let at = 0; at < RECORDS; at += BATCH) {
    const list = Array.from({ length: BATCH }, (_, index) => letter(at + index))
    await clients.producer.send({ topic: TOPIC, messages: list, acks: 1, compression: CompressionTypes.None })
  }
  await clients.close()
}

async function benchGrouping(inbox: Inbox, access: QueueAccess): Promise<unknown> {
  let peakBytes = 0
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage().rss)
  }, 200)
  const before = process.memoryUsage().rss
  const cost = await costOf(() => inbox.scanner.scanOnce(access, AbortSignal.timeout(600_000)))
  clearInterval(watch)
  return {
    recordsPerSecond: Math.round(RECORDS / (cost.wallMs / 1_000)),
    recordsPerCpuSecond: Math.round(RECORDS / (cost.cpuMs / 1_000)),
    residentMbBefore: Math.round(before / 2 ** 20),
    residentMbPeak: Math.round(peakBytes / 2 ** 20),
  }
}

async function causesOf(inbox: Inbox, queue: Queue): Promise<unknown> {
  const counts = await inbox.counter.count(queue)
  const names = await kindNamesOf(inbox.database, queue.id)
  return causeGroups('cause', counts, names, trendsOf(counts.partitions, Date.now()))
}

const PAGE: SearchRequest = {
  ...{ causes: null, states: null, fromMs: null, toMs: null, partition: null, broker: null },
  ...{ order: 'newest', positions: new Map(), matches: null },
}

function pageOf(inbox: Inbox, access: QueueAccess, queue: Queue, more: Partial<SearchRequest> = {}) {
  const limits = { records: 100, foundBytes: 2 ** 25, scannedBytes: 2 ** 40, maxMs: 600_000 }
  return searchLetters(inbox, access, queue, { ...PAGE, ...more }, limits, AbortSignal.timeout(600_000))
}

/** With nothing kept from before, and again. */
async function benchReads(inbox: Inbox, access: QueueAccess, queue: Queue): Promise<unknown> {
  const { database, profiles, now } = inbox
  const cold = createInbox({ database, profiles, knownTopics: () => ({}), now })
  const timeOf = async (work: () => Promise<unknown>): Promise<number> => round((await costOf(work)).wallMs)
  return {
    causesFirstMs: await timeOf(() => causesOf(cold, queue)),
    causesAgainMs: await timeOf(() => causesOf(cold, queue)),
    firstPageMs: await timeOf(() => pageOf(cold, access, queue)),
    firstPageAgainMs: await timeOf(() => pageOf(cold, access, queue)),
    pageOfOneCauseMs: await timeOf(() =>
      pageOf(cold, access, queue, { causes: ['exception:com.acme.shop.FailureCException'] }),
    ),
  }
}

async function benchSearch(inbox: Inbox, access: QueueAccess, queue: Queue): Promise<unknown> {
  const setting = { topic: TOPIC, decoder: null, originTopicsOf: () => [] }
  const matches = messageTest({ key: null, q: 'not to be found' }, setting)
  let bytes = 0
  const counted: SearchRequest['matches'] = (message) => {
    bytes += message.sizeBytes
    return matches?.(message) ?? false
  }
  const cost = await costOf(() => pageOf(inbox, access, queue, { matches: counted, order: 'oldest' }))
  const oldestFirst = bytes / cost.wallMs / 1_000
  bytes = 0
  const newest = await costOf(() => pageOf(inbox, access, queue, { matches: counted }))
  return {
    scannedMb: Math.round(bytes / 1e6),
    oldestFirstMbPerSecond: round(oldestFirst),
    newestFirstMbPerSecond: round(bytes / newest.wallMs / 1_000),
  }
}

/** One cause of twelve archived: runs all over the ledger. */
async function benchHandled(inbox: Inbox, access: QueueAccess, queue: Queue): Promise<unknown> {
  const signal = AbortSignal.timeout(600_000)
  const selecting = await costOf(() =>
    inbox.resolve(access, { causes: ['exception:com.acme.shop.FailureCException'] }, UNLIMITED, signal),
  )
  const { places } = await inbox.resolve(
    access,
    { causes: ['exception:com.acme.shop.FailureCException'] },
    UNLIMITED,
    signal,
  )
  const action = { kind: 'archive' as const, actor: 'bench', atMs: Date.now(), note: 'bench', replayId: null }
  const archiving = await costOf(() => inbox.ledger.mark(queue.id, action, places))
  const runs = OffsetRuns.of([{ from: 0n, to: 100_000n }])
  const replay = { ...action, kind: 'replay' as const, replayId: 'job' }
  const marking = await costOf(() => inbox.ledger.mark(queue.id, replay, [{ partition: 0, broker: null, runs }]))
  const again = await costOf(() => causesOf(inbox, queue))
  const kept = await costOf(() => causesOf(inbox, queue))
  return {
    selectOneCauseMs: round(selecting.wallMs),
    archiveOneCauseMs: round(archiving.wallMs),
    markReplayedMs: round(marking.wallMs),
    causesAfterwardsMs: round(again.wallMs),
    causesAgainMs: round(kept.wallMs),
  }
}
