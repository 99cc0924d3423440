import type { ReactElement } from 'react'
import { SilencesPage } from '../../../../components/alerts/silences-page.tsx'
import { silencesQuery } from '../../../../lib/client/queries/alerts.ts'
import { Prefetched } from '../../prefetched.tsx'

export default function Page(): ReactElement {
  return (
    <Prefetched queries={[silencesQuery()]}>
      <SilencesPage />
    </Prefetched>
  )
}
