/** Topics on a real cluster, ready to be written to. */
import type { Admin, ITopicConfig } from 'kafkajs'
import { waitUntil } from './wait-until.ts'

const LEADERS_WITHIN_MS = 60_000

/** kafkajs's own wait for leaders gives up when a broker has not heard of a topic yet, as on a machine that is busy. */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false })
  const names = topics.map(({ topic }) => topic)
  await waitUntil(
    async () => {
      const found = (await admin.fetchTopicMetadata({ topics: names })).topics
      const isLed = found.every(
        ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
      )
      if (found.length < names.length || !isLed) throw new Error('some topics have no leaders yet')
    },
    { timeout: LEADERS_WITHIN_MS, interval: 200 },
  )
}
