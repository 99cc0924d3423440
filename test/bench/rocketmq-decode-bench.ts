/** How fast what RocketMQ's brokers answer is decoded, on one core and without any broker. */
import { parseFastjson } from '../../lib/rocketmq/fastjson.ts'
import { decodeMessages, parseProperties } from '../../lib/rocketmq/stored-message.ts'
import { encodeMessage } from '../builders/rocketmq-messages.ts'
import { costOf, medianCost, round } from './measure.ts'

const ROUNDS = 12
const WARM_UP_ROUNDS = 4
const SAMPLE_BYTES = 16 * 2 ** 20
const MEGABYTE = 1e6
/** The fleet of the poll budget. */
const TOPICS = 1_000
const GROUPS = 500
const QUEUES = 8
const BODY_BYTES = { small: 100, ordinary: 1_024, large: 64 * 1_024 }

export async function benchRocketmqDecode(): Promise<unknown> {
  const messages: Record<string, unknown> = {}
  for (const [name, bodyBytes] of Object.entries(BODY_BYTES)) messages[name] = await benchMessages(bodyBytes)
  const tables = Array.from({ length: TOPICS }, (_, index) => topicTable(`topic-${index}`))
  return {
    messages,
    topicTables: { count: TOPICS, ...(await benchBodies(tables)) },
    offsetTable: { groups: GROUPS, ...(await benchBodies([offsetTable()])) },
  }
}

/** Every field read, every CRC compared, every property parsed. */
async function benchMessages(bodyBytes: number): Promise<unknown> {
  const one = encodeMessage({
    storedBody: Buffer.alloc(bodyBytes, 'holdfast'),
    properties: [
      ['MSG_REGION', 'DefaultRegion'],
      ['UNIQ_KEY', '7F0000010001AAAA0000000000000001'],
      ['CLUSTER', 'testCluster'],
      ['TAGS', 'tagA'],
      ['KEYS', 'k1 k2'],
      ['WAIT', 'true'],
      ['TRACE_ON', 'true'],
    ],
  })
  const bytes = Buffer.concat(Array<Buffer>(Math.ceil(SAMPLE_BYTES / one.length)).fill(one))
  const { cpuMs } = await median(() => {
    for (const { propertyBytes } of decodeMessages(bytes).messages) parseProperties(propertyBytes)
  })
  return { messageBytes: one.length, megabytesPerSecond: Math.round(bytes.length / MEGABYTE / (cpuMs / 1_000)) }
}

async function benchBodies(bodies: readonly Buffer[]): Promise<{ bytes: number; cpuMs: number }> {
  const { cpuMs } = await median(() => {
    for (const body of bodies) parseFastjson(body)
  })
  return { bytes: bodies.reduce((sum, body) => sum + body.length, 0), cpuMs: round(cpuMs) }
}

async function median(work: () => void): Promise<{ cpuMs: number }> {
  const costs = []
  for (let count = 0; count < ROUNDS; count += 1) costs.push(await costOf(work))
  return medianCost(costs.slice(WARM_UP_ROUNDS))
}

/** As code 202 answers it. */
function topicTable(topic: string): Buffer {
  const queues = Array.from({ length: QUEUES }, (_, queue) => {
    const key = `{"brokerName":"broker-a","queueId":${queue},"topic":"${topic}"}`
    return `${key}:{"lastUpdateTimestamp":1795361519080,"maxOffset":${1_000 * queue},"minOffset":0}`
  })
  return Buffer.from(`{"offsetTable":{${queues.join()}},"topicPutTps":0.0}`)
}

/** As code 43 answers it. */
function offsetTable(): Buffer {
  const groups = Array.from({ length: GROUPS }, (_, group) => {
    const queues = Array.from({ length: QUEUES }, (_, queue) => `${queue}:${group * queue}`)
    return `"topic-${group}@group-${group}":{${queues.join()}}`
  })
  return Buffer.from(`{"dataVersion":{"counter":1},"offsetTable":{${groups.join()}}}`)
}
