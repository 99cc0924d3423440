/** Topics on a real cluster, ready to be written to. */
import type { Admin, ITopicConfig } from 'kafkajs'
import { waitUntil } from './wait-until.ts'

const LEADERS_WITHIN_MS = 60_000

/** kafkajs's own wait for leaders gives up when a broker has not heard of a topic yet, as on a machine that is busy. */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false })
  await waitUntil(
    async () => {
      const found = (await admin.fetchTopicMetadata({ topics: topics.map(({ topic }) => topic) })).topics
      const waiting = topics.filter((wanted) => {
        const leaders = found.find(({ name }) => name === wanted.topic)?.partitions.map(({ leader }) => leader) ?? []
        return leaders.length < partitionCount(wanted) || leaders.some((leader) => leader < 0)
      })
      const names = waiting.map(({ topic }) => topic).join(', ')
      if (waiting.length > 0) throw new Error(`without leaders still: ${names}`)
    },
    { timeout: LEADERS_WITHIN_MS, interval: 200 },
  )
}

function partitionCount({ replicaAssignment, numPartitions }: ITopicConfig): number {
  return replicaAssignment?.length ?? numPartitions ?? 1
}
