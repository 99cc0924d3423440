import type { QueryClient } from '@tanstack/react-query'
import type { MuteAnswer, MuteListAnswer } from '../../api/schemas/mutes.ts'
import { apiPath, apiSend } from '../api.ts'
import type { MuteBody } from '../mute-form.ts'
import { MUTE_FILTER_WORDS, type MuteFilter } from '../mute-views.ts'
import {
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  type ListView,
  listQuery,
  pageRows,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

/** All there are: no more than a page of the API holds. */
export function mutesQuery(): ResourceQuery<MuteListAnswer> {
  return resourceQuery<MuteListAnswer>(['mutes'], () => apiPath('/api/v1/mutes', { limit: 1000 }))
}

export interface MuteView extends ListView {
  filter: MuteFilter
}

export function muteListQuery({ filter, ...view }: MuteView): ListInfiniteQuery<MuteAnswer> {
  const { sort, limit = LIST_PAGE_ROWS } = view
  const q = [view.q, MUTE_FILTER_WORDS[filter]].filter(Boolean).join(' ')
  return listQuery<MuteAnswer>(['mutes', 'list', { q, sort, limit }], (cursor) =>
    apiPath('/api/v1/mutes', { q, sort, limit: pageRows(limit, cursor), cursor }),
  )
}

/** How many there are is all that is wanted. */
export function activeMutesQuery(): ResourceQuery<MuteListAnswer> {
  const asked = { q: MUTE_FILTER_WORDS.active, limit: 1 }
  return resourceQuery<MuteListAnswer>(['mutes', 'active'], () => apiPath('/api/v1/mutes', asked))
}

export function addMute(body: MuteBody): Promise<MuteAnswer> {
  return apiSend<MuteAnswer>('POST', '/api/v1/mutes', body)
}

export function removeMute(id: string): Promise<undefined> {
  return apiSend<undefined>('DELETE', `/api/v1/mutes/${encodeURIComponent(id)}`)
}

/** Whatever lists or counts findings or losses is not as it was. */
export async function forgetMutes(client: QueryClient): Promise<void> {
  await Promise.all(
    [['mutes'], ['findings'], ['checks'], ['losses'], ['clusters'], ['topics']].map((queryKey) =>
      client.invalidateQueries({ queryKey }),
    ),
  )
}
