import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { DURABILITY_STATE, STATE_TEXT } from '../../lib/client/states.ts'
import type { Durability } from '../../lib/durability/observation.ts'
import { cn } from '../ui/cn.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'

interface DurabilityMarkProps {
  durability: Durability
  /** Some partitions are unknown: the place is that of the known ones. */
  isPartial?: boolean
}

/** A place on the ladder: glyph and word, so that neither colour nor shape has to be learnt. */
export function DurabilityMark({ durability, isPartial = false }: DurabilityMarkProps): ReactElement {
  const t = useTranslations('states.durability')
  const topics = useTranslations('topics')
  const level = DURABILITY_STATE[durability]
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-1.5', STATE_TEXT[level])}>
      <StateGlyph level={level} label="" sizePx={14} className="shrink-0" />
      <span className="sm:truncate">{t(durability)}</span>
      {isPartial && durability !== 'unknown' && (
        <StateGlyph level="unknown" label={topics('partlyUnknown')} sizePx={12} className="shrink-0" />
      )}
    </span>
  )
}
