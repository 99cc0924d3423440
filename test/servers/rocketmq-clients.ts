/** Producers and consumers of RocketMQ's own Java client, all in one warm process (test/servers/java/Clients.java). */
import type { RocketmqTestCluster } from './rocketmq-cluster.ts'

/** What the broker said of each message, such as `{ SEND_OK: 10 }`. */
export type SendResults = Partial<
  Record<'SEND_OK' | 'FLUSH_DISK_TIMEOUT' | 'FLUSH_SLAVE_TIMEOUT' | 'SLAVE_NOT_AVAILABLE', number>
>

/** How a transaction ends; `UNKNOW` (RocketMQ's own word) is asked about again and again, and never ends. */
export type TransactionOutcome = 'COMMIT_MESSAGE' | 'ROLLBACK_MESSAGE' | 'UNKNOW'

export interface RocketmqClients {
  /** One message after another, waiting for each; spread over the topic's queues. */
  send(topic: string, count: number, options?: { bytes?: number; delayLevel?: number }): Promise<SendResults>
  /** @returns the id that applications see */
  sendOne(message: { topic: string; key: string; body: string; properties?: Record<string, string> }): Promise<string>
  /** The last messages that came to the group, whether handled well or not; a retry comes again. */
  received(group: string): Promise<ReceivedMessage[]>
  /** One after another, with short rests, for so long. @returns how long each took, in microseconds */
  timeSends(topic: string, durationMs: number, bytes: number): Promise<number[]>
  /** Nobody hears what became of them. */
  sendOneway(topic: string, count: number): Promise<void>
  sendTransactions(topic: string, count: number, outcome: TransactionOutcome): Promise<void>
  /** A steady stream until the process ends; messages that are refused are left out. */
  sendEvery(topic: string, perSecond: number, bytes: number): Promise<void>
  /** A transaction that never ends, once per period. */
  transactEvery(topic: string, periodMs: number): Promise<void>
  /** Joins the group with one thread. After that many retries a message goes to `%DLQ%<group>`. */
  consume(group: string, topic: string, options?: { maxRetries?: number } & ConsumerBehaviour): Promise<void>
  behave(group: string, behaviour: ConsumerBehaviour): Promise<void>
  /** How many messages the group has handled well. */
  handled(group: string): Promise<number>
  /** Leaves the group in good order. */
  leave(group: string): Promise<void>
  /** Ends the process at once: its members are missed only after a while. */
  stop(): Promise<void>
}

/** As an application sees it. */
export interface ReceivedMessage {
  topic: string
  messageId: string
  reconsumeTimes: number
  body: string
  properties: Record<string, string>
}

export interface ConsumerBehaviour {
  /** Time spent on each message; default 0. */
  pauseMs?: number
  /** Share of the messages, from 0 to 1, that fail each time they come; default 0. */
  failedShare?: number
}

export async function startRocketmqClients(cluster: RocketmqTestCluster): Promise<RocketmqClients> {
  const peer = await cluster.startPeer('Clients')
  const call = async (...words: (string | number)[]): Promise<string> => peer.call(...words.map(String))
  const behave = async (group: string, { pauseMs = 0, failedShare = 0 }: ConsumerBehaviour): Promise<void> => {
    await call('behave', group, pauseMs, failedShare)
  }
  return {
    async send(topic, count, { bytes = 100, delayLevel = 0 } = {}) {
      return parseResults(await call('send', topic, count, bytes, delayLevel))
    },
    sendOne({ topic, key, body, properties = {} }) {
      return call('sendOne', topic, key, body, ...Object.entries(properties).flat())
    },
    async received(group) {
      return (await call('received', group))
        .split('\n')
        .filter((line) => line !== '')
        .map(parseReceived)
    },
    async timeSends(topic, durationMs, bytes) {
      return (await call('timeSends', topic, durationMs, bytes)).split(' ').map(Number)
    },
    async sendOneway(topic, count) {
      await call('sendOneway', topic, count)
    },
    async sendTransactions(topic, count, outcome) {
      await call('sendTransactions', topic, count, outcome)
    },
    async sendEvery(topic, perSecond, bytes) {
      await call('sendEvery', topic, perSecond, bytes)
    },
    async transactEvery(topic, periodMs) {
      await call('transactEvery', topic, periodMs)
    },
    async consume(group, topic, { maxRetries = 1, ...behaviour } = {}) {
      await call('consume', group, topic, maxRetries, behaviour.pauseMs ?? 0, behaviour.failedShare ?? 0)
    },
    behave,
    async handled(group) {
      return Number(await call('handled', group))
    },
    async leave(group) {
      await call('leave', group)
    },
    stop: () => peer.stop(),
  }
}

function parseResults(text: string): SendResults {
  const lines = text.split('\n').filter((line) => line !== '')
  return Object.fromEntries(lines.map((line) => line.split('=')).map(([status, count]) => [status, Number(count)]))
}

function parseReceived(line: string): ReceivedMessage {
  const fields = line.split(' ').map((field) => Buffer.from(field.slice(1), 'base64').toString())
  const [topic = '', messageId = '', reconsumeTimes = '', body = '', ...rest] = fields
  const names = rest.filter((_, index) => index % 2 === 0)
  const properties = Object.fromEntries(names.map((name, index) => [name, rest[2 * index + 1] ?? '']))
  return { topic, messageId, reconsumeTimes: Number(reconsumeTimes), body, properties }
}
