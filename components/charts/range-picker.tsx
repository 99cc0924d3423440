'use client'

import { ChevronLeft, ChevronRight, ZoomOut } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { type Bounds, boundsOf, isPreset, useTimeRange } from '../../lib/client/time-range.ts'
import { Button } from '../ui/button.tsx'
import { RangeSelect } from '../ui/range-select.tsx'

/** Which stretch of time the charts of this page show, and after a zoom the ways on from it without a mouse. */
export function RangePicker(): ReactElement {
  const t = useTranslations('charts.range')
  const [range, setRange] = useTimeRange()
  const bounds = boundsOf(range, 0)
  const half = (bounds.toMs - bounds.fromMs) / 2
  const show = ({ fromMs, toMs }: Bounds): void => setRange(`${Math.round(fromMs)}-${Math.round(toMs)}`)
  return (
    <div className="flex items-center gap-1">
      {!isPreset(range) && (
        <>
          <StepButton
            label={t('earlier')}
            onClick={() => show({ fromMs: bounds.fromMs - half, toMs: bounds.toMs - half })}
            icon={<ChevronLeft aria-hidden className="size-4" />}
          />
          <StepButton
            label={t('later')}
            onClick={() => show({ fromMs: bounds.fromMs + half, toMs: bounds.toMs + half })}
            icon={<ChevronRight aria-hidden className="size-4" />}
          />
          <StepButton
            label={t('wider')}
            onClick={() => show({ fromMs: bounds.fromMs - half, toMs: Math.min(Date.now(), bounds.toMs + half) })}
            icon={<ZoomOut aria-hidden className="size-4" />}
          />
        </>
      )}
      <RangeSelect />
    </div>
  )
}

function StepButton({
  label,
  onClick,
  icon,
}: {
  label: string
  onClick: () => void
  icon: ReactElement
}): ReactElement {
  return (
    <Button look="quiet" square aria-label={label} title={label} onClick={onClick}>
      {icon}
    </Button>
  )
}
