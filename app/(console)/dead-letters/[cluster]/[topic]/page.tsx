import type { ReactElement } from 'react'
import { QueuePage } from '../../../../../components/dead-letters/queue-page.tsx'
import { parseQueueTab } from '../../../../../components/dead-letters/queue-tabs.ts'
import { causesQuery } from '../../../../../lib/client/queries/dead-letters.ts'
import { dlqQuery } from '../../../../../lib/client/queries/dlqs.ts'
import { type PageInput, pathPart } from '../../../page-input.ts'
import { Prefetched } from '../../../prefetched.tsx'

export default async function Page({ params, searchParams }: PageInput<'cluster' | 'topic'>): Promise<ReactElement> {
  const { cluster, topic } = await params
  const queue = { clusterId: pathPart(cluster), topic: pathPart(topic) }
  const { tab } = await searchParams
  return (
    <Prefetched queries={[dlqQuery(queue.clusterId, queue.topic), causesQuery(queue, { sort: '-count' })]}>
      <QueuePage queue={queue} tab={parseQueueTab(tab)} />
    </Prefetched>
  )
}
