/** What polling costs a producer: send latency while polled and while left alone, in turns on the same broker. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { RocketmqClusterConfig } from '../../lib/cluster/cluster-config.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { type RocketmqClients, startRocketmqClients } from '../servers/rocketmq-clients.ts'
import type { RocketmqTestCluster } from '../servers/rocketmq-cluster.ts'
import { median, percentile } from './measure.ts'

/** One poll per window, as a console does. */
const WINDOW_MS = 15 * SECOND_MS
const WINDOWS = 8
const MESSAGE_BYTES = 512

interface Latency {
  p50Ms: number
  p99Ms: number
}

export interface SendBench {
  /** The median over the windows of each kind. */
  alone: Latency
  polled: Latency
  p99Ratio: number
  sendsPerWindow: number
}

/** @param topic exists on the cluster */
export async function benchSends(
  cluster: RocketmqTestCluster,
  config: RocketmqClusterConfig,
  topic: string,
): Promise<SendBench> {
  const clients = await startRocketmqClients(cluster)
  const poller = fork(fileURLToPath(new URL('poll-apart.ts', import.meta.url)), [JSON.stringify(config)])
  const poll = async (): Promise<void> => {
    poller.send('poll')
    const [topics] = await once(poller, 'message', { signal: AbortSignal.timeout(WINDOW_MS) })
    if (topics === 0) throw new Error('a poll saw no topic')
  }
  try {
    await sendWindow(clients, topic, poll)
    const alone: number[][] = []
    const polled: number[][] = []
    for (let window = 0; window < WINDOWS; window++) {
      alone.push(await sendWindow(clients, topic, async () => undefined))
      polled.push(await sendWindow(clients, topic, poll))
    }
    return {
      alone: latencyOf(alone),
      polled: latencyOf(polled),
      p99Ratio: Math.round((100 * latencyOf(polled).p99Ms) / latencyOf(alone).p99Ms) / 100,
      sendsPerWindow: median(polled.map((times) => times.length)),
    }
  } finally {
    poller.disconnect()
    await clients.stop()
  }
}

async function sendWindow(clients: RocketmqClients, topic: string, work: () => Promise<void>): Promise<number[]> {
  const [micros] = await Promise.all([clients.timeSends(topic, WINDOW_MS, MESSAGE_BYTES), work()])
  return micros
}

function latencyOf(windows: readonly number[][]): Latency {
  const ofShare = (share: number): number => median(windows.map((times) => percentile(times, share))) / 1_000
  return { p50Ms: ofShare(0.5), p99Ms: ofShare(0.99) }
}
