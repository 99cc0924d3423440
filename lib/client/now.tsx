'use client'

import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import { SECOND_MS } from '../units.ts'

/** One clock for the whole page. Text derived from it changes only when the text itself does, so a tick is cheap. */
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let nowMs = 0

function tick(): void {
  nowMs = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    nowMs = Date.now()
    timer = setInterval(tick, SECOND_MS)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

function currentNowMs(): number {
  if (nowMs === 0) nowMs = Date.now()
  return nowMs
}

const ServerNow = createContext(0)

/** Carries the server's time, so that the first render in the browser says the same as the HTML. */
export function NowProvider({ serverNowMs, children }: { serverNowMs: number; children: ReactNode }): ReactNode {
  return <ServerNow value={serverNowMs}>{children}</ServerNow>
}

/** A value made from the present time, recomputed every second. */
export function useNowValue<T extends string | number | boolean>(derive: (nowMs: number) => T): T {
  const serverNowMs = useContext(ServerNow)
  return useSyncExternalStore(
    subscribe,
    () => derive(currentNowMs()),
    () => derive(serverNowMs),
  )
}
