import type { ObservedTopic } from '../observation.ts'

/**
 * Whether the system may have deleted the beginning of its log by itself. Where it never does, somebody asked for it
 * (DeleteRecords), which is no loss. What is not known may be so.
 */
export function deletesByItself({ settings, rocketmq }: ObservedTopic): boolean {
  // On RocketMQ all topics share one log, whose files go by time or when the disk is full.
  if (rocketmq !== null) return true
  const { retentionMs, retentionBytes, cleanupPolicy } = settings
  if (cleanupPolicy !== null && !cleanupPolicy.includes('delete')) return false
  return retentionMs === null || retentionBytes === null || retentionMs >= 0n || retentionBytes >= 0n
}
