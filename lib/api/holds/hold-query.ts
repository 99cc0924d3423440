import { z } from 'zod'
import { flag, listQuery } from '../schemas/common.ts'

export const holdQuery = listQuery.extend({
  cluster: z.string().max(200).optional(),
  /** `false`: only those that are open, or in a conflict that nobody has decided; `true`: only the others. */
  settled: flag.optional(),
})
export type HoldQuery = z.output<typeof holdQuery>
