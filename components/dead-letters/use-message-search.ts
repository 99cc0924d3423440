'use client'

import { parseAsString, useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import type { MessagesView } from '../../lib/client/queries/dead-letters.ts'
import type { DeadLetterStatus } from './status-mark.tsx'

export const ALL_STATUSES = 'all'
export const STATUSES = [
  'open',
  'returned',
  'replayed',
  'archived',
  'expired',
] as const satisfies readonly DeadLetterStatus[]

export interface MessageSearch {
  q: string
  /** A status, or all of them. */
  status: DeadLetterStatus | typeof ALL_STATUSES
  /** ISO 8601; empty where there is no bound. */
  fromTime: string
  toTime: string
}

const NAMES = {
  q: parseAsString.withDefault(''),
  status: parseAsString.withDefault('open'),
  fromTime: parseAsString.withDefault(''),
  toTime: parseAsString.withDefault(''),
}

/** What is searched for stands in the address. */
export function useMessageSearch(): [MessageSearch, (next: Partial<MessageSearch>) => void] {
  const [state, setState] = useQueryStates(NAMES)
  const search = useMemo(() => toSearch(state), [state])
  return [
    search,
    (next) => {
      void setState(next)
    },
  ]
}

type SearchTexts = Record<keyof MessageSearch, string>

function toSearch({ q, status, fromTime, toTime }: SearchTexts): MessageSearch {
  const known = STATUSES.find((one) => one === status)
  return {
    // An address may say so; what has expired has no content to search in.
    q: known === 'expired' ? '' : q,
    status: known ?? (status === ALL_STATUSES ? ALL_STATUSES : 'open'),
    fromTime: isTime(fromTime) ? fromTime : '',
    toTime: isTime(toTime) ? toTime : '',
  }
}

function isTime(text: string): boolean {
  return text !== '' && !Number.isNaN(Date.parse(text))
}

/** As the API is asked. */
export function viewOfSearch({ q, status, fromTime, toTime }: MessageSearch, cause?: string): MessagesView {
  return {
    ...(q === '' ? {} : { q }),
    ...(status === ALL_STATUSES ? {} : { status }),
    ...(fromTime === '' ? {} : { fromTime }),
    ...(toTime === '' ? {} : { toTime }),
    ...(cause === undefined ? {} : { cause }),
  }
}
