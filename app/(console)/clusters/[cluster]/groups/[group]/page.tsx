import type { ReactElement } from 'react'
import { GroupPage } from '../../../../../../components/groups/group-page.tsx'
import { parseGroupTab } from '../../../../../../components/groups/group-tabs.ts'
import { groupQuery } from '../../../../../../lib/client/queries/groups.ts'
import { type PageInput, pathPart } from '../../../../page-input.ts'
import { Prefetched } from '../../../../prefetched.tsx'

export default async function Page({ params, searchParams }: PageInput<'cluster' | 'group'>): Promise<ReactElement> {
  const { cluster, group } = await params
  const clusterId = pathPart(cluster)
  const groupId = pathPart(group)
  const tab = parseGroupTab((await searchParams).tab)
  return (
    <Prefetched queries={[groupQuery(clusterId, groupId)]}>
      <GroupPage clusterId={clusterId} groupId={groupId} tab={tab} />
    </Prefetched>
  )
}
