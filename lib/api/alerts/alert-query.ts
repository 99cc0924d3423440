import { z } from 'zod'
import { alertState } from '../schemas/alerts.ts'
import { flag, listQuery, offFlag, severity } from '../schemas/common.ts'

export const alertQuery = listQuery.extend({
  cluster: z.string().max(200).optional(),
  state: alertState.optional(),
  severity: severity.optional(),
  rule: z.string().max(100).optional(),
  /** `true`: only what has not ended; `false`: only what has. */
  open: flag.optional(),
  /** What is muted is left out unless it is `true`. */
  muted: offFlag,
})
export type AlertQuery = z.output<typeof alertQuery>
