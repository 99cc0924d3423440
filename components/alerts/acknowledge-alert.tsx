'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import { acknowledgeAlert, forgetAlerts } from '../../lib/client/queries/alerts.ts'
import { Button } from '../ui/button.tsx'
import { Field, TextInput } from '../ui/field.tsx'
import { ErrorState } from '../ui/states.tsx'

const MAX_NOTE = 1_000

/** Somebody looks after it. It ends when what it tells is over, not before. */
export function AcknowledgeAlert({ alertId }: { alertId: string }): ReactElement {
  const t = useTranslations('alerts.acknowledge')
  const client = useQueryClient()
  const id = useId()
  const [note, setNote] = useState('')
  const sending = useMutation({
    mutationFn: () => acknowledgeAlert(alertId, note.trim()),
    // Also when it failed: somebody else may have been first, and the page then shows who.
    onSettled: () => forgetAlerts(client),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!sending.isPending) sending.mutate()
  }
  return (
    <form onSubmit={submit} className="mt-2 space-y-3">
      <p className="max-w-prose">{t('text')}</p>
      <Field id={`${id}-note`} label={t('note')}>
        <TextInput
          id={`${id}-note`}
          maxLength={MAX_NOTE}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      <Button look="primary" type="submit" disabled={sending.isPending}>
        {sending.isPending ? t('working') : t('submit')}
      </Button>
      {sending.error === null ? null : <ErrorState error={sending.error} className="px-0 py-0" />}
    </form>
  )
}
