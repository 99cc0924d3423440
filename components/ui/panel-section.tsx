import type { ReactElement, ReactNode } from 'react'
import { ScrollPanel } from './scroll-panel.tsx'

interface PanelSectionProps {
  id: string
  title: string
  /** What the numbers below mean, in a sentence. */
  note?: string
  children: ReactNode
}

/** A heading with a panel under it. */
export function PanelSection({ id, title, note, children }: PanelSectionProps): ReactElement {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-2 font-semibold text-base">
        {title}
      </h2>
      <ScrollPanel labelledBy={id} className="panel">
        {children}
      </ScrollPanel>
      {note === undefined ? null : <p className="mt-1.5 max-w-prose text-ink3 text-xs">{note}</p>}
    </section>
  )
}
