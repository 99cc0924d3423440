import type { ReactElement } from 'react'
import { AlertRulesPage } from '../../../../components/alerts/rules-page.tsx'
import { alertRulesQuery } from '../../../../lib/client/queries/alerts.ts'
import { Prefetched } from '../../prefetched.tsx'

export default function Page(): ReactElement {
  return (
    <Prefetched queries={[alertRulesQuery()]}>
      <AlertRulesPage />
    </Prefetched>
  )
}
