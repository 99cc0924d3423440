import { Info } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { SEVERITY_STATE } from '../../lib/client/states.ts'
import type { Severity } from '../../lib/durability/observation.ts'
import { cn } from './cn.ts'
import { StateGlyph } from './state-glyph.tsx'

/** What is only good to know is no state: a tick would say that all is well there. */
export function SeverityMark({ severity, sizePx = 16 }: { severity: Severity; sizePx?: number }): ReactElement {
  const t = useTranslations('states.severity')
  const place = 'mt-0.5 shrink-0'
  if (severity !== 'info') {
    return <StateGlyph level={SEVERITY_STATE[severity]} label={t(severity)} sizePx={sizePx} className={place} />
  }
  return (
    <span role="img" aria-label={t('info')} title={t('info')} className={cn('text-ink3', place)}>
      <Info aria-hidden style={{ width: sizePx, height: sizePx }} />
    </span>
  )
}
