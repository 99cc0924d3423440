import type { ReactElement } from 'react'
import { DeadLettersPage } from '../../../components/dead-letters/dead-letters-page.tsx'
import { dlqsQuery } from '../../../lib/client/queries/dlqs.ts'
import { type PageInput, queryText } from '../page-input.ts'
import { Prefetched } from '../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort } = await searchParams
  return (
    <Prefetched queries={[dlqsQuery({ q: queryText(q), sort: queryText(sort) })]}>
      <DeadLettersPage />
    </Prefetched>
  )
}
