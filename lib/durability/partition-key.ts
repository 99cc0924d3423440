/** Which partition of a topic; both systems' names fit. */
export interface PartitionId {
  partition: number
  /** Null on Kafka. */
  broker: string | null
}

/** Tells the partitions of one topic apart: two RocketMQ brokers both have a queue 0. A number where that is enough. */
export function partitionKey({ partition, broker }: PartitionId): number | string {
  return broker === null ? partition : `${broker}\n${partition}`
}
