/** Which entries of the audit log. All that is given must hold. */
import { z } from 'zod'
import { AUDIT_OUTCOMES, type AuditFilter } from '../../audit/audit-log.ts'
import { listQuery } from '../schemas/common.ts'
import { timeInput } from '../time-input.ts'

const filters = {
  /** Part of the actor, action or target. */
  q: z.string().max(500).optional(),
  actor: z.string().max(100).optional(),
  /** One action, or the first part of several: `replay`. */
  action: z.string().max(100).optional(),
  /** Part of it. */
  target: z.string().max(300).optional(),
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
  fromTime: timeInput.optional(),
  /** Without this moment itself. */
  toTime: timeInput.optional(),
}

export const auditQuery = listQuery.extend(filters)
export type AuditListQuery = z.output<typeof auditQuery>

export const auditExportQuery = z.object(filters)
export type AuditExportQuery = z.output<typeof auditExportQuery>

/** An empty field of a form asks for nothing. */
export function filterOf({ q, actor, action, target, outcome, fromTime, toTime }: AuditExportQuery): AuditFilter {
  return {
    ...{ text: q || undefined, actor: actor || undefined, action: action || undefined, target: target || undefined },
    ...{ outcome, fromMs: fromTime, toMs: toTime },
  }
}
