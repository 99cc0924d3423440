import { getMessages } from 'next-intl/server'
import type { ReactElement, ReactNode } from 'react'
import { AREAS, type Area, wordsOf } from '../../lib/i18n/areas.ts'
import { MoreWords } from './more-words.tsx'

/** Gives the pages inside the words of their area, beside those of every page. */
export async function AreaWords({ area, children }: { area: Area; children: ReactNode }): Promise<ReactElement> {
  return <MoreWords words={wordsOf(await getMessages(), AREAS[area])}>{children}</MoreWords>
}
