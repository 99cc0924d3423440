import { z } from 'zod'
import { CELL_STATES } from '../../durability/check-states.ts'
import { count, listOf, severity } from './common.ts'

const cellState = z.enum(CELL_STATES)

/** One check; the counts are those of the whole list, whatever it is filtered by. */
export const checkColumn = z.object({
  code: z.string(),
  /** The gravest that it gives, or the one that the configuration gives it. */
  severity,
  title: z.string(),
  found: count,
  muted: count,
  unknown: count,
  /** It could tell nothing of any subject; rows are not listed for that alone. */
  isUnknown: z.boolean(),
})
export type CheckColumnAnswer = z.infer<typeof checkColumn>

export const checkRow = z.object({
  name: z.string(),
  /** In the order of the columns. */
  cells: z.array(cellState),
})
export type CheckRowAnswer = z.infer<typeof checkRow>

export const checkList = listOf(checkRow).extend({ columns: z.array(checkColumn) })
export type CheckListAnswer = z.infer<typeof checkList>
