/** Which topics of which groups have something unread, and who can tell how old it is. */
import type { GroupState } from '../cluster/snapshot.ts'
import type { LaggingTopic } from './read-first-unread.ts'
import type { BrokerTables } from './read-tables.ts'

export function laggingTopics(groups: readonly GroupState[], tables: readonly BrokerTables[]): LaggingTopic[] {
  const byName = new Map(tables.map((table) => [table.brokerName, table]))
  const lagging = new Map<string, LaggingTopic>()
  for (const { id: group, partitions } of groups) {
    for (const partition of partitions ?? []) {
      const { topic, broker, committedOffset } = partition
      const table = byName.get(broker ?? '')
      const end = table?.queues.get(topic)?.[partition.partition]?.max
      if (!table?.source || committedOffset === null || end === undefined || committedOffset >= end) continue
      const key = `${group}\0${topic}\0${broker}`
      const known = lagging.get(key)
      if (known) known.partitions.push(partition)
      else lagging.set(key, { key, group, topic, address: table.source.address, partitions: [partition] })
    }
  }
  return [...lagging.values()]
}
