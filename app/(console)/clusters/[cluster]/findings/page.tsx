import type { ReactElement } from 'react'
import { ClusterFindingsPage } from '../../../../../components/findings/cluster-findings-page.tsx'
import { findingsQuery } from '../../../../../lib/client/queries/findings.ts'
import { type PageInput, pathPart, queryText } from '../../../page-input.ts'
import { Prefetched } from '../../../prefetched.tsx'

export default async function Page({ params, searchParams }: PageInput<'cluster'>): Promise<ReactElement> {
  const clusterId = pathPart((await params).cluster)
  const { q, sort, info, muted } = await searchParams
  const shown = { withInfo: queryText(info) === 'true', withMuted: queryText(muted) === 'true' }
  const view = { clusterId, ...shown, q: queryText(q), sort: queryText(sort) }
  return (
    <Prefetched queries={[findingsQuery(view)]}>
      <ClusterFindingsPage clusterId={clusterId} tab="list" />
    </Prefetched>
  )
}
