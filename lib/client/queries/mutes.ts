import type { QueryClient } from '@tanstack/react-query'
import type { MuteAnswer, MuteListAnswer } from '../../api/schemas/mutes.ts'
import { apiPath, apiSend } from '../api.ts'
import type { MuteBody } from '../mute-form.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

/** All there are: no more than a page of the API holds. */
export function mutesQuery(): ResourceQuery<MuteListAnswer> {
  return resourceQuery<MuteListAnswer>(['mutes'], () => apiPath('/api/v1/mutes', { limit: 1000 }))
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
