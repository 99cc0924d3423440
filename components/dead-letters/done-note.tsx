'use client'

import { Check } from 'lucide-react'
import type { ReactElement } from 'react'

/** What an action did, said once; empty before. */
export function DoneNote({ text }: { text: string | null }): ReactElement {
  return (
    <p
      role="status"
      className={text === null ? 'sr-only' : 'mb-3 flex items-center gap-2 rounded-lg bg-line2 px-4 py-2'}
    >
      {text === null ? null : (
        <>
          <Check aria-hidden className="size-4 shrink-0 text-safe" />
          {text}
        </>
      )}
    </p>
  )
}
