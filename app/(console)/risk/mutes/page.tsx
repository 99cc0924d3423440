import type { ReactElement } from 'react'
import { MutesPage } from '../../../../components/mutes/mutes-page.tsx'
import { MUTE_FILTERS } from '../../../../lib/client/mute-views.ts'
import { muteListQuery } from '../../../../lib/client/queries/mutes.ts'
import { type PageInput, queryText } from '../../page-input.ts'
import { Prefetched } from '../../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort, show } = await searchParams
  const filter = MUTE_FILTERS.find((name) => name === queryText(show)) ?? 'active'
  return (
    <Prefetched queries={[muteListQuery({ filter, q: queryText(q), sort: queryText(sort) })]}>
      <MutesPage />
    </Prefetched>
  )
}
