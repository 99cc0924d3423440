import type { ReactElement } from 'react'
import { ReplaysPage } from '../../../components/replay/replays-page.tsx'
import { replaysQuery } from '../../../lib/client/queries/replays.ts'
import { parseReplayFilter } from '../../../lib/client/replay-views.ts'
import { type PageInput, queryText } from '../page-input.ts'
import { Prefetched } from '../prefetched.tsx'

export default async function Page({ searchParams }: PageInput<never>): Promise<ReactElement> {
  const { show, cluster, q } = await searchParams
  const filter = parseReplayFilter(queryText(show))
  return (
    <Prefetched queries={[replaysQuery({ filter, clusterId: queryText(cluster), q: queryText(q) })]}>
      <ReplaysPage />
    </Prefetched>
  )
}
