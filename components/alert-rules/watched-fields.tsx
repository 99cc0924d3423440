'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useId } from 'react'
import { rulesQuery } from '../../lib/client/queries/findings.ts'
import { DISK_FULL_HOURS, RULE_SEVERITIES } from '../../lib/client/rule-form.ts'
import { type ListedMetric, SCOPES, scopeOf } from '../explore/metric-look.ts'
import { Field, TextInput } from '../ui/field.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { GroupedSelect, Select } from '../ui/select.tsx'
import type { RuleFieldsProps } from './rule-fields.ts'
import type { Watched } from './use-watched.ts'

interface WatchedFieldsProps extends RuleFieldsProps {
  watched: Watched
}

/** What a rule watches, and where. */
export function WatchedFields({ watched, ...fields }: WatchedFieldsProps): ReactElement {
  const t = useTranslations('ruleEditor')
  const { form, onChange } = fields
  return (
    <>
      <Segmented
        label={t('about.label')}
        value={form.about}
        options={(['series', 'finding'] as const).map((value) => ({ value, label: t(`about.${value}`) }))}
        // A number alone does not say how grave it is, a finding does.
        onValueChange={(about) => onChange({ about, severity: about === 'finding' ? '' : form.severity || 'high' })}
      />
      {form.about === 'series' ? <SeriesField {...fields} metrics={watched.metrics} /> : <FindingFields {...fields} />}
      <GlobFields {...fields} watched={watched} />
    </>
  )
}

function SeriesField({
  form,
  faults,
  onChange,
  metrics,
}: RuleFieldsProps & { metrics: readonly ListedMetric[] }): ReactElement {
  const t = useTranslations('ruleEditor')
  const explore = useTranslations('explore')
  const id = useId()
  const groups = SCOPES.map((scope) => ({
    label: explore(`scopes.${scope}`),
    options: [
      ...metrics
        .filter((metric) => scopeOf(metric) === scope)
        .map(({ metric }) => ({ value: metric as string, label: explore(`metrics.${metric}`) })),
      ...(scope === 'broker' ? [{ value: DISK_FULL_HOURS, label: t('diskFullHours') }] : []),
    ],
  }))
  return (
    <Field id={id} label={t('metric')} fault={faults.about}>
      <GroupedSelect
        id={id}
        required
        aria-label={t('metric')}
        aria-invalid={faults.about !== undefined}
        aria-describedby={`${id}-hint`}
        className="w-full"
        value={form.series}
        placeholder={t('choose')}
        groups={groups}
        onValueChange={(series) => onChange({ series })}
      />
    </Field>
  )
}

function FindingFields({ form, faults, onChange }: RuleFieldsProps): ReactElement {
  const t = useTranslations('ruleEditor')
  const severities = useTranslations('states.severity')
  const [codeId, severityId] = [useId(), useId()]
  const checks = useQuery(rulesQuery()).data?.items ?? []
  const options = checks
    .map(({ code, title }) => ({ value: code, label: `${title} (${code})` }))
    .toSorted((one, other) => one.label.localeCompare(other.label))
  return (
    <>
      <Field id={codeId} label={t('finding')} fault={faults.about}>
        <Select
          id={codeId}
          required
          aria-label={t('finding')}
          aria-invalid={faults.about !== undefined}
          aria-describedby={`${codeId}-hint`}
          className="w-full"
          value={form.finding}
          options={form.finding === '' ? [{ value: '', label: t('choose') }, ...options] : options}
          onValueChange={(finding) => onChange({ finding })}
        />
      </Field>
      <Field id={severityId} label={t('fromSeverity')} fault={faults.fromSeverity}>
        <Select
          id={severityId}
          aria-label={t('fromSeverity')}
          className="w-full"
          value={form.fromSeverity}
          options={RULE_SEVERITIES.map((value) => ({ value, label: severities(value) }))}
          onValueChange={(fromSeverity) => onChange({ fromSeverity })}
        />
      </Field>
    </>
  )
}

const LONGEST_GLOB = 256

function GlobFields({ form, faults, onChange, watched }: WatchedFieldsProps): ReactElement {
  const t = useTranslations('ruleEditor')
  const id = useId()
  return (
    <fieldset>
      <legend className="font-semibold">{t('where')}</legend>
      <p className="mb-2 text-ink3 text-xs">{t('whereHint')}</p>
      <div className="grid gap-3 sm:grid-cols-2">
        {watched.labels.map((label) => (
          <Field key={label} id={`${id}-${label}`} label={t(`globs.${label}`)} fault={faults[`globs.${label}`]}>
            <TextInput
              id={`${id}-${label}`}
              value={form.globs[label]}
              placeholder="*"
              maxLength={LONGEST_GLOB}
              aria-invalid={faults[`globs.${label}`] !== undefined}
              onChange={(event) => onChange({ globs: { ...form.globs, [label]: event.target.value } })}
            />
          </Field>
        ))}
      </div>
    </fieldset>
  )
}
