import type { ReactElement } from 'react'
import { ReplayPage } from '../../../../components/replay/replay-page.tsx'
import { replayQuery } from '../../../../lib/client/queries/replays.ts'
import { type PageInput, pathPart } from '../../page-input.ts'
import { Prefetched } from '../../prefetched.tsx'

export default async function Page({ params }: PageInput<'replay'>): Promise<ReactElement> {
  const id = pathPart((await params).replay)
  return (
    <Prefetched queries={[replayQuery(id)]}>
      <ReplayPage id={id} />
    </Prefetched>
  )
}
