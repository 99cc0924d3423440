import type { QueryClient } from '@tanstack/react-query'
import type { DeliveryAnswer, DeliveryWithLogAnswer } from '../../api/schemas/deliveries.ts'
import type { ReceiverAnswer, ReceiverTestAnswer } from '../../api/schemas/receivers.ts'
import { apiPath, apiSend } from '../api.ts'
import { type ReceiverForm, receiverBody } from '../receiver-form.ts'
import {
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  type ListView,
  listQuery,
  pageRows,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

const RECEIVERS_KEY = ['receivers'] as const
const DELIVERIES_KEY = ['deliveries'] as const

const pathOf = (id: string, rest = ''): string => `/api/v1/receivers/${encodeURIComponent(id)}${rest}`
const deliveryPath = (id: string, rest = ''): string => `/api/v1/deliveries/${encodeURIComponent(id)}${rest}`

export function receiversQuery({ q, sort, limit = LIST_PAGE_ROWS }: ListView): ListInfiniteQuery<ReceiverAnswer> {
  return listQuery<ReceiverAnswer>([...RECEIVERS_KEY, 'list', { q, sort, limit }], (cursor) =>
    apiPath('/api/v1/receivers', { q, sort, limit: pageRows(limit, cursor), cursor }),
  )
}

export function addReceiver(form: ReceiverForm): Promise<ReceiverAnswer> {
  return apiSend<ReceiverAnswer>('POST', '/api/v1/receivers', receiverBody(form))
}

export function removeReceiver(id: string): Promise<undefined> {
  return apiSend<undefined>('DELETE', pathOf(id))
}

export function testReceiver(id: string): Promise<ReceiverTestAnswer> {
  return apiSend<ReceiverTestAnswer>('POST', pathOf(id, '/test'))
}

export function forgetReceivers(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: RECEIVERS_KEY })
}

export function deliveriesQuery({ q, sort, limit = LIST_PAGE_ROWS }: ListView): ListInfiniteQuery<DeliveryAnswer> {
  return listQuery<DeliveryAnswer>([...DELIVERIES_KEY, 'list', { q, sort, limit }], (cursor) =>
    apiPath('/api/v1/deliveries', { q, sort, limit: pageRows(limit, cursor), cursor }),
  )
}

export function deliveryQuery(id: string): ResourceQuery<DeliveryWithLogAnswer> {
  return resourceQuery<DeliveryWithLogAnswer>([...DELIVERIES_KEY, 'one', id], () => deliveryPath(id))
}

export function resendDelivery(id: string): Promise<DeliveryAnswer> {
  return apiSend<DeliveryAnswer>('POST', deliveryPath(id, '/resend'))
}

export function forgetDeliveries(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: DELIVERIES_KEY })
}
