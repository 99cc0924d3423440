'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocale, useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { addReceiver, forgetReceivers } from '../../lib/client/queries/receivers.ts'
import {
  emptyReceiverForm,
  FIELDS_OF,
  HIDDEN_FIELDS,
  isReceiverComplete,
  RECEIVER_TYPES,
  type ReceiverField,
  type ReceiverForm,
} from '../../lib/client/receiver-form.ts'
import { RequestProblem } from '../clusters/connection-steps.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, TextInput } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'

const LANGUAGES = ['en', 'zh-CN'] as const

/** Adds a receiver, which can be sent a test from the list then. */
export function AddReceiverDialog({ onClose }: { onClose(): void }): ReactElement {
  const t = useTranslations('receivers.add')
  const client = useQueryClient()
  const locale = useLocale()
  const [form, setForm] = useState(() => emptyReceiverForm(locale === 'zh' ? 'zh-CN' : 'en'))
  const add = useMutation({
    mutationFn: (added: ReceiverForm) => addReceiver(added),
    onSuccess: async () => {
      await forgetReceivers(client)
      onClose()
    },
  })
  const change = (part: Partial<ReceiverForm>): void => {
    setForm((before) => ({ ...before, ...part }))
    add.reset()
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      title={t('title')}
      description={t('description')}
      actions={
        <Button look="primary" disabled={!isReceiverComplete(form) || add.isPending} onClick={() => add.mutate(form)}>
          {add.isPending ? t('adding') : t('submit', { id: form.id.trim() || '…' })}
        </Button>
      }
    >
      <ReceiverFields form={form} onChange={change} />
      <RequestProblem error={add.error} />
    </Dialog>
  )
}

interface FieldsProps {
  form: ReceiverForm
  onChange(part: Partial<ReceiverForm>): void
}

function ReceiverFields({ form, onChange }: FieldsProps): ReactElement {
  const t = useTranslations('receivers')
  return (
    <form className="space-y-4" onSubmit={(event) => event.preventDefault()}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field id="receiver-type" label={t('add.type')}>
          <Select
            id="receiver-type"
            aria-label={t('add.type')}
            value={form.type}
            options={RECEIVER_TYPES.map((value) => ({ value, label: t(`types.${value}`) }))}
            onValueChange={(type) => onChange({ type })}
          />
        </Field>
        <Field id="receiver-language" label={t('columns.language')}>
          <Select
            id="receiver-language"
            aria-label={t('columns.language')}
            value={form.language}
            options={LANGUAGES.map((value) => ({ value, label: t(`languages.${value}`) }))}
            onValueChange={(language) => onChange({ language })}
          />
        </Field>
      </div>
      <Field id="receiver-id" label={t('add.id')} hint={t('add.idHint')}>
        <TextInput id="receiver-id" value={form.id} onChange={(event) => onChange({ id: event.target.value })} />
      </Field>
      {FIELDS_OF[form.type].map(({ field, isOptional }) => (
        <ValueField key={field} field={field} isOptional={isOptional === true} form={form} onChange={onChange} />
      ))}
    </form>
  )
}

function ValueField({
  field,
  isOptional,
  form,
  onChange,
}: FieldsProps & { field: ReceiverField; isOptional: boolean }): ReactElement {
  const t = useTranslations('receivers')
  const id = `receiver-${field}`
  const hint = field === 'url' ? t(`urlHints.${urlHintOf(form.type)}`) : t(`hints.${field}`)
  return (
    <Field
      id={id}
      label={isOptional ? t('add.optional', { field: t(`fields.${field}`) }) : t(`fields.${field}`)}
      hint={hint}
    >
      <TextInput
        id={id}
        type={HIDDEN_FIELDS.includes(field) ? 'password' : 'text'}
        autoComplete={HIDDEN_FIELDS.includes(field) ? 'new-password' : 'off'}
        value={form.values[field]}
        onChange={(event) => onChange({ values: { ...form.values, [field]: event.target.value } })}
      />
    </Field>
  )
}

/** Of those that have an address of their own. */
function urlHintOf(type: ReceiverForm['type']): Exclude<ReceiverForm['type'], 'email' | 'pagerduty'> {
  return type === 'email' || type === 'pagerduty' ? 'webhook' : type
}
