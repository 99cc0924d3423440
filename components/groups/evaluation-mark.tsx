import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { EVALUATION_STATE, STATE_TEXT } from '../../lib/client/states.ts'
import type { GroupEvaluation } from '../../lib/durability/observation.ts'
import { cn } from '../ui/cn.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'

interface EvaluationMarkProps {
  evaluation: GroupEvaluation
  /** Why it is unknown. */
  why?: string | null
}

/** How a reader is doing, with what the word means on hover. */
export function EvaluationMark({ evaluation, why }: EvaluationMarkProps): ReactElement {
  const t = useTranslations('states.evaluation')
  const help = useTranslations('groups.evaluationHelp')
  const level = EVALUATION_STATE[evaluation]
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-1.5', STATE_TEXT[level])} title={why ?? help(evaluation)}>
      <StateGlyph level={level} label="" sizePx={14} className="shrink-0" />
      <span className="sm:truncate">{t(evaluation)}</span>
    </span>
  )
}
