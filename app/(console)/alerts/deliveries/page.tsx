import type { ReactElement } from 'react'
import { DeliveriesPage } from '../../../../components/deliveries/deliveries-page.tsx'
import { deliveriesQuery } from '../../../../lib/client/queries/receivers.ts'
import { type PageInput, queryText } from '../../page-input.ts'
import { Prefetched } from '../../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort } = await searchParams
  return (
    <Prefetched queries={[deliveriesQuery({ q: queryText(q), sort: queryText(sort) })]}>
      <DeliveriesPage />
    </Prefetched>
  )
}
