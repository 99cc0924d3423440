import { BellOff, Info, Minus } from 'lucide-react'
import type { ReactElement } from 'react'
import { SEVERITY_STATE } from '../../lib/client/states.ts'
import type { CellState } from '../../lib/durability/check-states.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'

const SIZE_PX = 15
const ICON = 'size-[15px] shrink-0 text-ink3'

/** Each state has a shape of its own; whoever draws it says the word. What is good to know is no state of alarm. */
export function CellMark({ state }: { state: CellState }): ReactElement {
  switch (state) {
    case 'info':
      return <Info aria-hidden className={ICON} />
    case 'muted':
      return <BellOff aria-hidden className={ICON} />
    case 'notApplicable':
      return <Minus aria-hidden className="size-3 shrink-0 text-line" />
    case 'passed':
      return <StateGlyph level="safe" label="" sizePx={SIZE_PX} className="shrink-0" />
    case 'unknown':
      return <StateGlyph level="unknown" label="" sizePx={SIZE_PX} className="shrink-0" />
    default:
      return <StateGlyph level={SEVERITY_STATE[state]} label="" sizePx={SIZE_PX} className="shrink-0" />
  }
}
