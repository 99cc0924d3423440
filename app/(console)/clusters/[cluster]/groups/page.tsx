import type { ReactElement } from 'react'
import { GroupsPage } from '../../../../../components/groups/groups-page.tsx'
import { groupsQuery } from '../../../../../lib/client/queries/groups.ts'
import { type PageInput, pathPart, queryText } from '../../../page-input.ts'
import { Prefetched } from '../../../prefetched.tsx'

export default async function Page({ params, searchParams }: PageInput<'cluster'>): Promise<ReactElement> {
  const clusterId = pathPart((await params).cluster)
  const { q, sort } = await searchParams
  return (
    <Prefetched queries={[groupsQuery(clusterId, { q: queryText(q), sort: queryText(sort) || '-lagSeconds' })]}>
      <GroupsPage clusterId={clusterId} />
    </Prefetched>
  )
}
