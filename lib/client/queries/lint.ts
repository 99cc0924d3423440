import type { LintAnswer, LintBody } from '../../api/schemas/lint.ts'
import { apiSend } from '../api.ts'

/** A question that does not fit into an address. It is asked when somebody asks it and is kept nowhere. */
export function askLint(body: LintBody): Promise<LintAnswer> {
  return apiSend<LintAnswer>('POST', '/api/v1/lint', body)
}
