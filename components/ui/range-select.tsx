'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { boundsOf, isPreset, RANGE_PRESETS, type TimeRange, useTimeRange } from '../../lib/client/time-range.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Select } from './select.tsx'

/** The range of every chart on the page; a stretch that was dragged out on a chart is offered beside the presets. */
export function RangeSelect(): ReactElement {
  const t = useTranslations('ui.range')
  const format = useFormat()
  const [range, setRange] = useTimeRange()
  const presets = RANGE_PRESETS.map((preset) => ({ value: preset as TimeRange, label: t(preset) }))
  const { fromMs, toMs } = boundsOf(range, 0)
  const custom = isPreset(range)
    ? []
    : [{ value: range, label: t('custom', { from: format.clock(fromMs, toMs), to: format.clock(toMs, toMs) }) }]
  return <Select aria-label={t('label')} value={range} options={[...custom, ...presets]} onValueChange={setRange} />
}
