'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { DISK_FULL_HOURS } from '../../lib/client/rule-form.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { type ListedMetric, unitLook } from '../explore/metric-look.ts'
import { Segmented } from '../ui/segmented.tsx'
import type { RuleFieldsProps } from './rule-fields.ts'
import { RuleNumber } from './rule-number.tsx'

/** From where on a number is a trouble, and from where on it is none any more, in its own unit. */
export function MarkFields({
  metric,
  ...fields
}: RuleFieldsProps & { metric: ListedMetric | undefined }): ReactElement {
  const t = useTranslations('ruleEditor')
  const { form, onChange } = fields
  const unit = form.series === DISK_FULL_HOURS ? 'hours' : metric?.unit
  const unitWord = unit === undefined ? 'none' : t(`inUnits.${unit}`)
  return (
    <>
      <Segmented
        label={t('beyond.label')}
        value={form.beyond}
        options={(['above', 'below'] as const).map((value) => ({ value, label: t(`beyond.${value}`) }))}
        onValueChange={(beyond) => onChange({ beyond })}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <MarkField {...fields} name="raise" label={t(`raise.${form.beyond}`, { unit: unitWord })} metric={metric} />
        <MarkField
          {...fields}
          name="clear"
          label={t(`clear.${form.beyond}`, { unit: unitWord })}
          metric={metric}
          hint={t('clearHint')}
        />
      </div>
    </>
  )
}

interface MarkFieldProps extends RuleFieldsProps {
  name: 'raise' | 'clear'
  label: string
  metric: ListedMetric | undefined
  hint?: string
}

function MarkField({ metric, hint = '\u00a0', ...field }: MarkFieldProps): ReactElement {
  const t = useTranslations('ruleEditor')
  const format = useFormat()
  const text = field.form[field.name].trim()
  const isSaid = metric !== undefined && text !== '' && Number.isFinite(Number(text))
  const said = isSaid ? t('is', { value: unitLook(metric.unit, format).formatValue(Number(text)) }) : hint
  return <RuleNumber {...field} hint={said} isRequired={field.name === 'raise'} />
}
