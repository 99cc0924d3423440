import type { ReactElement } from 'react'
import { CausePage } from '../../../../../../../components/dead-letters/cause-page.tsx'
import { causeQuery } from '../../../../../../../lib/client/queries/dead-letters.ts'
import { type PageInput, pathPart } from '../../../../../page-input.ts'
import { Prefetched } from '../../../../../prefetched.tsx'

export default async function Page({ params }: PageInput<'cluster' | 'topic' | 'fingerprint'>): Promise<ReactElement> {
  const { cluster, topic, fingerprint } = await params
  const queue = { clusterId: pathPart(cluster), topic: pathPart(topic) }
  const key = pathPart(fingerprint)
  return (
    <Prefetched queries={[causeQuery(queue, key)]}>
      <CausePage queue={queue} fingerprint={key} />
    </Prefetched>
  )
}
