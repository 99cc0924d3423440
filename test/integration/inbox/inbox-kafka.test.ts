/** The inbox over a real Kafka: gaps of transactions, expiry, purge, and a scanner that is killed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../lib/db.ts'
import type { Inbox } from '../../../lib/inbox/inbox.ts'
import { OffsetRuns } from '../../../lib/inbox/offset-runs.ts'
import type { Queue } from '../../../lib/inbox/queues.ts'
import { UNLIMITED } from '../../../lib/inbox/selection.ts'
import { KafkaMessages } from '../../../lib/kafka/kafka-messages.ts'
import { inboxOf } from '../../builders/dead-messages.ts'
import { recovererHeaders } from '../../demo/dead-letter.ts'
import { clusterConfig, connectClients, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { onBothDatabases } from '../db/databases.ts'
import { seeded } from '../db/killed-writer.ts'

const QUEUE = 'shop.orders-dlt'
const PARTITIONS = 3
/** Over several blocks of the index in each partition. */
const RECORDS = 60_000
/** With their stack traces, within what a broker takes at once. */
const BATCH = 600
const KILLS = 6
const LONGEST_SCAN_MS = 700

let cluster: KafkaTestCluster
let clients: TestClients
let access: KafkaMessages

beforeAll(async () => {
  cluster = await startKafkaCluster({ brokers: 1, brokerConfig: { 'auto.create.topics.enable': 'false' } })
  clients = await connectClients(cluster.bootstrapServers)
  access = new KafkaMessages(clusterConfig(cluster.bootstrapServers))
  await clients.createTopic(
    QUEUE,
    Array.from({ length: PARTITIONS }, () => [1]),
  )
  for (let at = 0; at < RECORDS; at += BATCH) {
    await clients.produce(
      QUEUE,
      Array.from({ length: BATCH }, (_, index) => letter(at + index)),
    )
  }
})

afterAll(async () => {
  await access?.close()
  await clients?.close()
  await cluster?.stop()
})

/** Another root cause for each third; its message names the record. */
function causeOf(number: number) {
  const exception = `com.example.shop.Failure${'ABC'[number % 3]}Exception`
  return {
    chain: [[exception, `Order ${number} failed`]],
    frames: ['com.example.shop.Listener.on(Listener.java:42)'],
  } as const
}

function letter(number: number) {
  const source = {
    topic: 'shop.orders',
    partition: number % 5,
    offset: String(number),
    timestamp: '1700000000000',
    group: 'billing',
  }
  return {
    partition: number % PARTITIONS,
    key: `order-${number}`,
    value: JSON.stringify({ number }),
    headers: recovererHeaders(source, causeOf(number), 3),
  }
}

const at = (topic: string) => ({ clusterId: 'test', topic, reader: access.reader(), decoder: null })
const signal = () => AbortSignal.timeout(60_000)

