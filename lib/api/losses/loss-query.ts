import { z } from 'zod'
import { flag, listQuery, offFlag } from '../schemas/common.ts'
import { lossKind } from '../schemas/losses.ts'

export const lossQuery = listQuery.extend({
  cluster: z.string().max(200).optional(),
  kind: lossKind.optional(),
  /** Whole names. */
  group: z.string().max(500).optional(),
  topic: z.string().max(255).optional(),
  /** `true`: only what nobody has acknowledged; `false`: only what somebody has. */
  open: flag.optional(),
  /** What is muted is left out unless it is `true`. */
  muted: offFlag,
})
export type LossQuery = z.output<typeof lossQuery>
