import { HoldfastError } from '../errors.ts'
import { getClusterOrThrow } from './get-cluster-or-throw.ts'
import type { ApiServices } from './services.ts'

interface Asked {
  /** Left out: every cluster. */
  cluster?: string | undefined
  /** Epoch milliseconds; left out: `defaultRangeMs` before `to`. */
  from?: number | undefined
  /** Epoch milliseconds; left out: now. */
  to?: number | undefined
}

/** What a query about time is about. @throws HoldfastError `cluster_not_found`, `bad_request` when it ends before it begins */
export async function clustersAndRange(
  services: ApiServices,
  { cluster, from, to }: Asked,
  defaultRangeMs: number,
): Promise<{ clusters: Awaited<ReturnType<ApiServices['registry']['list']>>; fromMs: number; toMs: number }> {
  const toMs = to ?? services.now()
  const fromMs = from ?? toMs - defaultRangeMs
  const clusters = cluster === undefined ? await services.registry.list() : [await getClusterOrThrow(services, cluster)]
  if (fromMs >= toMs) throw new HoldfastError('bad_request', { path: 'query.to', issue: 'timeOrder' })
  return { clusters, fromMs, toMs }
}
