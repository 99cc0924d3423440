/** The worker's share in holds: what was there before is restored when their time is over, and what was begun is ended. */
import type { AuditRecord } from '../audit/audit-log.ts'
import type { TopicSettingsAccess } from '../cluster/topic-settings.ts'
import type { Hold, HoldState } from '../holds/hold.ts'
import { advanceHold, CLAIM_MS } from '../holds/hold-keeper.ts'
import type { HoldStore, StoredHold } from '../holds/hold-store.ts'
import { SECOND_MS } from '../units.ts'
import type { WorkerTask } from './worker.ts'

export interface HoldTaskOptions {
  store: HoldStore
  clusterIds(): Promise<string[]>
  /** Null: the console does not know this cluster any more. */
  topicsOf(clusterId: string): Promise<{ settings: TopicSettingsAccess; readOnly: boolean } | null>
  now(): number
}

const LOOK_MS = 5 * SECOND_MS
/** Of what the console does by itself. */
const ACTOR = 'holdfast'

export function holdTask(options: HoldTaskOptions): WorkerTask {
  return {
    name: 'holds',
    restMs: LOOK_MS,
    async step(signal) {
      const due = await options.store.due(await options.clusterIds(), options.now())
      for (const hold of due) if (!signal.aborted) await workAt(hold, options, signal)
      return false
    },
  }
}

async function workAt({ id, clusterId }: StoredHold, options: HoldTaskOptions, signal: AbortSignal): Promise<void> {
  const { store, now, topicsOf } = options
  const topics = await topicsOf(clusterId)
  if (topics === null) return
  try {
    const claimed = await store.claim(id, now() + CLAIM_MS, now())
    if (claimed === null) return
    const auditOf = (hold: Hold): AuditRecord => auditRecord(hold, now())
    await advanceHold(claimed, topics, { store, now, auditOf }, signal)
  } finally {
    await topics.settings.close()
  }
}

const OUTCOMES: Record<HoldState, AuditRecord['outcome']> = {
  ...{ planned: 'ok', active: 'ok', releasing: 'ok', released: 'ok' },
  ...{ conflict: 'refused', failed: 'failed' },
}

function auditRecord(hold: Hold, atMs: number): AuditRecord {
  const { id, clusterId, topic, state, reason, createdBy, releasedBy, outcome } = hold
  return {
    ...{ atMs, actor: ACTOR, action: state === 'active' ? 'retention.hold' : 'retention.restore' },
    ...{ target: `${clusterId}/${topic}`, outcome: OUTCOMES[state], httpStatus: null, remoteAddress: null },
    detail: {
      ...{ hold: id, state, reason, createdBy },
      ...(releasedBy === null ? {} : { releasedBy }),
      ...(outcome === null ? {} : { became: outcome }),
    },
  }
}
