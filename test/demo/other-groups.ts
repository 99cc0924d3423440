/** Groups that kafkajs cannot form: the new consumer protocol (KIP-848), and a share group. Each answers how to end it. */
import { Consumer } from '@platformatic/kafka'
import { SECOND_MS } from '../../lib/units.ts'
import { startGuarded } from '../servers/guard.ts'
import { kafkaJars } from '../servers/maven.ts'

const AGAIN_MS = 2 * SECOND_MS

export async function startNewProtocolGroup(bootstrapServers: string[]): Promise<() => Promise<void>> {
  let stopping = false
  let consumer: Consumer | null = null
  const consume = async (): Promise<void> => {
    const member = new Consumer({
      clientId: 'fraud-check',
      groupId: 'fraud-check',
      groupProtocol: 'consumer',
      bootstrapBrokers: bootstrapServers,
      autocommit: true,
    })
    consumer = member
    try {
      const stream = await member.consume({ topics: ['payments'], mode: 'committed', fallbackMode: 'earliest' })
      for await (const message of stream) if (message.offset < 0n) return
    } finally {
      await member.close(true).catch(() => undefined)
    }
  }
  const keepConsuming = async (): Promise<void> => {
    while (!stopping) {
      await consume().catch(() => undefined)
      // Its broker went away; the group comes back when the brokers do.
      if (!stopping) await new Promise((done) => setTimeout(done, AGAIN_MS))
    }
  }
  void keepConsuming()
  return async () => {
    stopping = true
    await consumer?.close(true)
  }
}

/** Kafka's own console client: no JavaScript client speaks share groups yet. */
export async function startShareGroup(bootstrapServers: string[]): Promise<() => Promise<void>> {
  const jars = await kafkaJars()
  const jvm = ['-Xmx64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${jars}/*`]
  const tool = 'org.apache.kafka.tools.consumer.ConsoleShareConsumer'
  const client = await startGuarded('java', [
    ...jvm,
    tool,
    '--bootstrap-server',
    bootstrapServers.join(','),
    '--topic',
    'shipments',
    '--group',
    'parcel-labels',
  ])
  return () => client.stop('SIGKILL')
}
