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

/** `broker` is a label of partition series on RocketMQ only, where it is part of a queue's name. */
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
  dlqArrivalsPerMinute: { unit: 'perMinute', labels: ['topic'] },
  diskUsedBytes: { unit: 'bytes', labels: ['broker', 'logDir'] },
  diskTotalBytes: { unit: 'bytes', labels: ['broker', 'logDir'] },
  diskLogBytes: { unit: 'bytes', labels: ['broker', 'logDir'] },
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
