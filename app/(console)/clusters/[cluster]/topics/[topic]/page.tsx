import type { ReactElement } from 'react'
import { TopicPage } from '../../../../../../components/topics/topic-page.tsx'
import { parseTopicTab } from '../../../../../../components/topics/topic-tabs.ts'
import { holdQuery } from '../../../../../../lib/client/queries/holds.ts'
import { topicQuery } from '../../../../../../lib/client/queries/topics.ts'
import { type PageInput, pathPart } from '../../../../page-input.ts'
import { Prefetched } from '../../../../prefetched.tsx'

export default async function Page({ params, searchParams }: PageInput<'cluster' | 'topic'>): Promise<ReactElement> {
  const { cluster, topic } = await params
  const clusterId = pathPart(cluster)
  const name = pathPart(topic)
  const tab = parseTopicTab((await searchParams).tab)
  return (
    <Prefetched queries={[topicQuery(clusterId, name), holdQuery({ clusterId, topic: name })]}>
      <TopicPage clusterId={clusterId} name={name} tab={tab} />
    </Prefetched>
  )
}
