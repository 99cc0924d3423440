/** Every command that the console writes down for RocketMQ, run as it stands by RocketMQ's own `mqadmin`. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MINUTE_MS } from '../../../lib/units.ts'
import { filtered, takenApart } from '../../servers/command-line.ts'
import type { JavaPeer } from '../../servers/java-peer.ts'
import { groupOf } from '../../servers/polls.ts'
import { type RocketmqClients, startRocketmqClients } from '../../servers/rocketmq-clients.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig, rocketmqSnapshot } from '../../servers/rocketmq-polls.ts'
import { configTable, topicNames } from '../../servers/rocketmq-tools.ts'
import { commandsOf } from '../../unit/durability/runbooks/all-commands.ts'

/** `mqadmin` of 5.5 takes up to three seconds to end each command: several wait at once. */
const PEERS = { '5.5.0': 4, '4.9.7': 1 }
const GROUPS = ['billing', 'console-consumer-1', 'console-consumer-4711']
const GIVEN_UP_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC'
const SENT = 4
const KEY = 'order-1'
/** The group of `sendTransactions`. */
const PRODUCERS = 'test-transactions'
/** What 4.9 does not have: commands, whose steps say so, and timers. */
const SINCE_5 = /^mqadmin (haStatus|getSyncStateSet|getControllerMetaData) |grep timerReadBehind$/
/** By the tool's own words: it has understood, and there is no controller here. */
const OF_CONTROLLERS = /^mqadmin (getSyncStateSet|getControllerMetaData) /
const NO_CONTROLLER = 'connect to 127.0.0.1:1 failed'
const CHANGE = /^mqadmin (update\w+|deleteExpiredCommitLog|resetOffsetByTime) /
const SETTING = /^mqadmin updateBrokerConfig .* -k (\S+) -v (\S+)$/
const DELETION = /^mqadmin deleteSubGroup /
const BROKER_SETTINGS = {
  ...{ transactionTimeOut: '1000', transactionCheckInterval: '1000', transactionCheckMax: '1' },
  // Nobody waits for the slave that there is none of.
  ...{ brokerRole: 'ASYNC_MASTER', inSyncReplicas: '1' },
}
const SOON = { timeout: MINUTE_MS, interval: 500 }

interface Line {
  where: string
  line: string
}

interface Outcome {
  isDone: boolean
  text: string
}

