/** Where a person reads in a topic and what for, as the address holds it. Pure. */
import type { MessageAnswer, MessageListAnswer } from '../api/schemas/messages.ts'
import type { QueryValue } from './api.ts'

export const BROWSE_STARTS = ['latest', 'earliest', 'offset', 'time'] as const
export type BrowseStart = (typeof BROWSE_STARTS)[number]

export interface BrowseView {
  start: BrowseStart
  /** Empty: all of them. On RocketMQ `broker:queue`. */
  partition: string
  offset: string
  /** ISO 8601. */
  time: string
  /** Text in key, value or headers. */
  q: string
  /** Text of the whole key. */
  key: string
  /** `name` or `name:value`. */
  header: string
  /** `$.order.id=42`. */
  path: string
}

export const FIRST_VIEW: BrowseView = {
  start: 'latest',
  partition: '',
  offset: '',
  time: '',
  q: '',
  key: '',
  header: '',
  path: '',
}

export function isFiltered(view: BrowseView): boolean {
  return view.q !== '' || view.key !== '' || view.header !== '' || view.path !== ''
}

export interface QueuePlace {
  partition: number
  broker: string | null
}

/** `3`, on RocketMQ `broker-a:3`. Null: all, or not a place. */
export function placeOfText(text: string): QueuePlace | null {
  const match = /^(?:(.+):)?(\d{1,10})$/.exec(text.trim())
  return match === null ? null : { partition: Number(match[2]), broker: match[1] ?? null }
}

export function placeText({ partition, broker }: QueuePlace): string {
  return broker === null ? String(partition) : `${broker}:${partition}`
}

export type StoppedAt = NonNullable<MessageListAnswer['stoppedAt']>

/** Where a read goes on: `0:1204,1:993`, on RocketMQ `broker-a/0:1204`. */
function stoppedText(stoppedAt: StoppedAt): string {
  return stoppedAt
    .map(({ partition, broker, offset }) => `${broker === null ? '' : `${broker}/`}${partition}:${offset}`)
    .join(',')
}

const PAGE_MESSAGES = 100

/** As the API is asked. `from`: where the read before stopped. */
export function browseParams(
  view: BrowseView,
  from: StoppedAt | null,
  limit = PAGE_MESSAGES,
): Record<string, QueryValue> {
  const place = placeOfText(view.partition)
  const filter = { q: view.q, key: view.key, header: view.header, path: view.path }
  const where = { partition: place?.partition, broker: place?.broker, limit, ...filter }
  if (from !== null) return { ...where, from: stoppedText(from) }
  switch (view.start) {
    case 'latest':
    case 'earliest':
      return { ...where, position: view.start }
    case 'offset':
      return { ...where, fromOffset: view.offset === '' ? '0' : view.offset }
    case 'time':
      return { ...where, fromTime: view.time }
  }
}

/** The same message always has the same key. */
export function messageKey(message: Pick<MessageAnswer, 'partition' | 'broker' | 'offset'>): string {
  return `${placeText(message)}:${message.offset}`
}

/** How many messages a live tail keeps: older ones leave, so that a page left open over night stays light. */
export const TAIL_ROWS = 500

/** The newest first. Messages that are there already are not shown twice. */
export function addToTail(rows: readonly MessageAnswer[], arrived: readonly MessageAnswer[]): readonly MessageAnswer[] {
  if (arrived.length === 0) return rows
  const known = new Set(rows.map(messageKey))
  const fresh = arrived.filter((message) => !known.has(messageKey(message)))
  return fresh.length === 0 ? rows : [...fresh.toReversed(), ...rows].slice(0, TAIL_ROWS)
}
