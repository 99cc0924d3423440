/** README names the least rights the console needs, as commands: run exactly those, over TLS, and everything must be known. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { MessageBatch, SendOutcome } from '../../../lib/cluster/messages.ts'
import { RocketmqBrokerSettings } from '../../../lib/rocketmq/rocketmq-broker-settings.ts'
import { RocketmqMessages } from '../../../lib/rocketmq/rocketmq-messages.ts'
import { brokerOf, faultsOf, topicOf } from '../../servers/polls.ts'
import { startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig, rocketmqSnapshot } from '../../servers/rocketmq-polls.ts'

const SECRET = 'least-rights'
let cluster: RocketmqTestCluster

beforeAll(async () => {
  cluster = await startRocketmqCluster({ acl: true, tls: 'enforcing' })
  const clients = await startRocketmqClients(cluster)
  await clients.send('orders', 8)
  await clients.sendTransactions('orders', 1, 'UNKNOW')
  await clients.consume('billing', 'orders')
  await vi.waitFor(async () => expect(await clients.handled('billing')).toBe(8), { timeout: 60_000, interval: 300 })
  await clients.leave('billing')
  await clients.stop()
})

afterAll(() => cluster?.stop())

it('README’s rights make every fact known, and without them each missing part is named', async () => {
  const acl = { accessKey: 'holdfast', secretKey: SECRET }
  const [createUser, createAcl, updateAcl, createMore] = await readmeCommands()
  await runOnEveryBroker(createUser)

  const without = await rocketmqSnapshot(rocketmqConfig(cluster, { acl }))
  // Names and settings need no right; what the queues hold does.
  for (const partition of topicOf(without, 'orders').partitions) expect(partition.endOffset).toBeNull()
  expect(faultsOf(without, 'offsets')).toEqual(['broker broker-a:0: authorizationFailed'])
  expect(faultsOf(without, 'members')).toContain('group billing: authorizationFailed')

  await runOnEveryBroker(createAcl)

  const seen = await rocketmqSnapshot(rocketmqConfig(cluster, { acl }))
  expect(seen.facts.filter((fact) => fact.faultCount > 0)).toEqual([])
  const orders = topicOf(seen, 'orders')
  expect(orders.partitions.reduce((sum, { endOffset }) => sum + (endOffset ?? 0n), 0n)).toBe(8n)
  for (const id of ['broker-a:0', 'broker-a:1']) {
    const broker = brokerOf(seen, id)
    expect(broker).toMatchObject({ online: true, fault: null })
    expect(broker.config?.length).toBeGreaterThan(0)
    expect(JSON.stringify(broker.config)).not.toContain('test-only-super')
  }
  const undecided = { atMost: 1n, oldest: { topic: 'orders', producerGroup: 'test-transactions' } }
  expect(brokerOf(seen, 'broker-a:0').rocketmq?.undecided).toMatchObject(undecided)
  const billing = seen.groups.find(({ id }) => id === 'billing')
  expect(billing).toMatchObject({ fault: null })
  expect(billing?.partitions?.some(({ committedOffset }) => committedOffset !== null)).toBe(true)

  const messages = new RocketmqMessages(rocketmqConfig(cluster, { acl }))
  try {
    const refused = { fault: { code: 'authorizationFailed' } }
    await expect(readFirst(messages)).rejects.toMatchObject(refused)
    expect(await send(messages, 'orders')).toMatchObject([{ ...refused, isUncertain: false }])
    await runOnEveryBroker(updateAcl)
    expect((await readFirst(messages)).messages).toHaveLength(1)
    for (const topic of ['orders', '%RETRY%billing']) {
      expect(await send(messages, topic)).toMatchObject([{ sent: { topic }, durability: 'confirmed' }])
    }
  } finally {
    await messages.close()
  }

  const name = 'broker-a:1 fileReservedTime'
  const settings = new RocketmqBrokerSettings(rocketmqConfig(cluster, { acl }))
  try {
    await settings.change('orders', [{ name, override: '99' }], AbortSignal.timeout(DEADLINE_MS))
    const { settings: told } = await settings.read('orders', [name], AbortSignal.timeout(DEADLINE_MS))
    expect(told).toMatchObject([{ name, override: '99' }])

    const mend = (subject: string, setting: string, override: string): Promise<void> =>
      settings.change(subject, [{ name: `broker-a:0 ${setting}`, override }], AbortSignal.timeout(DEADLINE_MS))
    // A group is anybody's to change.
    await mend('billing', 'retryMaxTimes', '3')
    await expect(mend('orders', 'perm', '4')).rejects.toMatchObject(DENIED)
    await runOnEveryBroker(createMore)
    await mend('orders', 'perm', '4')
    const read = await settings.read('billing', ['broker-a:0 retryMaxTimes'], AbortSignal.timeout(DEADLINE_MS))
    expect(read.settings).toMatchObject([{ override: '3' }])
  } finally {
    await settings.close()
  }
})

const DEADLINE_MS = 30_000
const DENIED = { fault: { code: 'authorizationFailed' } }

function readFirst(messages: RocketmqMessages): Promise<MessageBatch> {
  const request = { topic: 'orders', partition: 0, broker: 'broker-a', fromOffset: 0n, maxBytes: 1 }
  return messages.reader().read(request, AbortSignal.timeout(DEADLINE_MS))
}

function send(messages: RocketmqMessages, topic: string): Promise<SendOutcome[]> {
  const nothing = { partition: null, broker: null, key: null, headers: [], timestampMs: null }
  return messages
    .sender()
    .send([{ topic, ...nothing, value: Buffer.from('allowed') }], AbortSignal.timeout(DEADLINE_MS))
}

async function runOnEveryBroker([command = '', ...args]: string[] = []): Promise<void> {
  for (const { address } of cluster.brokers) {
    const values: Record<string, string> = { BROKER: address, SECRET }
    await cluster.mqadmin(
      command,
      args.map((word) => values[word] ?? word),
    )
  }
}

async function readmeCommands(): Promise<string[][]> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const commands = readme.match(/^mqadmin .*$/gm) ?? []
  expect(commands).toHaveLength(4)
  return commands.map((command) => command.split(' ').slice(1))
}
