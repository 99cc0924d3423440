import { dehydrate, HydrationBoundary } from '@tanstack/react-query'
import type { ReactElement, ReactNode } from 'react'
import { createQueryClient } from '../../lib/client/query-client.ts'
import { fillFromServer, type ServerQuery } from './server-queries.ts'

/**
 * Asks for the answers a page starts with while the server renders it, so that its first HTML holds data.
 * What fails here is asked again by the browser, which can show why.
 */
export async function Prefetched({
  queries,
  children,
}: {
  queries: readonly ServerQuery[]
  children: ReactNode
}): Promise<ReactElement> {
  const client = createQueryClient()
  await Promise.all(queries.map((query) => fillFromServer(client, query)))
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>
}
