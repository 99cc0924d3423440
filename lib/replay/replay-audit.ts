/** What a replay does by itself, for the audit log: nobody pressed a button, and it matters all the same. Pure. */
import type { AuditRecord } from '../audit/audit-log.ts'
import type { CodedFact, ReplayJob } from './replay-types.ts'

/** Of what the console does by itself. */
const ACTOR = 'holdfast'

const OUTCOMES = {
  ...{ brake: 'ok', release: 'ok', complete: 'ok' },
  ...{ canaryStop: 'refused', pause: 'failed', fail: 'failed', planFail: 'failed' },
} as const satisfies Record<string, AuditRecord['outcome']>

export type OwnAct = keyof typeof OUTCOMES

export function ownAudit(
  { id, request, counts }: Pick<ReplayJob, 'id' | 'request' | 'counts'>,
  act: OwnAct,
  because: CodedFact | null,
  atMs: number,
): AuditRecord {
  return {
    ...{ atMs, actor: ACTOR, action: `replay.${act}`, target: id, outcome: OUTCOMES[act] },
    ...{ httpStatus: null, remoteAddress: null },
    detail: {
      queue: `${request.clusterId}/${request.topic}`,
      ...(because === null ? {} : { ...because.facts, because: because.code }),
      ...{ selected: Number(counts.selected), sent: Number(counts.produced) },
      ...{ failed: Number(counts.failed), cameBack: Number(counts.returned) },
    },
  }
}
