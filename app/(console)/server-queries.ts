import type { QueryClient, QueryMeta } from '@tanstack/react-query'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { ApiError, readAnswer } from '../../lib/client/api.ts'
import { REQUESTED_PATH_HEADER } from '../../lib/client/preferences.ts'
import type { ResourceKey } from '../../lib/client/queries/resource.ts'
import { answerOnServer } from './server-routes.ts'

/** As much of a query's options as the server needs; every list and resource query fits. */
export interface ServerQuery {
  queryKey: ResourceKey
  meta?: QueryMeta | undefined
  /** Present on lists that are read page by page. */
  initialPageParam?: unknown
}

/** What the routes check: who asks, under which name the console was called, and in which language to answer. */
const PASSED_ON = [
  'host',
  'cookie',
  'authorization',
  'accept-language',
  'x-forwarded-host',
  'x-forwarded-proto',
] as const

/** The same route, with the same checks and for the same person as if the browser had asked, but without HTTP. */
async function serverGet(path: string): Promise<unknown> {
  const asked = await headers()
  const passed = new Headers()
  for (const name of PASSED_ON) {
    const value = asked.get(name)
    if (value !== null) passed.set(name, value)
  }
  const response = await answerOnServer(
    new Request(`http://${asked.get('host') ?? 'localhost'}${path}`, { headers: passed }),
  )
  return response === null ? null : readAnswer<unknown>(response)
}

/** Where to sign in, and where to go on after it. */
async function signInAddress(): Promise<string> {
  const path = (await headers()).get(REQUESTED_PATH_HEADER)
  const url = path === null ? null : URL.parse(path, 'http://localhost')
  if (url === null) return '/sign-in'
  // Next's own mark of a fetch for a page, which an address bar never has.
  url.searchParams.delete('_rsc')
  const here = `${url.pathname}${url.search}`
  return here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`
}

export async function fillFromServer(client: QueryClient, query: ServerQuery): Promise<void> {
  const path = query.meta?.path(null)
  if (path === undefined) return
  try {
    const first = await serverGet(path)
    if (first === null) return
    const better = query.meta?.refine?.(first) ?? null
    const answer = better === null ? first : ((await serverGet(better)) ?? first)
    const isList = 'initialPageParam' in query
    client.setQueryData(query.queryKey, isList ? { pages: [answer], pageParams: [null] } : answer)
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) redirect(await signInAddress())
    // Anything else is left to the browser: it asks again and shows what is wrong in its place on the page.
  }
}
