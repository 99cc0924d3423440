import type { ReactElement } from 'react'
import { ChecksPage } from '../../../../components/checks/checks-page.tsx'
import { checksQuery } from '../../../../lib/client/queries/checks.ts'
import { checkViewOf } from '../../check-view.ts'
import { type PageInput, queryText } from '../../page-input.ts'
import { Prefetched } from '../../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const asked = await searchParams
  const clusterId = queryText(asked.cluster)
  // Without one the first of the list is shown, which the browser knows.
  return (
    <Prefetched queries={clusterId === '' ? [] : [checksQuery(clusterId, checkViewOf(asked))]}>
      <ChecksPage />
    </Prefetched>
  )
}
