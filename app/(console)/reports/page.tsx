import type { ReactElement } from 'react'
import { ReportsPage } from '../../../components/reports/reports-page.tsx'
import { reportsQuery } from '../../../lib/client/queries/reports.ts'
import { type PageInput, queryText } from '../page-input.ts'
import { Prefetched } from '../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort } = await searchParams
  return (
    <Prefetched queries={[reportsQuery({ q: queryText(q), sort: queryText(sort) })]}>
      <ReportsPage />
    </Prefetched>
  )
}
