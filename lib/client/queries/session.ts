import type { PersonAnswer } from '../../api/schemas/session.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

/** Who is at the browser; it changes with signing in alone, which loads the page anew. */
export function personQuery(): ResourceQuery<PersonAnswer> {
  const query = resourceQuery<PersonAnswer>(['session'], () => '/api/v1/session')
  return { ...query, refetchInterval: false, staleTime: Number.POSITIVE_INFINITY }
}
