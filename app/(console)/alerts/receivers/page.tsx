import type { ReactElement } from 'react'
import { ReceiversPage } from '../../../../components/receivers/receivers-page.tsx'
import { receiversQuery } from '../../../../lib/client/queries/receivers.ts'
import { type PageInput, queryText } from '../../page-input.ts'
import { Prefetched } from '../../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort } = await searchParams
  return (
    <Prefetched queries={[receiversQuery({ q: queryText(q), sort: queryText(sort) })]}>
      <ReceiversPage />
    </Prefetched>
  )
}
