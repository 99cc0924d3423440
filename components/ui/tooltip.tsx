'use client'

import { Tooltip as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

/** Must be inside the shell, which holds the provider. The child must be able to take focus. */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactElement }): ReactElement {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-w-xs rounded-md border border-line bg-ink px-2 py-1 text-bg text-xs"
        >
          {text}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export function TooltipProvider({ children }: { children: ReactNode }): ReactElement {
  return <Radix.Provider delayDuration={300}>{children}</Radix.Provider>
}
