import Link from 'next/link'
import type { ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/states.tsx'

interface EmptyPanelProps {
  title: string
  text: string
  href: string
  action: string
}

/** A page with nothing to show, and where to go from there. */
export function EmptyPanel({ title, text, href, action }: EmptyPanelProps): ReactElement {
  return (
    <div className="panel">
      <EmptyState
        title={title}
        text={text}
        action={
          <Button asChild>
            <Link href={href}>{action}</Link>
          </Button>
        }
      />
    </div>
  )
}
