/** Replays of 200,000 records within one Kafka cluster, whose worker is killed again and again and whose brokers restart. */
import { produceDeadLetters, readCommitted } from '../integration/replay/dead-letter-topics.ts'
import { killAtRandom } from '../integration/replay/kill-at-random.ts'
import { connectClients, type TestClients } from '../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../servers/kafka-cluster.ts'
import { openReplayLab, type ReplayLab } from '../servers/replay-lab.ts'
import type { Soaked } from './soaked.ts'

const ROUNDS = 20
const KILLS_PER_ROUND = 10
const RECORDS = 200_000
const PARTITIONS = 3
const REPLICAS = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
]
const SETTINGS = { 'min.insync.replicas': '2' }

export async function soakReplays(random: () => number, say: (text: string) => void): Promise<Soaked> {
  const cluster = await startKafkaCluster({ brokers: 3 })
  const clients = await connectClients(cluster.bootstrapServers)
  const lab = await openReplayLab([{ id: 'soak', kind: 'kafka', servers: cluster.bootstrapServers }])
  const faults: string[] = []
  try {
    await clients.createTopic('soak-dlt', REPLICAS, SETTINGS)
    await produceDeadLetters(clients, { topic: 'soak-dlt', origin: 'soak', records: RECORDS, partitions: PARTITIONS })
    lab.startWorker()
    for (let turn = 1; turn <= ROUNDS; turn += 1) {
      const found = await round(`soak-${turn}`, cluster, clients, lab, random)
      faults.push(...found)
      say(`${turn} of ${ROUNDS}, replay: ${RECORDS} records, ${KILLS_PER_ROUND} kills, ${found.length} faults`)
      for (const fault of found) say(`  ${fault}`)
    }
    return { did: `${ROUNDS * KILLS_PER_ROUND} kills, ${ROUNDS * RECORDS} records replayed`, faults }
  } finally {
    await lab.close()
    await clients.close()
    await cluster.stop()
  }
}

async function round(
  topic: string,
  cluster: KafkaTestCluster,
  clients: TestClients,
  lab: ReplayLab,
  random: () => number,
): Promise<string[]> {
  await clients.createTopic(topic, REPLICAS, SETTINGS)
  const id = await lab.create({
    ...{ clusterId: 'soak', topic: 'soak-dlt', selection: { all: true, includeHandled: true }, maxAttempts: 100 },
    target: { mode: 'topic', topic, clusterId: 'soak' },
  })
  await lab.begin(id)
  const broker = cluster.brokers[Math.floor(random() * cluster.brokers.length)]
  const restart = async (): Promise<void> => {
    await broker?.stop()
    await broker?.start()
  }
  const at = { [Math.ceil(random() * KILLS_PER_ROUND)]: restart }
  await killAtRandom(lab, id, { records: RECORDS, deaths: KILLS_PER_ROUND, random, at })
  const { counts } = await lab.waitFor(id, ['completed'], 300_000)
  const { count, doubled, outOfOrder } = await readCommitted(clients, topic, PARTITIONS)
  await clients.admin.deleteTopics({ topics: [topic] })
  return [
    ...(counts.produced === BigInt(RECORDS) ? [] : [`${topic}: ${counts.produced} are called produced`]),
    ...(count === RECORDS ? [] : [`${topic}: ${count} arrived`]),
    ...(doubled.length === 0 ? [] : [`${topic}: ${doubled.length} arrived twice`]),
    ...(outOfOrder.length === 0 ? [] : [`${topic}: ${outOfOrder.length} out of order`]),
  ]
}
