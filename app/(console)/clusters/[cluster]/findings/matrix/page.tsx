import type { ReactElement } from 'react'
import { ClusterFindingsPage } from '../../../../../../components/findings/cluster-findings-page.tsx'
import { checksQuery } from '../../../../../../lib/client/queries/checks.ts'
import { checkViewOf } from '../../../../check-view.ts'
import { type PageInput, pathPart } from '../../../../page-input.ts'
import { Prefetched } from '../../../../prefetched.tsx'

export default async function Page({ params, searchParams }: PageInput<'cluster'>): Promise<ReactElement> {
  const clusterId = pathPart((await params).cluster)
  const view = checkViewOf(await searchParams)
  return (
    <Prefetched queries={[checksQuery(clusterId, view)]}>
      <ClusterFindingsPage clusterId={clusterId} tab="matrix" />
    </Prefetched>
  )
}
