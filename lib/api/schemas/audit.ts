import { z } from 'zod'
import { facts, isoTime, listOf } from './common.ts'

export const auditEntry = z.object({
  id: z.int(),
  at: isoTime,
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  outcome: z.enum(['ok', 'refused', 'failed']),
  status: z.int().nullable(),
  remoteAddress: z.string().nullable(),
  detail: facts.nullable(),
})

export const auditList = listOf(auditEntry)
export type AuditListAnswer = z.infer<typeof auditList>
