/** The shapes that snapshot sections hold. Changing one means a new format number in `section-codec.ts`. */
import type { Observation, ObservedGroup, ObservedTopic } from '../durability/observation.ts'
import type { GroupRow, LadderRow, TopicRow } from './snapshot-store.ts'

export type StoredSummary = Pick<
  Observation,
  'version' | 'systemClusterId' | 'pollMs' | 'verdict' | 'totals' | 'quorum' | 'nameServers' | 'facts'
>

export type StoredTopic = Omit<ObservedTopic, 'config'>
export type StoredConfig = Pick<ObservedTopic, 'name' | 'config'>

export function toTopicRow({ partitions: _, config: __, ...row }: ObservedTopic): TopicRow {
  return row
}

export function toLadderRow({ name, internal, partitions }: ObservedTopic): LadderRow {
  return {
    name,
    internal,
    partitions: partitions.map(({ partition }) => partition),
    brokers: partitions.map(({ broker }) => broker),
    leaders: partitions.map(({ leader }) => leader),
    places: partitions.map(({ durability }) => durability),
  }
}

export function toGroupRow({ partitions: _, members: __, ...row }: ObservedGroup): GroupRow {
  return row
}
