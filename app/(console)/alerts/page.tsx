import type { ReactElement } from 'react'
import { AlertsPage } from '../../../components/alerts/alerts-page.tsx'
import { parseAlertFilter } from '../../../lib/client/alert-views.ts'
import { alertsQuery } from '../../../lib/client/queries/alerts.ts'
import { type PageInput, queryText } from '../page-input.ts'
import { Prefetched } from '../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { q, sort, show, muted } = await searchParams
  const filter = parseAlertFilter(queryText(show))
  const view = { filter, withMuted: muted === 'true', q: queryText(q), sort: queryText(sort) }
  return (
    <Prefetched queries={[alertsQuery(view)]}>
      <AlertsPage />
    </Prefetched>
  )
}
