'use client'

import { useMemo, useState } from 'react'

/** Which rows are ticked, by their keys. Rows that went away are no longer meant. */
export interface Selection {
  readonly keys: ReadonlySet<string>
  has(key: string): boolean
  toggle(key: string): void
  /** Ticks these and no others. */
  replace(keys: Iterable<string>): void
  clear(): void
}

export function useSelection(present: readonly string[]): Selection {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  return useMemo(() => {
    const keys = new Set(present.filter((key) => ticked.has(key)))
    return {
      keys,
      has: (key) => keys.has(key),
      toggle: (key) => {
        const next = new Set(keys)
        if (!next.delete(key)) next.add(key)
        setTicked(next)
      },
      replace: (next) => setTicked(new Set(next)),
      clear: () => setTicked(new Set()),
    }
  }, [present, ticked])
}
