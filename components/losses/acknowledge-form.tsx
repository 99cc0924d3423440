'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import { acknowledgeLoss, forgetLosses } from '../../lib/client/queries/losses.ts'
import { Button } from '../ui/button.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { ErrorState } from '../ui/states.tsx'

const MAX_NOTE = 1_000

/** Closes an entry: somebody knows of it, and says what came of it. */
export function AcknowledgeForm({ lossId }: { lossId: string }): ReactElement {
  const t = useTranslations('losses.acknowledge')
  const client = useQueryClient()
  const id = useId()
  const [note, setNote] = useState('')
  const sending = useMutation({
    mutationFn: () => acknowledgeLoss(lossId, note.trim()),
    // Also when it failed: somebody else may have been first, and the page then shows who.
    onSettled: () => forgetLosses(client),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (note.trim() !== '' && !sending.isPending) sending.mutate()
  }
  return (
    <form onSubmit={submit} className="mt-2 space-y-3">
      <p className="max-w-prose">{t('text')}</p>
      <Field id={`${id}-note`} label={t('note')} hint={t('noteHint')}>
        <TextArea
          id={`${id}-note`}
          rows={2}
          maxLength={MAX_NOTE}
          required
          className="font-sans"
          placeholder={t('notePlaceholder')}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </Field>
      <Button look="primary" type="submit" disabled={note.trim() === '' || sending.isPending}>
        {sending.isPending ? t('working') : t('submit')}
      </Button>
      {sending.error === null ? null : <ErrorState error={sending.error} className="px-0 py-0" />}
    </form>
  )
}
