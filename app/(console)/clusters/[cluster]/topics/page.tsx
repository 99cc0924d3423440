import type { ReactElement } from 'react'
import { TopicsPage } from '../../../../../components/topics/topics-page.tsx'
import { topicsQuery } from '../../../../../lib/client/queries/topics.ts'
import { type PageInput, pathPart, queryText } from '../../../page-input.ts'
import { Prefetched } from '../../../prefetched.tsx'

export default async function Page({ params, searchParams }: PageInput<'cluster'>): Promise<ReactElement> {
  const clusterId = pathPart((await params).cluster)
  const { q, sort, internal: wanted } = await searchParams
  const internal = wanted === 'true'
  // Without the ladder: its picture needs the browser anyway, and 40,000 partitions would be most of the page.
  return (
    <Prefetched queries={[topicsQuery(clusterId, { q: queryText(q), sort: queryText(sort), internal })]}>
      <TopicsPage clusterId={clusterId} />
    </Prefetched>
  )
}
