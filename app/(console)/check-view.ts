import { MATRIX_SUBJECT_NAMES } from '../../lib/client/check-views.ts'
import type { CheckView } from '../../lib/client/queries/checks.ts'
import { type PageInput, queryText } from './page-input.ts'

/** What the matrix is asked for, by the address of a page that shows it. */
export function checkViewOf(asked: Awaited<PageInput<never>['searchParams']>): CheckView {
  const { q, sort, of, all, info, muted } = asked
  return {
    subjectType: MATRIX_SUBJECT_NAMES.find((name) => name === queryText(of)) ?? 'topic',
    ...{ withAll: queryText(all) === 'true', withInfo: queryText(info) === 'true' },
    ...{ withMuted: queryText(muted) === 'true', q: queryText(q), sort: queryText(sort) },
  }
}
