/**
 * Access to the messages of each cluster, kept open between requests: connecting anew for each would cost more than the
 * reading. What nobody used for a while is closed, and only so many readings of one cluster run at once.
 */
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import {
  type MessageAccess,
  MessageAccessError,
  type MessageReader,
  type MessageSender,
} from '../../cluster/messages.ts'
import { HoldfastError } from '../../errors.ts'
import { LimitedTurns } from '../../payload/limited-turns.ts'
import { MINUTE_MS } from '../../units.ts'
import type { ApiServices } from '../services.ts'

const IDLE_MS = MINUTE_MS
const READS_AT_ONCE = 4

export interface OpenedMessages {
  reader: MessageReader
  sender: MessageSender
  access: MessageAccess
}

interface Kept extends OpenedMessages {
  madeFor: string
  turns: LimitedTurns
  users: number
  idleTimer: NodeJS.Timeout | null
}

/** One set for each set of services, that is one per process. */
const keptOf = new WeakMap<ApiServices, Map<string, Kept>>()

/**
 * Runs `work` with the cluster's open readers and senders.
 *
 * @throws HoldfastError `cluster_fault` in place of a MessageAccessError
 */
export async function withMessages<T>(
  services: ApiServices,
  config: ClusterConfig,
  work: (opened: OpenedMessages) => Promise<T>,
): Promise<T> {
  const kept = keep(services, config)
  try {
    return await kept.turns.run(() => work(kept))
  } catch (error) {
    if (error instanceof MessageAccessError) throw toClusterFault(error, config)
    throw error
  } finally {
    release(services, config.id, kept)
  }
}

export function toClusterFault({ fault, retriable, cause }: MessageAccessError, config: ClusterConfig): HoldfastError {
  const facts = { ...fault.facts, cluster: config.id, system: config.kind, fault: fault.code }
  return new HoldfastError('cluster_fault', facts, { retriable, cause })
}

/** Closes what is open; for the end of the process. */
export async function closeMessages(services: ApiServices): Promise<void> {
  const all = [...(keptOf.get(services)?.values() ?? [])]
  keptOf.delete(services)
  for (const { idleTimer } of all) if (idleTimer) clearTimeout(idleTimer)
  await Promise.all(all.map(({ access }) => access.close()))
}

function keep(services: ApiServices, config: ClusterConfig): Kept {
  const all = keptOf.get(services) ?? new Map<string, Kept>()
  keptOf.set(services, all)
  const madeFor = JSON.stringify(config)
  const known = all.get(config.id)
  if (known?.madeFor === madeFor) {
    if (known.idleTimer) clearTimeout(known.idleTimer)
    known.idleTimer = null
    known.users++
    return known
  }
  const access = services.createMessageAccess(config)
  const opened = { access, reader: access.reader(), sender: access.sender(), turns: new LimitedTurns(READS_AT_ONCE) }
  const kept: Kept = { ...opened, madeFor, users: 1, idleTimer: null }
  all.set(config.id, kept)
  return kept
}

function release(services: ApiServices, clusterId: string, kept: Kept): void {
  kept.users--
  if (kept.users > 0) return
  // The cluster may have been configured anew meanwhile: then nobody will ask for this one again.
  const isCurrent = keptOf.get(services)?.get(clusterId) === kept
  kept.idleTimer = setTimeout(
    () => {
      if (keptOf.get(services)?.get(clusterId) === kept) keptOf.get(services)?.delete(clusterId)
      kept.access
        .close()
        .catch((err: unknown) => services.log.warn({ err, cluster: clusterId }, 'closing a cluster failed'))
    },
    isCurrent ? IDLE_MS : 0,
  )
  // A connection that is only kept for later keeps no process alive.
  kept.idleTimer.unref()
}