async function countsOf(inbox: Inbox, queue: Queue): Promise<[exception: string, open: number][]> {
  const { kinds } = await inbox.counter.count(queue)
  const causes = await inbox.database.client.dlqCause.findMany({ where: { queueId: queue.id } })
  const byCause = Map.groupBy(kinds, ({ causeId }) => causeId)
  return [...byCause]
    .map(([id, list]): [string, number] => [
      causes.find((cause) => cause.id === id)?.exception ?? '',
      list.reduce((sum, { open }) => sum + open, 0),
    ])
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

onBothDatabases('the inbox of a real Kafka', ({ createUrl, open }) => {
  test('a scanner that is killed again and again counts each record once', async () => {
    const url = await createUrl()
    const database = await openDatabase(url)
    const random = seeded(6)
    const file = fileURLToPath(new URL('scan-until-killed.ts', import.meta.url))
    const bootstrap = cluster.bootstrapServers[0] ?? ''
    for (let kill = 0; kill < KILLS; kill += 1) {
      const scanner = spawn(process.execPath, [file, url, bootstrap, QUEUE], { stdio: ['ignore', 'pipe', 'inherit'] })
      const lines = createInterface({ input: scanner.stdout })
      await once(lines, 'line')
      // How far it comes is the machine's; that it is killed somewhere in between is all that counts.
      await sleep(random() * LONGEST_SCAN_MS)
      scanner.kill('SIGKILL')
      await once(scanner, 'close')
      const blocks = await database.client.dlqBlock.findMany({ omit: { content: true, summary: true } })
      const positions = await database.client.dlqPartition.findMany()
      const indexed = blocks.reduce((sum, { records }) => sum + records, 0)
      // No markers lie in these partitions: what was read up to is what is counted.
      expect(indexed).toBe(positions.reduce((sum, { scannedTo }) => sum + Number(scannedTo), 0))
    }
    const inbox = inboxOf(database, Date.now)
    const { queue, isAtEnd } = await inbox.scanner.scanOnce(at(QUEUE), signal())
    expect(isAtEnd).toBe(true)
    expect(await countsOf(inbox, queue)).toEqual([
      ['com.example.shop.FailureAException', RECORDS / 3],
      ['com.example.shop.FailureBException', RECORDS / 3],
      ['com.example.shop.FailureCException', RECORDS / 3],
    ])
    await database.close()
  })

  test('aborted and marked places are no records, and a selection holds none of them', async () => {
    const topic = `tx-${Date.now()}-dlt`
    await clients.createTopic(topic, [[1]])
    const producer = clients.kafka.producer({ transactionalId: topic, maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    for (const isKept of [true, false, true]) {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [0, 1, 2].map((number) => ({ ...letter(number), partition: 0 })) })
      await (isKept ? transaction.commit() : transaction.abort())
    }
    await producer.disconnect()
    const inbox = inboxOf(await open(), Date.now)
    const { places, records, isComplete, queue } = await inbox.resolve(at(topic), { all: true }, UNLIMITED, signal())
    expect([records, isComplete]).toEqual([6n, true])
    expect(places.flatMap(({ runs }) => [...runs])).toEqual([
      { from: 0n, to: 3n },
      { from: 8n, to: 11n },
    ])
    const stored = await inbox.database.client.dlqQueue.findUniqueOrThrow({ where: { id: queue.id } })
    expect([stored.isComplete, stored.openCount]).toEqual([true, 6n])
  })

  test('what is purged is gone from the counts, and the topic created again starts anew', async () => {
    const topic = `purged-${Date.now()}-dlt`
    await clients.createTopic(topic, [[1]])
    await clients.produce(
      topic,
      Array.from({ length: 10 }, (_, number) => ({ ...letter(number), partition: 0 })),
    )
    const inbox = inboxOf(await open(), Date.now)
    const { queue } = await inbox.scanner.scanOnce(at(topic), signal())
    const runs = OffsetRuns.of([{ from: 0n, to: 6n }])
    const action = { kind: 'archive' as const, actor: 'ann', atMs: 1, note: null, replayId: null }
    await inbox.ledger.mark(queue.id, action, [{ partition: 0, broker: null, runs }])
    await access.deleteBefore(topic, [{ partition: 0, broker: null, offset: 4n }], signal())
    await inbox.scanner.scanOnce(at(topic), signal())
    const { open: left, handled } = await inbox.counter.count(queue)
    expect([left, handled]).toEqual([4, 2])
    await clients.admin.deleteTopics({ topics: [topic] })
    await expect.poll(async () => (await clients.admin.listTopics()).includes(topic)).toBe(false)
    await clients.createTopic(topic, [[1]])
    await clients.produce(topic, [{ ...letter(0), partition: 0 }])
    const again = await inbox.scanner.scanOnce(at(topic), signal())
    expect([again.queue.id === queue.id, again.records]).toEqual([false, 1])
    expect((await inbox.counter.count(again.queue)).open).toBe(1)
  })
})
