'use client'

import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { BROWSE_STARTS, type BrowseView } from '../../lib/client/message-browse.ts'

const text = parseAsString.withDefault('')

/** What is read stands in the address. `broker` is also taken apart from `partition`, as links write it. */
export function useBrowseView(): [BrowseView, (next: Partial<BrowseView>) => void] {
  const [state, setState] = useQueryStates({
    from: parseAsStringLiteral(BROWSE_STARTS).withDefault('latest'),
    broker: text,
    partition: text,
    offset: text,
    at: text,
    q: text,
    key: text,
    header: text,
    path: text,
  })
  const view = useMemo<BrowseView>(() => {
    const { from, broker, partition, at, ...rest } = state
    const isApart = broker !== '' && partition !== '' && !partition.includes(':')
    return { ...rest, start: from, time: at, partition: isApart ? `${broker}:${partition}` : partition }
  }, [state])
  const setView = (next: Partial<BrowseView>): void => {
    const { start, time, ...rest } = { ...view, ...next }
    void setState({ ...rest, from: start, at: time, broker: '' }, { history: 'push' })
  }
  return [view, setView]
}
