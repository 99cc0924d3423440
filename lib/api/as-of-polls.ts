import { toIsoOrNull } from './serialize.ts'
import type { ApiServices } from './services.ts'

/** As old as the cluster that was read longest ago; null before the first good poll. */
export async function asOfPolls(
  { snapshots }: ApiServices,
  clusterIds: readonly string[],
  only: string | undefined,
): Promise<string | null> {
  const wanted = new Set(only === undefined ? clusterIds : [only])
  const polls = (await snapshots.summaries()).flatMap(({ clusterId, lastPollAtMs }) =>
    wanted.has(clusterId) && lastPollAtMs !== null ? [lastPollAtMs] : [],
  )
  return toIsoOrNull(polls.length === 0 ? null : Math.min(...polls))
}
