/**
 * Benchmarks: `npm run bench`, or `npm run bench -- NAME` for one of `small`, `large` and `rocketmq` (fleets on
 * real brokers), `findings` and `alerts` (40,000 partitions, without brokers), `replay`, `exactlyOnce`, `history`, `rocketmqDecode`,
 * `dlqDecode` and `inbox` (1,000,000 dead letters on a real broker). Prints the numbers and writes `test/bench/results.json`.
 * HOLDFAST_BENCH_KMINION names a kminion program to measure beside it.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { SECOND_MS } from '../../lib/units.ts'
import { startKafkaCluster } from '../servers/kafka-cluster.ts'
import { startRocketmqCluster } from '../servers/rocketmq-cluster.ts'
import { benchAlerts } from './alerts-bench.ts'
import { benchConsumption, benchPage, benchReads, withConsole } from './console-bench.ts'
import { benchDlqDecode } from './dlq-decode-bench.ts'
import { benchExactlyOnce } from './exactly-once-bench.ts'
import { benchFindings } from './findings-bench.ts'
import { createFleet, type FleetPlan, largeFleet, smallFleet } from './fleet.ts'
import { benchHistory } from './history-bench.ts'
import { benchInbox } from './inbox-bench.ts'
import { benchKminion } from './kminion.ts'
import { treeUse } from './measure.ts'
import { benchPoll, kafkaConfig, rocketmqConfig } from './poll-bench.ts'
import { benchReplay } from './replay-bench.ts'
import { benchRocketmqDecode } from './rocketmq-decode-bench.ts'
import { createRocketmqFleet, keepWriting, rocketmqFleet } from './rocketmq-fleet.ts'
import { benchPrototype } from './rocketmq-prototype.ts'
import { benchSends } from './rocketmq-send-bench.ts'

const RESULTS = fileURLToPath(new URL('results.json', import.meta.url))

interface Scale {
  plan: FleetPlan
  heapMb: number
  /** Between two polls of the in-process part. */
  pauseMs: number
  paths: string[]
}

const TOPIC = 'fleet.topic-00007'
const GROUP = 'fleet.group-00003'
const PATHS = [
  '/api/v1/clusters',
  '/api/v1/clusters/bench/topics?limit=1000',
  '/api/v1/clusters/bench/ladder',
  '/api/v1/clusters/bench/topics?limit=100&q=0042&sort=-sizeBytes',
  `/api/v1/clusters/bench/topics/${TOPIC}`,
  '/api/v1/clusters/bench/groups?limit=1000&sort=-lagMessages',
  `/api/v1/clusters/bench/groups/${GROUP}`,
  `/api/v1/series?metric=isrSize&cluster=bench&topic=${TOPIC}`,
  '/',
  '/clusters/bench/topics',
]

const SCALES: Record<string, Scale> = {
  small: { plan: smallFleet(), heapMb: 400, pauseMs: SECOND_MS, paths: PATHS },
  large: { plan: largeFleet(), heapMb: 1_400, pauseMs: 2 * SECOND_MS, paths: PATHS },
}

async function benchScale(name: string, scale: Scale): Promise<unknown> {
  say(`${name}: starting brokers`)
  const cluster = await startKafkaCluster({
    heapMb: scale.heapMb,
    brokerConfig: { 'log.cleaner.enable': 'false', 'offsets.topic.num.partitions': '12' },
  })
  try {
    const { topics, groups } = scale.plan
    const partitions = topics.reduce((sum, topic) => sum + topic.partitions, 0)
    say(`${name}: creating ${topics.length} topics, ${partitions} partitions, ${groups.length} groups`)
    await createFleet(cluster.bootstrapServers, scale.plan)
    say(`${name}: polling`)
    const poll = await benchPoll({
      config: kafkaConfig(cluster.bootstrapServers),
      pauseMs: scale.pauseMs,
      serverPids: [],
    })
    say(JSON.stringify(poll, null, 2))
    const kminionPoll = await benchKminion(cluster.bootstrapServers, scale.pauseMs)
    say(`kminion: ${JSON.stringify(kminionPoll)}`)
    say(`${name}: watching the whole console`)
    const whole = await withConsole(cluster.bootstrapServers, async (console) => ({
      consumption: await benchConsumption(console, cluster.bootstrapServers),
      reads: await benchReads(console, scale.paths),
      overview: await benchPage(`${console.url}/`),
      residentMbAfterReads: Math.round((await treeUse(console.pid)).residentBytes / 2 ** 20),
    }))
    say(JSON.stringify(whole, null, 2))
    return { topics: topics.length, partitions, groups: groups.length, poll, kminionPoll, ...whole }
  } finally {
    await cluster.stop()
  }
}

