import type { ReactElement } from 'react'
import { HoldsPage } from '../../../../components/holds/holds-page.tsx'
import { HOLD_FILTERS } from '../../../../lib/client/hold-views.ts'
import { holdsQuery } from '../../../../lib/client/queries/holds.ts'
import { type PageInput, queryText } from '../../page-input.ts'
import { Prefetched } from '../../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort, show } = await searchParams
  const filter = HOLD_FILTERS.find((name) => name === queryText(show)) ?? 'open'
  return (
    <Prefetched queries={[holdsQuery({ filter, q: queryText(q), sort: queryText(sort) })]}>
      <HoldsPage />
    </Prefetched>
  )
}
