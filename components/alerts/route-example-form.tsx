'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import {
  EXAMPLE_SEVERITIES,
  EXAMPLE_SUBJECTS,
  type ExampleSeverity,
  type ExampleSubject,
  type RouteExample,
  routeExample,
} from '../../lib/client/alert-views.ts'
import { alertRulesQuery } from '../../lib/client/queries/alerts.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { Button } from '../ui/button.tsx'
import { Field, TextInput } from '../ui/field.tsx'
import { Select, type SelectProps } from '../ui/select.tsx'

interface RouteExampleFormProps {
  onShow(example: RouteExample): void
  isWorking: boolean
}

/** An alert as it might be. */
export function RouteExampleForm({ onShow, isWorking }: RouteExampleFormProps): ReactElement {
  const t = useTranslations('alerts.routes.example')
  const severities = useTranslations('states.severity')
  const id = useId()
  const rules = useQuery(alertRulesQuery()).data?.items ?? []
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  const [code, setCode] = useState('')
  const [clusterId, setClusterId] = useState('')
  const [severity, setSeverity] = useState<ExampleSeverity>('high')
  const [type, setType] = useState<ExampleSubject>('topic')
  const [name, setName] = useState('')
  // Until somebody chooses, the first one is.
  const rule = code || (rules[0]?.code ?? '')
  const cluster = clusterId || (clusters[0]?.id ?? '')
  const example = routeExample({ code: rule, clusterId: cluster, severity, type, name })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (example !== null) onShow(example)
  }
  return (
    <form onSubmit={submit} className="panel mb-4 space-y-3 px-4 py-3">
      <h2 className="font-semibold">{t('title')}</h2>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-5">
        <Choice
          label={t('rule')}
          value={rule}
          options={rules.map((one) => ({ value: one.code, label: one.title }))}
          onValueChange={setCode}
        />
        <Choice
          label={t('severity')}
          value={severity}
          options={EXAMPLE_SEVERITIES.map((value) => ({ value, label: severities(value) }))}
          onValueChange={(value: ExampleSeverity) => setSeverity(value)}
        />
        <Choice
          label={t('cluster')}
          value={cluster}
          options={clusters.map((one) => ({ value: one.id, label: one.name }))}
          onValueChange={setClusterId}
        />
        <Choice
          label={t('subjectType')}
          value={type}
          options={EXAMPLE_SUBJECTS.map((value) => ({ value, label: t(`types.${value}`) }))}
          onValueChange={(value: ExampleSubject) => setType(value)}
        />
        <Field id={`${id}-name`} label={t('subject')}>
          <TextInput
            id={`${id}-name`}
            className="h-8"
            value={name}
            disabled={type === 'cluster'}
            maxLength={1_000}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
      </div>
      <Button type="submit" disabled={example === null || isWorking}>
        {t('submit')}
      </Button>
    </form>
  )
}

type ChoiceProps<Value extends string> = Pick<SelectProps<Value>, 'value' | 'options' | 'onValueChange'> & {
  label: string
}

function Choice<Value extends string>({ label, ...choice }: ChoiceProps<Value>): ReactElement {
  const id = useId()
  return (
    <Field id={id} label={label}>
      <Select id={id} aria-label={label} className="w-full" {...choice} />
    </Field>
  )
}
