'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useId } from 'react'
import { RULE_SEVERITIES, type RuleForm } from '../../lib/client/rule-form.ts'
import { Field, TextArea, TextInput } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import type { RuleFieldsProps } from './rule-fields.ts'
import { RuleNumber } from './rule-number.tsx'

const LONGEST_RUNBOOK = 2_000

/** How long it waits, how grave it is, and what is told with it. */
export function TellingFields(fields: RuleFieldsProps): ReactElement {
  const t = useTranslations('ruleEditor')
  const { form, faults, onChange } = fields
  const [labelsId, runbookId] = [useId(), useId()]
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <RuleNumber {...fields} name="forSeconds" label={t('forSeconds')} hint={t('forHint')} />
        <RuleNumber {...fields} name="keepFiringForSeconds" label={t('keepFiringForSeconds')} hint={t('keepHint')} />
      </div>
      <SeverityField {...fields} />
      <Field id={labelsId} label={t('labels')} hint={t('labelsHint')} fault={faults.labels}>
        <TextArea
          id={labelsId}
          rows={2}
          value={form.labels}
          aria-invalid={faults.labels !== undefined}
          onChange={(event) => onChange({ labels: event.target.value })}
        />
      </Field>
      <Field id={runbookId} label={t('runbook')} hint={t('runbookHint')} fault={faults.runbook}>
        <TextInput
          id={runbookId}
          type="url"
          maxLength={LONGEST_RUNBOOK}
          value={form.runbook}
          aria-invalid={faults.runbook !== undefined}
          onChange={(event) => onChange({ runbook: event.target.value })}
        />
      </Field>
    </>
  )
}

function SeverityField({ form, faults, onChange }: RuleFieldsProps): ReactElement {
  const t = useTranslations('ruleEditor')
  const severities = useTranslations('states.severity')
  const id = useId()
  const options: { value: RuleForm['severity']; label: string }[] = [
    ...(form.about === 'finding' ? [{ value: '' as const, label: t('asFound') }] : []),
    ...RULE_SEVERITIES.map((value) => ({ value, label: severities(value) })),
  ]
  return (
    <Field id={id} label={t('severity')} fault={faults.severity}>
      <Select
        id={id}
        aria-label={t('severity')}
        className="w-full"
        value={form.severity}
        options={options}
        onValueChange={(severity) => onChange({ severity })}
      />
    </Field>
  )
}
