/** The ledger of losses, with the mutes that hide its entries at this moment. */
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { lossMuteFinder } from '../../durability/mutes.ts'
import type { StoredLoss } from '../../losses/loss-ledger.ts'
import type { Mute } from '../../registry/mutes.ts'
import type { ApiServices } from '../services.ts'

/** A loss with the cluster that it is of. */
export interface PlacedLoss {
  cluster: ClusterConfig
  loss: StoredLoss
  /** All that hide it; the one that lasts longest first. */
  mutes: readonly Mute[]
}

/** Those of clusters that are watched: about others nobody could do anything, and added again, they come back. */
export async function readLosses({ losses, mutes, registry, now }: ApiServices): Promise<PlacedLoss[]> {
  const [ledger, known, registered] = await Promise.all([losses.list(), mutes.list(), registry.list()])
  const nowMs = now()
  const clusters = new Map(
    registered.map(({ config }) => [config.id, { config, mutesOf: lossMuteFinder(known, config.id, nowMs) }]),
  )
  return ledger.flatMap((loss): PlacedLoss[] => {
    const cluster = clusters.get(loss.clusterId)
    return cluster === undefined ? [] : [{ cluster: cluster.config, loss, mutes: cluster.mutesOf(loss) }]
  })
}
