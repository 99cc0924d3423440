/** The demo's RocketMQ: a NameServer, a master that waits for its slave, and a payment service that uses them. */
import { SECOND_MS } from '../../lib/units.ts'
import { type RocketmqClients, startRocketmqClients } from '../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../servers/rocketmq-cluster.ts'
import { waitUntil } from '../servers/wait-until.ts'
import type { DemoPart } from './demo-part.ts'

const BROKER = 'payments-a'
const TOPICS = { payments: 'payment-requests', refunds: 'refund-requests', ledger: 'ledger-entries' }
const BACKLOG = 500
const SENT_AT_ONCE = 200
const BACKLOG_WITHIN_MS = 120 * SECOND_MS
const PAYMENTS_PER_SECOND = 30
const REFUNDS_PER_SECOND = 4
/** Handles five a second, a sixth of what is written. */
const SLOW_PAUSE_MS = SECOND_MS / 5
const FAILED_REFUNDS = 0.1
/** About two a minute. */
const FAILED_PAYMENTS = 0.001
const ABANDONED_EVERY_MS = 20 * SECOND_MS
/** The lowest mark for a full disk that a broker honours. */
const LOW_DISK_MARK_PERCENT = 10
const NORMAL_DISK_MARK_PERCENT = 95

export interface RocketmqPayments extends DemoPart {
  readonly cluster: RocketmqTestCluster
  /** Makes the group that handles payments slow, or fast again. */
  setSlow(slow: boolean): Promise<void>
  /** Lowers the brokers' mark for a full disk below what is in use, or puts it back. */
  setDiskFull(full: boolean): Promise<void>
}

export async function startRocketmqPayments(): Promise<RocketmqPayments> {
  const cluster = await startRocketmqCluster({
    clusterName: 'payments',
    brokers: [BROKER],
    heapMb: 192,
    // Transactions that nobody ends are given up while somebody watches, not only after minutes.
    brokerConfig: {
      transactionCheckInterval: '10000',
      diskMaxUsedSpaceRatio: String(NORMAL_DISK_MARK_PERCENT),
    },
  })
  try {
    const clients = await startRocketmqClients(cluster)
    await createTopics(cluster)
    await startWork(clients)
    return handle(cluster, clients)
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function createTopics(cluster: RocketmqTestCluster): Promise<void> {
  for (const [topic, queues] of [
    [TOPICS.payments, 8],
    [TOPICS.refunds, 4],
    [TOPICS.ledger, 4],
  ] as const) {
    const size = ['-r', String(queues), '-w', String(queues)]
    await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', topic, ...size])
  }
}

async function startWork(clients: RocketmqClients): Promise<void> {
  for (let left = BACKLOG; left > 0; left -= SENT_AT_ONCE) {
    const send = (): Promise<unknown> => clients.send(TOPICS.payments, Math.min(left, SENT_AT_ONCE), { bytes: 300 })
    // A machine that is busy starting everything else may let a send wait too long; some messages more do no harm.
    await waitUntil(send, { timeout: BACKLOG_WITHIN_MS, interval: SECOND_MS })
  }
  await clients.consume('payment-processing', TOPICS.payments, { maxRetries: 1, failedShare: FAILED_PAYMENTS })
  await clients.consume('settlement', TOPICS.payments, { pauseMs: SLOW_PAUSE_MS })
  await clients.consume('refund-booking', TOPICS.refunds, { maxRetries: 2, failedShare: FAILED_REFUNDS })
  await clients.sendEvery(TOPICS.payments, PAYMENTS_PER_SECOND, 300)
  await clients.sendEvery(TOPICS.refunds, REFUNDS_PER_SECOND, 200)
  await clients.transactEvery(TOPICS.ledger, ABANDONED_EVERY_MS)
}

function handle(cluster: RocketmqTestCluster, clients: RocketmqClients): RocketmqPayments {
  const nameServers = cluster.nameServers.map(({ address }) => address).join(', ')
  return {
    cluster,
    config: `  - id: payments
    name: Payments
    kind: rocketmq
    nameServers: [${nameServers}]
    readOnly: false
`,
    address: `RocketMQ  ${nameServers}`,
    worthALook: `Payments: the group settlement is slower than its topic; %DLQ%refund-booking
  and %DLQ%payment-processing fill up; transactions on ${TOPICS.ledger} are never ended.`,
    async setSlow(slow) {
      await clients.behave('payment-processing', { pauseMs: slow ? SECOND_MS : 0, failedShare: FAILED_PAYMENTS })
    },
    async setDiskFull(full) {
      const mark = String(full ? LOW_DISK_MARK_PERCENT : NORMAL_DISK_MARK_PERCENT)
      for (const broker of cluster.brokers.filter(({ running }) => running)) {
        await cluster.mqadmin('updateBrokerConfig', ['-b', broker.address, '-k', 'diskMaxUsedSpaceRatio', '-v', mark])
      }
    },
    stop: () => cluster.stop(),
  }
}
