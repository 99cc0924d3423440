import type {
  CreateReplayInput,
  ReplayAnswer,
  ReplayListAnswer,
  ReplayRecordAnswer,
} from '../../api/schemas/replays.ts'
import { apiPath, apiSend } from '../api.ts'
import { FILTER_STATES, type ReplayFilter, type ReplayOutcome, refreshMsOf } from '../replay-views.ts'
import {
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  listQuery,
  pageRows,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

export const REPLAYS_KEY = ['replays'] as const

export interface ReplayListView {
  filter: ReplayFilter
  /** Empty: of every cluster. */
  clusterId: string
  /** Part of the id, the queue, a cluster's id or who asked. */
  q?: string
  limit?: number
}

export function replaysQuery(view: ReplayListView): ListInfiniteQuery<ReplayAnswer> {
  const { filter, clusterId, q = '', limit = LIST_PAGE_ROWS } = view
  return listQuery<ReplayAnswer>([...REPLAYS_KEY, 'list', { filter, clusterId, q, limit }], (cursor) =>
    apiPath('/api/v1/replays', {
      state: FILTER_STATES[filter].join(','),
      cluster: clusterId,
      q,
      limit: pageRows(limit, cursor),
      cursor,
    }),
  )
}

function replayPath(id: string, rest = ''): string {
  return `/api/v1/replays/${encodeURIComponent(id)}${rest}`
}

/** Asked again as often as its state makes worth while. */
export function replayQuery(id: string): ResourceQuery<ReplayAnswer> {
  const query = resourceQuery<ReplayAnswer>([...REPLAYS_KEY, 'one', id], () => replayPath(id))
  return {
    ...query,
    refetchInterval: ({ state }) => refreshMsOf(state.data?.state),
  }
}

export interface ReplayRecordView {
  /** Null: all of them. */
  outcome: ReplayOutcome | null
  limit?: number
}

export function replayRecordsQuery(id: string, view: ReplayRecordView): ListInfiniteQuery<ReplayRecordAnswer> {
  const { outcome, limit = LIST_PAGE_ROWS } = view
  return listQuery<ReplayRecordAnswer>([...REPLAYS_KEY, 'records', id, { outcome, limit }], (cursor) =>
    apiPath(replayPath(id, '/records'), { outcome, limit: pageRows(limit, cursor), cursor }),
  )
}

export type ReplayCommand = 'start' | 'approve' | 'pause' | 'resume' | 'cancel'

/** `planHash` binds what was read to what happens: a plan that has changed since is refused. */
export function commandReplay(id: string, command: ReplayCommand, planHash: string | null): Promise<ReplayAnswer> {
  const isBound = command === 'start' || command === 'approve'
  return apiSend<ReplayAnswer>('POST', replayPath(id, `/${command}`), isBound ? { planHash } : undefined)
}

export function changeRate(id: string, rate: CreateReplayInput['rate']): Promise<ReplayAnswer> {
  return apiSend<ReplayAnswer>('PATCH', replayPath(id), { rate })
}

/** How many run or are held now: for the rail. */
export function runningReplaysQuery(): ResourceQuery<ReplayListAnswer> {
  return resourceQuery<ReplayListAnswer>([...REPLAYS_KEY, 'running'], () =>
    apiPath('/api/v1/replays', { state: FILTER_STATES.running.join(','), limit: 1 }),
  )
}

/** What became of each record, as CSV. */
export function reportPath(id: string): string {
  return replayPath(id, '/records.csv')
}
