/** The faults that `npm run demo -- fault NAME` injects. */
import type { TestConsole } from '../servers/console.ts'
import type { KafkaTestCluster } from '../servers/kafka-cluster.ts'
import type { Reply } from './control.ts'
import type { Workload } from './workload.ts'

const BURST = 200

export interface DemoParts {
  cluster: KafkaTestCluster
  workload: Workload
  web: TestConsole
}

interface Fault {
  tells: string
  inject(parts: DemoParts): Promise<string>
}

const FAULTS: Record<string, Fault> = {
  'broker-down': {
    tells: 'stops broker 3: partitions lose a copy and stand at their min ISR',
    inject: ({ cluster }) => stopBrokers(cluster, [3]),
  },
  'two-brokers-down': {
    tells: 'stops brokers 2 and 3: partitions fall under their min ISR, writes are refused, some go offline',
    inject: ({ cluster }) => stopBrokers(cluster, [2, 3]),
  },
  'broker-up': {
    tells: 'starts every stopped broker again',
    inject: async ({ cluster }) => {
      await Promise.all(cluster.brokers.map((broker) => broker.start()))
      return 'All brokers run.'
    },
  },
  'controller-down': {
    tells: 'kills the controller: brokers go on answering with frozen metadata',
    inject: async ({ cluster }) => {
      await cluster.controller.kill()
      return 'The controller is gone. Bring it back with: controller-up'
    },
  },
  'controller-up': {
    tells: 'starts the controller again',
    inject: async ({ cluster }) => {
      await cluster.controller.start()
      return 'The controller runs.'
    },
  },
  'slow-consumer': {
    tells: 'makes the group order-fulfilment slow, so that its lag grows',
    inject: async ({ workload }) => {
      workload.setSlow(true)
      return 'order-fulfilment is slow now. Make it fast again with: fast-consumer'
    },
  },
  'fast-consumer': {
    tells: 'makes the group order-fulfilment fast again',
    inject: async ({ workload }) => {
      workload.setSlow(false)
      return 'order-fulfilment is fast again.'
    },
  },
  'dead-letters': {
    tells: `adds ${BURST} dead letters at once`,
    inject: async ({ workload }) => {
      await workload.addDeadLetters(BURST)
      return `${BURST} dead letters were added to orders-dlt and payments.DLT.`
    },
  },
  'console-kill-collector': {
    tells: 'kills the console’s collector, which the console starts again',
    inject: async ({ web }) => {
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
  return { ok: true, text: await fault.inject(parts) }
}

async function stopBrokers(cluster: KafkaTestCluster, ids: number[]): Promise<string> {
  await Promise.all(cluster.brokers.filter(({ id }) => ids.includes(id)).map((broker) => broker.kill()))
  return `Stopped: broker ${ids.join(' and ')}. Bring them back with: broker-up`
}
