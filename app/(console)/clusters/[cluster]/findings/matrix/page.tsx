import type { ReactElement } from 'react'
import { ClusterFindingsPage } from '../../../../../../components/findings/cluster-findings-page.tsx'
import { MATRIX_SUBJECT_NAMES } from '../../../../../../lib/client/check-views.ts'
import { checksQuery } from '../../../../../../lib/client/queries/checks.ts'
import { type PageInput, pathPart, queryText } from '../../../../page-input.ts'
import { Prefetched } from '../../../../prefetched.tsx'

export default async function Page({ params, searchParams }: PageInput<'cluster'>): Promise<ReactElement> {
  const clusterId = pathPart((await params).cluster)
  const { q, sort, of, all, info, muted } = await searchParams
  const view = {
    subjectType: MATRIX_SUBJECT_NAMES.find((name) => name === queryText(of)) ?? 'topic',
    ...{ withAll: queryText(all) === 'true', withInfo: queryText(info) === 'true' },
    ...{ withMuted: queryText(muted) === 'true', q: queryText(q), sort: queryText(sort) },
  }
  return (
    <Prefetched queries={[checksQuery(clusterId, view)]}>
      <ClusterFindingsPage clusterId={clusterId} tab="matrix" />
    </Prefetched>
  )
}
