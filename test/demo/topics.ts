/** The shop that the demo plays: its topics, and how fast each is written. */
import type { ITopicConfig } from 'kafkajs'
import { MINUTE_MS } from '../../lib/units.ts'

export interface Stream {
  topic: string
  /** Mean; the rate swings around it like a day. */
  perSecond: number
  bytes: number
}

export const STREAMS: Stream[] = [
  { topic: 'orders', perSecond: 40, bytes: 320 },
  { topic: 'payments', perSecond: 15, bytes: 240 },
  { topic: 'shipments', perSecond: 6, bytes: 180 },
  { topic: 'clicks', perSecond: 150, bytes: 400 },
]

/** Short enough that its slow reader loses messages while somebody watches. */
const CLICKS_RETENTION_MS = 10 * MINUTE_MS

export const TOPICS: ITopicConfig[] = [
  topic('orders', 6),
  topic('payments', 6),
  topic('shipments', 3),
  topic('clicks', 8, {
    'retention.ms': String(CLICKS_RETENTION_MS),
    'segment.ms': String(MINUTE_MS),
    'segment.bytes': String(1024 * 1024),
  }),
  // Two copies and one that must answer: a broker's loss can cost messages here.
  { ...topic('sessions', 3, { 'min.insync.replicas': '1' }), replicationFactor: 2 },
  topic('customers', 3, { 'cleanup.policy': 'compact' }),
  topic('orders-dlt', 3),
  topic('payments.DLT', 6),
  topic('shipments-retry-1000', 3),
  topic('shipments-retry-2000', 3),
  topic('shipments-dlt', 3),
  topic('warehouse-dlq', 1),
]

function topic(name: string, numPartitions: number, config: Record<string, string> = {}): ITopicConfig {
  const entries = Object.entries({ 'min.insync.replicas': '2', ...config })
  return {
    topic: name,
    numPartitions,
    replicationFactor: 3,
    configEntries: entries.map(([key, value]) => ({ name: key, value })),
  }
}