describe.each(['5.5.0', '4.9.7'] as const)('RocketMQ %s', (version) => {
  let cluster: RocketmqTestCluster
  let clients: RocketmqClients
  let broker: string
  let peers: JavaPeer[]

  beforeAll(async () => {
    cluster = await startRocketmqCluster({ version, slaves: 0, brokerConfig: BROKER_SETTINGS })
    broker = cluster.broker('broker-a').address
    clients = await startRocketmqClients(cluster)
    peers = await Promise.all(Array.from({ length: PEERS[version] }, () => cluster.startPeer('MqAdmin')))
    await giveOccasions()
  })
  afterAll(() => cluster?.stop())

  /** Most commands look for something that has to be there. */
  async function giveOccasions(): Promise<void> {
    const { clusterName } = cluster
    for (const topic of ['orders', 'orders-dlt']) {
      await cluster.mqadmin('updateTopic', ['-c', clusterName, '-t', topic, '-r', '1', '-w', '1'])
    }
    await cluster.mqadmin('updateSubGroup', ['-c', clusterName, '-g', 'billing', '-q', '2', '-r', '3'])
    await clients.send('orders', SENT - 2)
    await clients.sendOne({ topic: 'orders', key: KEY, body: 'paid' })
    await clients.send('orders', 1, { delayLevel: 1 })
    await clients.sendTransactions('orders', 1, 'UNKNOW')
    for (const group of GROUPS) await clients.consume(group, 'orders')
    await vi.waitFor(async () => {
      const seen = await rocketmqSnapshot(rocketmqConfig(cluster))
      for (const group of GROUPS) {
        expect(groupOf(seen, group).partitions).toContainEqual(
          expect.objectContaining({ topic: 'orders', committedOffset: BigInt(SENT) }),
        )
      }
      expect(topicNames(await cluster.mqadmin('topicList'))).toContain(GIVEN_UP_TOPIC)
    }, SOON)
    await cluster.mqadmin('updateTopicPerm', ['-b', broker, '-t', 'orders', '-p', '4'])
  }

  /** What the words in capitals stand for here, and the addresses of servers that are not there. */
  function filledIn(command: string): string {
    const line = command
      .replace(/-b (BROKER_ADDRESS|[\w.]+:\d+)/, `-b ${broker}`)
      .replace(/-n 10\.0\.0\.\d:9876/, `-n ${cluster.nameServerList}`)
      .replace('CONTROLLER_ADDRESS', '127.0.0.1:1')
      .replace('HOURS', '96')
      .replace('-r QUEUES -w QUEUES', '-r 1 -w 1')
      .replace('RETRY_QUEUES', '1')
      .replace('-r RETRIES', '-r 16')
      .replace('-k KEY', `-k ${KEY}`)
      .replace('TIMESTAMP', '2026-01-31#12:00:00:000')
      .replace(/(?<=producerConnection .*)-g \S+/, `-g ${PRODUCERS}`)
      .replace('-g GROUP -t TOPIC', '-g billing -t orders')
    // Of a setting that its brokers do not tell, the console does not write either.
    return version === '4.9.7' ? line.replace(/ -o (true|false)$/, '') : line
  }

  const settings = async (): Promise<Record<string, string>> =>
    configTable(await cluster.mqadmin('getBrokerConfig', ['-b', broker]))

  /** Of a broker that tells no such setting, nothing is found about it. */
  function isMeant({ line }: Line, told: Record<string, string>): boolean {
    if (version === '5.5.0') return true
    const setting = SETTING.exec(line)?.[1] ?? / \| grep -E (\w+)$/.exec(line)?.[1]
    return !SINCE_5.test(line) && (setting === undefined || setting in told)
  }

  async function run(lines: readonly Line[]): Promise<Record<string, string>[]> {
    const outcomes = await outcomesOf(lines, peers)
    return lines.flatMap(({ where, line }) => {
      const fault = faultIn(line, outcomes.get(commandIn(line)))
      return fault === null ? [] : [{ where, line, fault: fault.slice(0, 1_000) }]
    })
  }

  test(
    'understands every command, finds what it looks for, and changes what it is to change',
    async () => {
      const told = await settings()
      const all = [...commandsOf('rocketmq', cluster.nameServerList)]
      const lines = all
        .map(([command, where]) => ({ line: filledIn(command), where }))
        .filter((line) => isMeant(line, told))
      expect(lines.length).toBeGreaterThan(60)
      const changes = lines.filter(({ line }) => CHANGE.test(line))
      const deletions = lines.filter(({ line }) => DELETION.test(line))
      const looks = lines.filter((line) => !changes.includes(line) && !deletions.includes(line))
      expect(await run(changes)).toEqual([])
      expect(await run(looks)).toEqual([])

      const wanted = settingsIn(changes)
      const now = await settings()
      expect(Object.fromEntries(Object.keys(wanted).map((name) => [name, now[name]]))).toEqual(wanted)
      expect(await cluster.mqadmin('topicRoute', ['-t', 'orders'])).toMatch(/"perm":6/)
      const group = (): Promise<string> => cluster.mqadmin('getConsumerConfig', ['-g', 'billing'])
      expect(configTable(await group())).toMatchObject({ retryQueueNums: '1', retryMaxTimes: '16' })
      await vi.waitFor(async () => expect(await clients.handled('billing')).toBeGreaterThanOrEqual(2 * SENT), SOON)
      expect(await run(deletions)).toEqual([])
      expect(await group()).toBe('')
    },
    5 * MINUTE_MS,
  )

  test('would be found out if it were not understood', async () => {
    // The last one ends the program.
    for (const words of ['noSuchCommand', 'topicStatus -t nothing', 'clusterList | grep nothing', 'topicRoute -zz']) {
      const [name = '', ...rest] = words.split(' ')
      const line = [`mqadmin ${name} -n ${cluster.nameServerList}`, ...rest].join(' ')
      expect(await run([{ where: words, line }])).toMatchObject([{ where: words }])
    }
  })
})

/** Of several values of one setting the last one stays. */
function settingsIn(changes: readonly Line[]): Record<string, string> {
  const found = changes.flatMap(({ line }) => {
    const [, name, value] = SETTING.exec(line) ?? []
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}

function commandIn(line: string): string {
  return line.split(' | ')[0] ?? ''
}

/** What it changes or looks at: commands about the same go one after the other. */
function objectOf(command: string): string {
  return / -(?:k|t|g) (\S+)/.exec(command)?.[1] ?? command
}

/** By command; each is run once, whatever filters stand behind it. */
async function outcomesOf(lines: readonly Line[], peers: readonly JavaPeer[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  const commands = [...new Set(lines.map(({ line }) => commandIn(line)))]
  const jobs = [...Map.groupBy(commands, objectOf).values()]
  const work = async (peer: JavaPeer): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      for (const command of job) outcomes.set(command, await outcomeOf(peer, command))
    }
  }
  await Promise.all(peers.map(work))
  return outcomes
}

function outcomeOf(peer: JavaPeer, command: string): Promise<Outcome> {
  return peer.call(...takenApart(command).words.slice(1)).then(
    (text) => ({ isDone: !text.startsWith('The sub command '), text }),
    (error: Error) => ({ isDone: false, text: error.message }),
  )
}

/** What is wrong with the command; null where nothing is. */
function faultIn(line: string, { isDone, text }: Outcome = { isDone: false, text: '' }): string | null {
  if (OF_CONTROLLERS.test(line)) return text.includes(NO_CONTROLLER) ? null : text
  if (!isDone) return text
  return filtered(text, takenApart(line)).trim() === '' ? 'it finds nothing' : null
}
