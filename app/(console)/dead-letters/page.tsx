import type { ReactElement } from 'react'
import { DeadLettersPage } from '../../../components/dead-letters/dead-letters-page.tsx'
import { URGENT_DLQ_VIEWS } from '../../../components/dead-letters/urgent-dlq-views.ts'
import { dlqsQuery } from '../../../lib/client/queries/dlqs.ts'
import { type PageInput, queryText } from '../page-input.ts'
import { Prefetched } from '../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort } = await searchParams
  const shown = dlqsQuery({ q: queryText(q), sort: queryText(sort) })
  return (
    <Prefetched queries={[shown, ...URGENT_DLQ_VIEWS.map((view) => dlqsQuery(view))]}>
      <DeadLettersPage />
    </Prefetched>
  )
}
