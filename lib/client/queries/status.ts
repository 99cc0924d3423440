import type { StatusAnswer } from '../../api/schemas/status.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

/** What keeps the console itself from knowing the present. The shell reads it on every page. */
export function statusQuery(): ResourceQuery<StatusAnswer> {
  return resourceQuery<StatusAnswer>(['status'], () => '/api/v1/status')
}
