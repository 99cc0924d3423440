'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useDeferredValue, useId } from 'react'
import { LINT_CLIENTS, type LintChoice, MAX_LINT_CHARS, systemOfClient } from '../../lib/client/lint-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { topicNamesQuery } from '../../lib/client/queries/names.ts'
import { Button } from '../ui/button.tsx'
import { Field, TextArea, TextInput } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'

interface LintFormProps {
  choice: LintChoice
  text: string
  isChecking: boolean
  onChoice(part: Partial<LintChoice>): void
  onText(text: string): void
  onCheck(): void
}

export function LintForm({ choice, text, isChecking, onChoice, onText, onCheck }: LintFormProps): ReactElement {
  const t = useTranslations('lint')
  const isTooLong = text.length > MAX_LINT_CHARS
  return (
    <form
      aria-label={t('form')}
      className="panel space-y-4 px-4 py-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isTooLong && !isChecking) onCheck()
      }}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <ClientField choice={choice} onChoice={onChoice} />
        <Field
          id="lint-version"
          label={t(choice.client === 'springBoot' ? 'versionBoot' : 'version')}
          hint={t('versionHint')}
        >
          <TextInput
            id="lint-version"
            maxLength={100}
            value={choice.version}
            onChange={(event) => onChoice({ version: event.target.value })}
          />
        </Field>
        <ClusterField choice={choice} onChoice={onChoice} />
        <TopicField choice={choice} onChoice={onChoice} />
      </div>
      <Field
        id="lint-text"
        label={t('text')}
        hint={
          isTooLong ? t('tooLong', { count: text.length, max: MAX_LINT_CHARS }) : t('textHint', { max: MAX_LINT_CHARS })
        }
      >
        <TextArea
          id="lint-text"
          rows={14}
          wrap="off"
          autoCapitalize="none"
          aria-invalid={isTooLong}
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      </Field>
      <Button type="submit" look="primary" disabled={isTooLong || isChecking}>
        {isChecking ? t('checking') : t('check')}
      </Button>
    </form>
  )
}

type ChoiceProps = Pick<LintFormProps, 'choice' | 'onChoice'>

function ClientField({ choice, onChoice }: ChoiceProps): ReactElement {
  const t = useTranslations('lint')
  return (
    <Field id="lint-client" label={t('client')}>
      <Select
        id="lint-client"
        aria-label={t('client')}
        className="w-full"
        value={choice.client}
        options={LINT_CLIENTS.map((value) => ({ value, label: t(`clients.${value}`) }))}
        onValueChange={(client) => {
          // A version is one of its library, and a cluster one of its system.
          const isSameSystem = systemOfClient(client) === systemOfClient(choice.client)
          onChoice({ client, version: '', ...(isSameSystem ? {} : { cluster: '', topic: '' }) })
        }}
      />
    </Field>
  )
}

function ClusterField({ choice, onChoice }: ChoiceProps): ReactElement {
  const t = useTranslations('lint')
  const { data } = useQuery(clustersQuery())
  const fitting = (data?.items ?? []).filter(({ kind }) => kind === systemOfClient(choice.client))
  const options = fitting.map(({ id, name }) => ({ value: id, label: name }))
  const isListed = choice.cluster === '' || fitting.some(({ id }) => id === choice.cluster)
  return (
    <Field id="lint-cluster" label={t('cluster')}>
      <Select
        id="lint-cluster"
        aria-label={t('cluster')}
        className="w-full"
        value={choice.cluster}
        options={[
          { value: '', label: t('noCluster') },
          ...options,
          ...(isListed ? [] : [{ value: choice.cluster, label: choice.cluster }]),
        ]}
        onValueChange={(cluster) => onChoice({ cluster, topic: '' })}
      />
    </Field>
  )
}

const MOST_NAMES = 50

function TopicField({ choice, onChoice }: ChoiceProps): ReactElement {
  const t = useTranslations('lint')
  const listId = useId()
  const { cluster, topic } = choice
  const search = useDeferredValue(topic)
  const { data } = useQuery({ ...topicNamesQuery(cluster, search, MOST_NAMES), enabled: cluster !== '' })
  return (
    <div>
      <Field id="lint-topic" label={t('topic')}>
        <TextInput
          id="lint-topic"
          aria-describedby={undefined}
          maxLength={255}
          disabled={cluster === ''}
          list={listId}
          placeholder={t('topicPlaceholder')}
          value={topic}
          onChange={(event) => onChoice({ topic: event.target.value })}
        />
      </Field>
      <datalist id={listId}>
        {(data?.items ?? []).map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  )
}
