import type { ReactElement, ReactNode } from 'react'
import { CommandLine } from './command-line.tsx'

/** A part of a dialog under its own heading. */
export function DialogSection({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className="mt-4 space-y-1 text-ink2">
      <h3 className="font-semibold text-ink">{title}</h3>
      {children}
    </section>
  )
}

/** What to do, in its order; a step without a command is something that no command does. */
export function CommandSteps({
  steps,
}: {
  steps: readonly { title: string; command: string | null }[]
}): ReactElement | null {
  if (steps.length === 0) return null
  return (
    <ol className="mt-2 list-decimal space-y-2 pl-5">
      {steps.map(({ title, command }) => (
        <li key={`${title} ${command}`}>
          {title}
          {command === null ? null : <CommandLine command={command} />}
        </li>
      ))}
    </ol>
  )
}