async function benchRocketmq(): Promise<unknown> {
  say('rocketmq: starting a NameServer, a master and a slave')
  const cluster = await startRocketmqCluster({
    heapMb: 512,
    // What a fleet in use has: the full compiler, and no refusals or waits for the disk while it is filled.
    jvm: ['-XX:TieredStopAtLevel=4'],
    brokerConfig: { flushDiskType: 'ASYNC_FLUSH', inSyncReplicas: '1', waitTimeMillsInSendQueue: '5000' },
  })
  try {
    const master = cluster.broker('broker-a')
    const { topics, groups } = rocketmqFleet()
    say(`rocketmq: creating ${topics.length} topics and ${groups.length} groups`)
    await createRocketmqFleet(master.address, rocketmqFleet())
    const prototype = await benchPrototype({ broker: master.address, topics: topics.map(({ name }) => name) })
    say(`rocketmq: a bare prototype takes ${JSON.stringify(prototype)}; polling`)
    const nameServers = cluster.nameServers.map(({ address }) => address)
    const plan = {
      config: rocketmqConfig(nameServers),
      pauseMs: SECOND_MS,
      serverPids: master.pid === null ? [] : [master.pid],
    }
    const poll = await benchPoll(plan)
    say(JSON.stringify(poll, null, 2))
    say('rocketmq: polling while a third of the topics is written to')
    const stop = new AbortController()
    const writing = keepWriting(master.address, rocketmqFleet(), stop.signal)
    const pollBusy = await benchPoll(plan)
    stop.abort()
    await writing
    say(JSON.stringify(pollBusy, null, 2))
    say('rocketmq: timing sends, polled and not')
    const sends = await benchSends(cluster, rocketmqConfig(nameServers), topics[0]?.name ?? '')
    say(JSON.stringify(sends, null, 2))
    return { topics: topics.length, groups: groups.length, prototype, poll, pollBusy, sends }
  } finally {
    await cluster.stop()
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function earlierResults(): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(RESULTS, 'utf8')) as Record<string, unknown>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

const BENCHES: Record<string, () => Promise<unknown>> = {
  ...Object.fromEntries(Object.entries(SCALES).map(([name, scale]) => [name, () => benchScale(name, scale)])),
  rocketmq: benchRocketmq,
  history: async () => {
    const result = await benchHistory(say)
    say(`history: ${JSON.stringify(result, null, 2)}`)
    return result
  },
  findings: async () => {
    const result = await benchFindings()
    say(`findings: ${JSON.stringify(result, null, 2)}`)
    return result
  },
  alerts: async () => {
    const result = await benchAlerts()
    say(`alerts: ${JSON.stringify(result, null, 2)}`)
    return result
  },
  exactlyOnce: async () => {
    const result = await benchExactlyOnce()
    say(`exactlyOnce: ${JSON.stringify(result, null, 2)}`)
    return result
  },
  rocketmqDecode: async () => {
    const result = await benchRocketmqDecode()
    say(`rocketmqDecode: ${JSON.stringify(result, null, 2)}`)
    return result
  },
  replay: async () => {
    const result = await benchReplay(say)
    say(`replay: ${JSON.stringify(result, null, 2)}`)
    return result
  },
  inbox: async () => {
    const result = await benchInbox(say)
    say(`inbox: ${JSON.stringify(result, null, 2)}`)
    return result
  },
  dlqDecode: async () => {
    const result = await benchDlqDecode()
    say(`dlqDecode: ${JSON.stringify(result, null, 2)}`)
    return result
  },
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHES)
const results = await earlierResults()
results.machine = { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version }
for (const name of wanted) {
  const bench = BENCHES[name]
  if (bench === undefined) {
    throw new Error(`No benchmark is called ${name}; there are: ${Object.keys(BENCHES).join(', ')}.`)
  }
  results[name] = await bench()
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`)
}
process.exit(0)
