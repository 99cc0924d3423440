import type { ReactElement } from 'react'
import { RoutesPage } from '../../../../components/alerts/routes-page.tsx'
import { alertRoutesQuery, alertRulesQuery } from '../../../../lib/client/queries/alerts.ts'
import { clustersQuery } from '../../../../lib/client/queries/clusters.ts'
import { Prefetched } from '../../prefetched.tsx'

export default function Page(): ReactElement {
  return (
    <Prefetched queries={[alertRoutesQuery(), alertRulesQuery(), clustersQuery()]}>
      <RoutesPage />
    </Prefetched>
  )
}
