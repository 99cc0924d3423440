'use client'

import { useEffect, useRef, useState } from 'react'
import type { MessageAnswer, MessageListAnswer } from '../../lib/api/schemas/messages.ts'
import { apiGet } from '../../lib/client/api.ts'
import { addToTail, type BrowseView, type StoppedAt } from '../../lib/client/message-browse.ts'
import { messagesPath } from '../../lib/client/queries/messages.ts'
import { SECOND_MS } from '../../lib/units.ts'

export interface Tail {
  rows: readonly MessageAnswer[]
  /** Looked at since it was switched on. */
  scanned: number
  /** The last question failed; it is asked again. */
  error: unknown
  isFollowing: boolean
  setFollowing(isFollowing: boolean): void
}

const PAUSE_MS = SECOND_MS
/** After a failure: a broker that is down is not asked every second. */
const RETRY_MS = 5 * SECOND_MS

interface Position {
  subject: string
  /** Null: begin at the end. */
  from: StoppedAt | null
}

/**
 * New messages as they arrive, while `isOn`. It asks again from where it stopped: nothing is passed over, also not after
 * a pause. Switching it off forgets them.
 */
export function useTail(clusterId: string, topic: string, view: BrowseView, isOn: boolean): Tail {
  const subject = JSON.stringify([clusterId, topic, view.partition, view.q, view.key, view.header, view.path, isOn])
  const [isFollowing, setFollowing] = useState(true)
  const [state, setState] = useState(() => empty(subject))
  const position = useRef<Position>({ subject, from: null })
  if (state.subject !== subject) setState(empty(subject))
  // biome-ignore lint/correctness/useExhaustiveDependencies: `subject` stands for everything that is asked about.
  useEffect(() => {
    if (!isOn || !isFollowing) return
    if (position.current.subject !== subject) position.current = { subject, from: null }
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async (): Promise<void> => {
      const delayMs = await askOnce(stop.signal)
      if (!stop.signal.aborted) timer = setTimeout(() => void ask(), delayMs)
    }
    const askOnce = async (signal: AbortSignal): Promise<number> => {
      const { from } = position.current
      try {
        const answer = await apiGet<MessageListAnswer>(
          messagesPath(clusterId, topic, { ...view, start: 'latest' }, from),
          signal,
        )
        if (signal.aborted) return 0
        position.current = { subject, from: answer.stoppedAt ?? from }
        setState((before) => (before.subject === subject ? withAnswer(before, answer) : before))
        // More waits: it is fetched at once.
        return answer.complete ? PAUSE_MS : 0
      } catch (error) {
        if (!signal.aborted) setState((before) => ({ ...before, error }))
        return RETRY_MS
      }
    }
    void ask()
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [subject, isOn, isFollowing])
  return { rows: state.rows, scanned: state.scanned, error: state.error, isFollowing, setFollowing }
}

interface TailState {
  subject: string
  rows: readonly MessageAnswer[]
  scanned: number
  error: unknown
}

function empty(subject: string): TailState {
  return { subject, rows: [], scanned: 0, error: null }
}

function withAnswer(before: TailState, answer: MessageListAnswer): TailState {
  return {
    ...before,
    rows: addToTail(before.rows, answer.items),
    scanned: before.scanned + answer.scanned,
    error: null,
  }
}
