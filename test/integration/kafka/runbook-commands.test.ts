/** Every command that the console writes down for Kafka, run as it stands by Kafka's own tools. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { MINUTE_MS } from '../../../lib/units.ts'
import { connectClients, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { type KafkaShell, openKafkaShell } from '../../servers/kafka-shell.ts'
import { commandsOf } from '../../unit/durability/runbooks/all-commands.ts'

/** The first whose share groups have dead letters; its tools are not published, those of the release before serve. */
const BROKERS = '4.4.0'
/** By the tool's own words: it has understood, and this cluster has no occasion for the command. */
const NO_OCCASION: readonly [where: string, says: string][] = [
  ['group.shareWithoutDlq create', 'errors.deadletterqueue.group.enable'],
  ['transaction.hanging abort', 'Could not find any open transactions starting at offset 0'],
  ['quorum.fewVoters join', 'node.id'],
  ['topicRecreated prevent', 'No Authorizer is configured'],
]
/** Also where they end as if all were well. */
const COMPLAINT = /not a recognized option|[Uu]sage:|Exception|^Error/m
const ALTERATION =
  /^kafka-configs\.sh (.+) --alter (--entity-type \w+ --entity-(?:default|name \S+)) --(add|delete)-config (\S+)$/

let cluster: KafkaTestCluster
let clients: TestClients
let folder: string
let shell: KafkaShell

beforeAll(async () => {
  cluster = await startKafkaCluster({ version: BROKERS })
  clients = await connectClients(cluster.bootstrapServers)
  // The topic of tiered storage, which brokers make where that is on.
  for (const name of ['orders', 'refunds', 'orders-dlt', 'app-store-changelog', '__remote_log_metadata']) {
    const everywhere = [1, 2, 3]
    await clients.createTopic(name, [everywhere, everywhere], { 'flush.messages': '1', 'flush.ms': '1000' })
  }
  await clients.createTopic('dlq.shared', [[1, 2, 3]], { 'errors.deadletterqueue.group.enable': 'true' })
  await clients.produce('orders', [{ value: 'one', partition: 0 }])
  for (const groupId of ['billing', 'console-consumer-1', 'console-consumer-4711']) {
    await clients.admin.setOffsets({ groupId, topic: 'orders', partitions: [{ partition: 0, offset: '1' }] })
  }
  folder = await mkdtemp(path.join(tmpdir(), 'holdfast-runbooks-'))
  // A controller that is to join would have more.
  await writeFile(path.join(folder, 'controller.properties'), 'process.roles=controller\n')
  shell = await openKafkaShell(folder)
})

afterAll(async () => {
  await Promise.allSettled([shell?.close(), clients?.close()])
  await cluster?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/** What the words in capitals stand for here; and the address of a broker that is not there. */
function filledIn(command: string): string {
  return command
    .replace('localhost:9091', cluster.bootstrapServers[0] ?? '')
    .replace('--bootstrap-controller CONTROLLER', `--bootstrap-controller localhost:${cluster.controller.port}`)
    .replace('START_OFFSET', '0')
    .replace('--to-datetime TIME', '--to-datetime 2026-01-31T12:00:00.000')
    .replace('--entity-name TOPIC', '--entity-name orders')
    .replace('MILLISECONDS', '3600000')
    .replace('LOG_DIR', cluster.brokers[0]?.logDirs[0] ?? '')
    .replace('SEGMENT', '0'.repeat(20))
}

async function textOf(line: string): Promise<string> {
  return (await shell.run(line)).text
}

/** Brokers hear of a change a moment later. */
async function changesNothing(line: string): Promise<boolean> {
  const [, target, entity, how, settings = ''] = ALTERATION.exec(line) ?? []
  if (how === undefined) return false
  const looksRight = async (): Promise<void> => {
    const told = await textOf(`kafka-configs.sh ${target} --describe ${entity}`)
    for (const setting of settings.split(',')) {
      if (how === 'add') expect(told).toContain(` ${setting} `)
      else expect(told).not.toContain(` ${setting}=`)
    }
  }
  return vi.waitFor(looksRight, { timeout: 20_000, interval: 200 }).then(
    () => false,
    () => true,
  )
}

/** What is wrong with the command; null where nothing is. */
async function faultOf(line: string, where: string): Promise<string | null> {
  const { isDone, text } = await shell.run(line)
  const occasion = NO_OCCASION.find(([place]) => place === where)
  if (occasion !== undefined) return text.includes(occasion[1]) ? null : text
  if (!isDone || COMPLAINT.test(text)) return text
  if (line.includes(' | grep ') && text === '') return 'it finds nothing'
  return (await changesNothing(line)) ? 'it changes nothing' : null
}

test(
  'every command is understood, finds what it looks for, and changes what it is to change',
  async () => {
    const address = cluster.bootstrapServers.join(',')
    const commands = [...commandsOf('kafka', address)].map(([command, where]) => ({ line: filledIn(command), where }))
    expect(commands.length).toBeGreaterThan(80)
    expect(commands.filter(({ line }) => ALTERATION.test(line)).length).toBeGreaterThan(15)
    const faults: Record<string, string>[] = []
    // Others ask about the group that one of them deletes.
    const isLast = ({ line }: { line: string }): boolean => line.includes(' --delete ')
    for (const { line, where } of commands.toSorted((one, other) => Number(isLast(one)) - Number(isLast(other)))) {
      const fault = await faultOf(line, where)
      if (fault !== null) faults.push({ where, line, fault: fault.slice(0, 600) })
    }
    expect(faults).toEqual([])
    const onCluster = `--bootstrap-server ${address}`
    expect(await textOf(`kafka-consumer-groups.sh ${onCluster} --list`)).not.toContain('billing')
    expect(await textOf(`kafka-reassign-partitions.sh ${onCluster} --list`)).toContain(
      'No partition reassignments found',
    )
  },
  5 * MINUTE_MS,
)

test('a command that is not understood would be found out', async () => {
  const onCluster = `--bootstrap-server ${cluster.bootstrapServers[0]}`
  for (const line of [
    `kafka-topics.sh ${onCluster} --list --nope`,
    `kafka-transactions.sh ${onCluster} find-hanging --nope`,
    `kafka-configs.sh ${onCluster} --alter --entity-type topics --entity-name orders --add-config nope=1`,
    `kafka-consumer-groups.sh ${onCluster} --describe --group nobody`,
    `kafka-configs.sh ${onCluster} --describe --all --entity-type topics --entity-name orders | grep -F nope`,
  ]) {
    expect(await faultOf(line, line)).not.toBeNull()
  }
})
