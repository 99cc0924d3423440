/** Now and then the worker looks into topics whose names tell nothing: some are dead-letter queues all the same. */
import { MessageAccessError } from '../cluster/messages.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'
import type { DlqDiscovery } from '../inbox/dlq-discovery.ts'
import { MINUTE_MS } from '../units.ts'
import type { ClusterAccess } from './replay-tasks.ts'
import type { WorkerTask } from './worker.ts'

export interface DiscoveryTaskOptions {
  discovery: Pick<DlqDiscovery, 'sampleOnce'>
  snapshots: Pick<SnapshotReader, 'topics'>
  clusterIds(): Promise<string[]>
  clusterOf(id: string): Promise<ClusterAccess | null>
}

export function discoveryTask(options: DiscoveryTaskOptions): WorkerTask {
  return {
    name: 'discovery',
    restMs: MINUTE_MS,
    async step(signal) {
      for (const clusterId of await options.clusterIds()) await sample(clusterId, options, signal)
      return false
    },
  }
}

async function sample(clusterId: string, options: DiscoveryTaskOptions, signal: AbortSignal): Promise<void> {
  const topics = await options.snapshots.topics(clusterId)
  const cluster = topics === null ? null : await options.clusterOf(clusterId)
  // RocketMQ names its queues itself.
  if (topics === null || cluster?.kind !== 'kafka') return
  const access = cluster.open()
  try {
    await options.discovery.sampleOnce({ clusterId, reader: access.reader() }, topics, signal)
  } catch (error) {
    if (!signal.aborted && !(error instanceof MessageAccessError)) throw error
  } finally {
    await access.close()
  }
}
