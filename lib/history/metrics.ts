/** Every series the console keeps, with its unit and the labels that tell its series apart. */
export type MetricLabel = 'topic' | 'partition' | 'group' | 'broker' | 'logDir'

export type MetricUnit =
  | 'messages'
  | 'bytes'
  | 'seconds'
  | 'milliseconds'
  | 'replicas'
  | 'partitions'
  | 'brokers'
  | 'perSecond'
  | 'perMinute'
  | 'ratio'

export interface MetricDefinition {
  unit: MetricUnit
  labels: readonly MetricLabel[]
}

const PARTITION = ['topic', 'partition', 'broker'] as const
const GROUP_PARTITION = ['group', 'topic', 'partition', 'broker'] as const

/**
 * `broker` is a label of partition series on RocketMQ only, where it is the name that a queue belongs to; elsewhere it is
 * the broker's id. What has no other label than that is of RocketMQ only.
 */
export const METRICS = {
  startOffset: { unit: 'messages', labels: PARTITION },
  endOffset: { unit: 'messages', labels: PARTITION },
  isrSize: { unit: 'replicas', labels: PARTITION },
  logSizeBytes: { unit: 'bytes', labels: PARTITION },
  produceRatePerSecond: { unit: 'perSecond', labels: PARTITION },
  committedOffset: { unit: 'messages', labels: GROUP_PARTITION },
  lagMessages: { unit: 'messages', labels: GROUP_PARTITION },
  lagSeconds: { unit: 'seconds', labels: GROUP_PARTITION },
  consumeRatePerSecond: { unit: 'perSecond', labels: GROUP_PARTITION },
  groupLagMessages: { unit: 'messages', labels: ['group'] },
  groupLagSeconds: { unit: 'seconds', labels: ['group'] },
  topicProduceRatePerSecond: { unit: 'perSecond', labels: ['topic'] },
  dlqDepth: { unit: 'messages', labels: ['topic'] },
  dlqUnresolved: { unit: 'messages', labels: ['topic'] },
  dlqArrivalsPerMinute: { unit: 'perMinute', labels: ['topic'] },
  dlqOldestSeconds: { unit: 'seconds', labels: ['topic'] },
  dlqExpiresInSeconds: { unit: 'seconds', labels: ['topic'] },
  diskUsedBytes: { unit: 'bytes', labels: ['broker', 'logDir'] },
  diskTotalBytes: { unit: 'bytes', labels: ['broker', 'logDir'] },
  diskLogBytes: { unit: 'bytes', labels: ['broker', 'logDir'] },
  diskUsedRatio: { unit: 'ratio', labels: ['broker', 'logDir'] },
  replicationBehindBytes: { unit: 'bytes', labels: ['broker'] },
  brokerPutPerSecond: { unit: 'perSecond', labels: ['broker'] },
  brokerGetPerSecond: { unit: 'perSecond', labels: ['broker'] },
  dispatchBehindBytes: { unit: 'bytes', labels: ['broker'] },
  halfMessages: { unit: 'messages', labels: ['broker'] },
  delayedMessages: { unit: 'messages', labels: ['broker'] },
  underReplicated: { unit: 'partitions', labels: [] },
  atMinIsr: { unit: 'partitions', labels: [] },
  underMinIsr: { unit: 'partitions', labels: [] },
  offline: { unit: 'partitions', labels: [] },
  unknownPartitions: { unit: 'partitions', labels: [] },
  brokersOnline: { unit: 'brokers', labels: [] },
  pollMs: { unit: 'milliseconds', labels: [] },
  clusterLagSecondsMax: { unit: 'seconds', labels: [] },
  clusterDiskUsedRatioMax: { unit: 'ratio', labels: [] },
  clusterDlqDepth: { unit: 'messages', labels: [] },
} as const satisfies Record<string, MetricDefinition>

export type MetricName = keyof typeof METRICS
