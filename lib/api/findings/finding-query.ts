import { z } from 'zod'
import { listQuery, offFlag, severity } from '../schemas/common.ts'

export const findingQuery = listQuery.extend({
  /** Also milder ones are answered unless it says otherwise. */
  minSeverity: severity.default('info'),
  subjectType: z.enum(['cluster', 'nameServer', 'broker', 'topic', 'group']).optional(),
  /** Its whole name. */
  subject: z.string().max(500).optional(),
  /** What is muted is left out unless it is `true`. */
  muted: offFlag,
})
export type FindingQuery = z.output<typeof findingQuery>

export const allFindingsQuery = findingQuery.extend({ cluster: z.string().max(200).optional() })
