import { environmentManager, QueryCache, QueryClient } from '@tanstack/react-query'
import type { ClusterListAnswer } from '../api/schemas/clusters.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { ApiError } from './api.ts'
import { CLUSTERS_KEY } from './queries/clusters.ts'

const DEFAULT_INTERVAL_MS = 15 * SECOND_MS
const SHORTEST_INTERVAL_MS = 2 * SECOND_MS
/** What came with the HTML is not asked again while the page still comes to life: it could then differ from the HTML. */
const FRESH_MS = 10 * SECOND_MS

/** Asking more often than the collector polls shows nothing new: the fastest cluster sets the pace. */
function refreshIntervalMs(clusters: ClusterListAnswer | undefined): number {
  const intervals = clusters?.items.map((cluster) => cluster.pollIntervalMs) ?? []
  const fastest = intervals.length === 0 ? DEFAULT_INTERVAL_MS : Math.min(...intervals)
  return Math.min(Math.max(fastest, SHORTEST_INTERVAL_MS), MINUTE_MS)
}

function goToSignIn(error: Error): void {
  if (environmentManager.isServer() || !(error instanceof ApiError) || error.status !== 401) return
  const here = `${window.location.pathname}${window.location.search}`
  if (!here.startsWith('/sign-in')) window.location.assign(`/sign-in?next=${encodeURIComponent(here)}`)
}

/** Refreshes at the pace of the polls while the tab is visible, and keeps what it has when a refresh fails. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: goToSignIn }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        refetchInterval: () => refreshIntervalMs(client.getQueryData<ClusterListAnswer>(CLUSTERS_KEY)),
        refetchIntervalInBackground: false,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 2 && error instanceof ApiError && error.isRetriable,
      },
    },
  })
  return client
}

let browserClient: QueryClient | undefined

/** One for the life of the tab, one per request on the server, where clients must not share what they may see. */
export function getQueryClient(): QueryClient {
  if (environmentManager.isServer()) return createQueryClient()
  browserClient ??= createQueryClient()
  return browserClient
}
