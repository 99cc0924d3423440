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
import { Select } from '../ui/select.tsx'

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
  const example = routeExample({
    ...{ code: code || (rules[0]?.code ?? ''), clusterId: clusterId || (clusters[0]?.id ?? ''), severity, type, name },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (example !== null) onShow(example)
  }
  return (
    <form onSubmit={submit} className="panel mb-4 space-y-3 px-4 py-3">
      <h2 className="font-semibold">{t('title')}</h2>
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-5">
        <Field id={`${id}-rule`} label={t('rule')}>
          <Select
            id={`${id}-rule`}
            aria-label={t('rule')}
            className="w-full"
            value={code || (rules[0]?.code ?? '')}
            options={rules.map((rule) => ({ value: rule.code, label: rule.title }))}
            onValueChange={setCode}
          />
        </Field>
        <Field id={`${id}-severity`} label={t('severity')}>
          <Select
            id={`${id}-severity`}
            aria-label={t('severity')}
            className="w-full"
            value={severity}
            options={EXAMPLE_SEVERITIES.map((value) => ({ value, label: severities(value) }))}
            onValueChange={(value: ExampleSeverity) => setSeverity(value)}
          />
        </Field>
        <Field id={`${id}-cluster`} label={t('cluster')}>
          <Select
            id={`${id}-cluster`}
            aria-label={t('cluster')}
            className="w-full"
            value={clusterId || (clusters[0]?.id ?? '')}
            options={clusters.map((cluster) => ({ value: cluster.id, label: cluster.name }))}
            onValueChange={setClusterId}
          />
        </Field>
        <Field id={`${id}-type`} label={t('subjectType')}>
          <Select
            id={`${id}-type`}
            aria-label={t('subjectType')}
            className="w-full"
            value={type}
            options={EXAMPLE_SUBJECTS.map((value) => ({ value, label: t(`types.${value}`) }))}
            onValueChange={(value: ExampleSubject) => setType(value)}
          />
        </Field>
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
