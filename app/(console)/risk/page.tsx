import type { ReactElement } from 'react'
import { RiskPage } from '../../../components/findings/risk-page.tsx'
import { findingsQuery } from '../../../lib/client/queries/findings.ts'
import { type PageInput, queryText } from '../page-input.ts'
import { Prefetched } from '../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort, info, muted } = await searchParams
  const shown = { withInfo: queryText(info) === 'true', withMuted: queryText(muted) === 'true' }
  const view = { clusterId: '', ...shown, q: queryText(q), sort: queryText(sort) }
  return (
    <Prefetched queries={[findingsQuery(view)]}>
      <RiskPage />
    </Prefetched>
  )
}
