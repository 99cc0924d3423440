import type { ReactElement } from 'react'
import { LossesPage } from '../../../components/losses/losses-page.tsx'
import { parseLossFilter } from '../../../lib/client/loss-views.ts'
import { lossesQuery } from '../../../lib/client/queries/losses.ts'
import { type PageInput, queryText } from '../page-input.ts'
import { Prefetched } from '../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort, show, muted } = await searchParams
  const filter = parseLossFilter(queryText(show))
  const view = { filter, withMuted: muted === 'true', q: queryText(q), sort: queryText(sort) }
  return (
    <Prefetched queries={[lossesQuery(view)]}>
      <LossesPage />
    </Prefetched>
  )
}
