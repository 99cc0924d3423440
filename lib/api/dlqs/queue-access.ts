/** One dead-letter queue, opened for a request. */
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import type { MessageAccess } from '../../cluster/messages.ts'
import { MessageAccessError } from '../../cluster/messages.ts'
import { HoldfastError } from '../../errors.ts'
import { guessOrigin } from '../../inbox/guessed-origin.ts'
import type { QueueAccess } from '../../inbox/queues.ts'
import { SECOND_MS } from '../../units.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import { toClusterFault, withMessages } from '../messages/cluster-messages.ts'
import type { ApiServices } from '../services.ts'

/** A person waits: longer searches are narrowed, or run as a replay's plan in the background. */
export const INTERACTIVE_LIMITS = { maxBytes: 512 * 2 ** 20, maxMs: 20 * SECOND_MS }
/** What the limits do not bound: connecting, and a request that hangs. */
export const REQUEST_DEADLINE_MS = 40 * SECOND_MS

export interface QueuePlace {
  cluster: string
  topic: string
}

/** @throws HoldfastError `cluster_not_found`; `topic_not_found` when it is no dead-letter topic */
export async function getQueueOrThrow(services: ApiServices, { cluster, topic }: QueuePlace): Promise<ClusterConfig> {
  const { config } = await getClusterOrThrow(services, cluster)
  const dlqs = (await services.snapshots.dlqs(cluster)) ?? []
  if (!dlqs.some((dlq) => dlq.topic === topic)) throw new HoldfastError('topic_not_found', { cluster, topic })
  return config
}

/**
 * Runs `work` with the cluster's open reader.
 *
 * @throws HoldfastError `cluster_not_found`, `topic_not_found`, `cluster_fault`
 */
export async function withQueue<T>(
  services: ApiServices,
  place: QueuePlace,
  work: (access: QueueAccess, config: ClusterConfig, messages: MessageAccess) => Promise<T>,
): Promise<T> {
  const config = await getQueueOrThrow(services, place)
  const queue = await describeQueue(services, place, config)
  return withMessages(services, config, ({ reader, access }) => work({ ...queue, reader }, config, access))
}

/** Opened for one answer that may take long, and closed with it. */
export async function* streamQueue(
  services: ApiServices,
  place: QueuePlace,
  work: (access: QueueAccess, config: ClusterConfig) => AsyncIterable<string>,
): AsyncGenerator<string> {
  const config = await getQueueOrThrow(services, place)
  const queue = await describeQueue(services, place, config)
  const messages = services.createMessageAccess(config)
  try {
    yield* work({ ...queue, reader: messages.reader() }, config)
  } catch (error) {
    throw error instanceof MessageAccessError ? toClusterFault(error, config) : error
  } finally {
    await messages.close()
  }
}

async function describeQueue(
  { payloadDecoders, snapshots }: ApiServices,
  { cluster: clusterId, topic }: QueuePlace,
  config: ClusterConfig,
): Promise<Omit<QueueAccess, 'reader'>> {
  const guessed = await guessOrigin(snapshots, clusterId, topic)
  return { clusterId, topic, decoder: payloadDecoders.of(config), guessed }
}
