import type { QueryClient } from '@tanstack/react-query'
import type { LossAnswer, LossListAnswer } from '../../api/schemas/losses.ts'
import { apiPath, apiSend } from '../api.ts'
import type { LossFilter } from '../loss-views.ts'
import { CLUSTERS_KEY } from './clusters.ts'
import {
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  type ListView,
  listQuery,
  pageRows,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

const LOSSES_KEY = ['losses'] as const

const OPEN: Record<LossFilter, boolean | undefined> = { open: true, acknowledged: false, all: undefined }

export interface LossView extends ListView {
  filter: LossFilter
  withMuted: boolean
}

export function lossesQuery({ filter, withMuted, ...view }: LossView): ListInfiniteQuery<LossAnswer> {
  const { q, sort, limit = LIST_PAGE_ROWS } = view
  return listQuery<LossAnswer>([...LOSSES_KEY, 'list', { q, sort, limit, filter, withMuted }], (cursor) =>
    apiPath('/api/v1/losses', {
      ...{ open: OPEN[filter], muted: withMuted || undefined },
      ...{ q, sort, limit: pageRows(limit, cursor), cursor },
    }),
  )
}

/** One entry, whatever the list beside it shows. */
export function lossQuery(id: string): ResourceQuery<LossListAnswer> {
  return resourceQuery<LossListAnswer>([...LOSSES_KEY, 'one', id], () =>
    apiPath('/api/v1/losses', { q: `id=${id}`, muted: true, limit: 1 }),
  )
}

export function acknowledgeLoss(id: string, note: string): Promise<LossAnswer> {
  return apiSend<LossAnswer>('POST', `/api/v1/losses/${encodeURIComponent(id)}/acknowledge`, { note })
}

/** What an acknowledgement changes: the ledger, and the verdicts that hang on it. */
export async function forgetLosses(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: LOSSES_KEY }),
    client.invalidateQueries({ queryKey: CLUSTERS_KEY }),
  ])
}
