import type { ReactElement } from 'react'
import { ExplorePage } from '../../../components/explore/explore-page.tsx'
import { metricsQuery } from '../../../lib/client/queries/metrics.ts'
import { Prefetched } from '../prefetched.tsx'

export default function Page(): ReactElement {
  return (
    <Prefetched queries={[metricsQuery()]}>
      <ExplorePage />
    </Prefetched>
  )
}
