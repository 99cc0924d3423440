import { z } from 'zod'
import { MATRIX_SUBJECTS } from '../../durability/check-states.ts'
import { listQuery, offFlag, severity } from '../schemas/common.ts'

export const checkQuery = listQuery.extend({
  subjectType: z.enum(MATRIX_SUBJECTS).default('topic'),
  /** `amiss`: only subjects with a finding or something unknown. */
  show: z.enum(['amiss', 'all']).default('amiss'),
  /** Milder findings alone list no subject. */
  minSeverity: severity.default('info'),
  /** What is muted alone lists no subject unless it is `true`. */
  muted: offFlag,
  /** Also internal topics. */
  internal: offFlag,
})
export type CheckQuery = z.output<typeof checkQuery>
