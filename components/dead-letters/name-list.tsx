'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { Fragment, type ReactElement } from 'react'
import { visibleText } from '../../lib/client/payload.ts'
import { Unknown } from '../ui/values.tsx'

interface NameListProps {
  names: readonly string[]
  hrefOf(name: string): string
  /** Why there are none. */
  why?: string
  /** How many are written out. */
  atMost?: number
}

/** Topics or groups in one line, each a link; those beyond a few are named on hover. */
export function NameList({ names, hrefOf, why, atMost = 2 }: NameListProps): ReactElement {
  const t = useTranslations('deadLetters.causes')
  if (names.length === 0) return <Unknown why={why ?? null} />
  const hidden = names.slice(atMost)
  return (
    <span title={names.join(', ')}>
      {names.slice(0, atMost).map((name, index) => (
        <Fragment key={name}>
          {index > 0 && ', '}
          <Link href={hrefOf(name)} prefetch={false} className="hover:underline">
            {visibleText(name)}
          </Link>
        </Fragment>
      ))}
      {hidden.length > 0 && <span className="text-ink3"> {t('more', { count: hidden.length })}</span>}
    </span>
  )
}
