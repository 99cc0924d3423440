/** Which topics of which groups have something unread, and who can tell how old it is. */
import type { GroupState } from '../cluster/snapshot.ts'
import type { LaggingTopic } from './read-first-unread.ts'
import type { BrokerTables } from './read-tables.ts'

export function laggingTopics(groups: readonly GroupState[], tables: readonly BrokerTables[]): LaggingTopic[] {
  const byName = new Map(tables.map((table) => [table.brokerName, table]))
  const lagging = new Map<string, LaggingTopic>()
  for (const { id: group, partitions } of groups) {
    let current: LaggingTopic | undefined
    let currentBroker: string | null = null
    for (const partition of partitions ?? []) {
      const { topic, broker, committedOffset } = partition
      const table = byName.get(broker ?? '')
      const end = table?.queues.get(topic)?.[partition.partition]?.max
      if (!table?.source || committedOffset === null || end === undefined || committedOffset >= end) continue
      // Queues of one topic follow each other: a key per queue was a tenth of the read.
      if (current?.topic !== topic || currentBroker !== broker) {
        const key = `${group}\0${topic}\0${broker}`
        current = lagging.get(key) ?? { key, group, topic, address: table.source.address, partitions: [] }
        currentBroker = broker
        lagging.set(key, current)
      }
      current.partitions.push(partition)
    }
  }
  return [...lagging.values()]
}
