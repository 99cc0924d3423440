import type { PartitionId } from '../partition-key.ts'

/** Up to where people had the records of dead-letter queues deleted, by place. */
export type PurgedPlaces = ReadonlyMap<string, bigint>

export const NO_PURGES: PurgedPlaces = new Map()

export function placeOfLetters(topic: string, topicId: string | null, { broker, partition }: PartitionId): string {
  return JSON.stringify([topic, topicId ?? '', broker, partition])
}
