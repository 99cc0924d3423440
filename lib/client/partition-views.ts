/** How pages ask for, name and tell apart partitions: RocketMQ's queues have a broker, Kafka's partitions none. Pure. */
import type { SeriesView } from './queries/series.ts'

export interface PartitionRef {
  topic: string
  partition: number
  broker: string | null
}

/** Tells the partitions of one topic apart. */
export function partitionKey({ partition, broker }: Omit<PartitionRef, 'topic'>): string {
  return `${broker ?? ''} ${partition}`
}

/** The labels that ask for the series of one partition. */
export function partitionLabels({ topic, partition, broker }: PartitionRef): Partial<SeriesView> {
  return { topic, partition, ...(broker === null ? {} : { broker }) }
}

/** The `count` partitions with the most weight; of the same weight, in their own order. Unknown weighs least. */
export function heaviest<T extends Omit<PartitionRef, 'topic'>>(
  partitions: readonly T[],
  weight: (partition: T) => number | null,
  count: number,
): T[] {
  return [...partitions].sort((one, other) => (weight(other) ?? -1) - (weight(one) ?? -1)).slice(0, count)
}
