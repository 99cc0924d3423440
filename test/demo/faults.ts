/** The faults that `npm run demo -- fault NAME` injects. */
import type { TestConsole } from '../servers/console.ts'
import type { KafkaTestCluster } from '../servers/kafka-cluster.ts'
import type { Reply } from './control.ts'
import type { KafkaShop } from './kafka-shop.ts'
import type { RocketmqPayments } from './rocketmq-payments.ts'

const BURST = 200

/** What runs; null is what this demo was started without. */
export interface DemoParts {
  kafka: KafkaShop | null
  rocketmq: RocketmqPayments | null
  web: TestConsole
}

/** Each answers what it did. */
interface Fault {
  tells: string
  kafka?(shop: KafkaShop): Promise<string>
  rocketmq?(payments: RocketmqPayments): Promise<string>
  web?(web: TestConsole): Promise<string>
}

const FAULTS: Record<string, Fault> = {
  'broker-down': {
    tells: 'Kafka: stops broker 3: partitions lose a copy and stand at their min ISR',
    kafka: ({ cluster }) => stopBrokers(cluster, [3]),
  },
  'two-brokers-down': {
    tells: 'Kafka: stops brokers 2 and 3: partitions fall under their min ISR, writes are refused, some go offline',
    kafka: ({ cluster }) => stopBrokers(cluster, [2, 3]),
  },
  'broker-up': {
    tells: 'Kafka: starts every stopped broker again',
    kafka: async ({ cluster }) => {
      await Promise.all(cluster.brokers.map((broker) => broker.start()))
      return 'All brokers of Kafka run.'
    },
  },
  'controller-down': {
    tells: 'Kafka: kills the controller: brokers go on answering with frozen metadata',
    kafka: async ({ cluster }) => {
      await cluster.controller.kill()
      return 'The controller is gone. Bring it back with: controller-up'
    },
  },
  'controller-up': {
    tells: 'Kafka: starts the controller again',
    kafka: async ({ cluster }) => {
      await cluster.controller.start()
      return 'The controller runs.'
    },
  },
  'slave-down': {
    tells: 'RocketMQ: kills the slave: messages have one copy, and each send waits in vain for the second',
    rocketmq: (payments) => killMember(payments, 1, 'slave'),
  },
  'slave-up': {
    tells: 'RocketMQ: starts the slave again; it catches up',
    rocketmq: (payments) => startMember(payments, 1, 'slave'),
  },
  'master-down': {
    tells: 'RocketMQ: kills the master: its queues take no messages; the slave goes on serving what it has',
    rocketmq: (payments) => killMember(payments, 0, 'master'),
  },
  'master-up': {
    tells: 'RocketMQ: starts the master again',
    rocketmq: (payments) => startMember(payments, 0, 'master'),
  },
  'nameserver-down': {
    tells: 'RocketMQ: kills the NameServer: clients go on with the routes they know',
    rocketmq: async ({ cluster }) => {
      await Promise.all(cluster.nameServers.map((server) => server.kill()))
      return 'The NameServer is gone. Bring it back with: nameserver-up'
    },
  },
  'nameserver-up': {
    tells: 'RocketMQ: starts the NameServer again',
    rocketmq: async ({ cluster }) => {
      await Promise.all(cluster.nameServers.map((server) => server.start()))
      return 'The NameServer runs; brokers register with it within ten seconds.'
    },
  },
  'disk-filling': {
    tells: 'RocketMQ: simulates a full disk: its brokers’ mark for one (diskMaxUsedSpaceRatio) falls to 10 %',
    rocketmq: async (payments) => {
      await payments.setDiskFull(true)
      return 'The brokers take their disk for full from 10 % on; nothing was written to it. Undo it with: disk-free'
    },
  },
  'disk-free': {
    tells: 'RocketMQ: puts that mark back',
    rocketmq: async (payments) => {
      await payments.setDiskFull(false)
      return 'The brokers have their usual mark for a full disk again.'
    },
  },
  'slow-consumer': {
    tells: 'makes the groups order-fulfilment (Kafka) and payment-processing (RocketMQ) slow, so that their lag grows',
    kafka: async ({ workload }) => {
      workload.setSlow(true)
      return 'order-fulfilment is slow. Make it fast again with: fast-consumer'
    },
    rocketmq: async (payments) => {
      await payments.setSlow(true)
      return 'payment-processing is slow. Make it fast again with: fast-consumer'
    },
  },
  'fast-consumer': {
    tells: 'makes these groups fast again',
    kafka: async ({ workload }) => {
      workload.setSlow(false)
      return 'order-fulfilment is fast again.'
    },
    rocketmq: async (payments) => {
      await payments.setSlow(false)
      return 'payment-processing is fast again.'
    },
  },
  'dead-letters': {
    tells: `Kafka: lets the next ${BURST} orders fail, all of one cause: dead letters arrive in orders-dlt for some seconds`,
    kafka: async ({ workload }) => {
      workload.failOrders(BURST)
      return `The next ${BURST} orders fail, because the stock service does not answer; see orders-dlt.`
    },
  },
  'console-kill-collector': {
    tells: 'kills the console’s collector, which the console starts again',
    web: async (web) => {
      const pid = await web.collectorPid()
      if (pid === null) return 'The console has no collector at this moment.'
      process.kill(pid, 'SIGKILL')
      return `The collector (process ${pid}) was killed.`
    },
  },
}

export function listFaults(): string {
  const width = Math.max(...Object.keys(FAULTS).map((name) => name.length))
  return Object.entries(FAULTS)
    .map(([name, { tells }]) => `  ${name.padEnd(width)}  ${tells}`)
    .join('\n')
}

export async function injectFault(name: string, parts: DemoParts): Promise<Reply> {
  const fault = FAULTS[name]
  if (!fault) return { ok: false, text: `There is no fault ${JSON.stringify(name)}. There are:\n${listFaults()}` }
  const answers = await Promise.all([
    parts.kafka && fault.kafka?.(parts.kafka),
    parts.rocketmq && fault.rocketmq?.(parts.rocketmq),
    fault.web?.(parts.web),
  ])
  const done = answers.filter((answer) => typeof answer === 'string')
  if (done.length === 0) return { ok: false, text: `${name} is about a system that this demo was started without.` }
  return { ok: true, text: done.join('\n') }
}

async function stopBrokers(cluster: KafkaTestCluster, ids: number[]): Promise<string> {
  await Promise.all(cluster.brokers.filter(({ id }) => ids.includes(id)).map((broker) => broker.kill()))
  return `Stopped: broker ${ids.join(' and ')}. Bring them back with: broker-up`
}

type Role = 'master' | 'slave'

async function killMember({ cluster }: RocketmqPayments, id: number, role: Role): Promise<string> {
  await cluster.brokers.find((broker) => broker.id === id)?.kill()
  return `The ${role} is gone. Bring it back with: ${role}-up`
}

async function startMember({ cluster }: RocketmqPayments, id: number, role: Role): Promise<string> {
  await cluster.brokers.find((broker) => broker.id === id)?.start()
  return `The ${role} runs.`
}
