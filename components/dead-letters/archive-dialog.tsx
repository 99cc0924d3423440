'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import type { SelectionInput } from '../../lib/api/schemas/dead-letters.ts'
import { archive, forgetQueue, type QueueName } from '../../lib/client/queries/dead-letters.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { ErrorState } from '../ui/states.tsx'

export interface ArchiveDialogProps {
  queue: QueueName
  selection: SelectionInput
  /** About how many; 0 when it is not known. */
  count: number
  open: boolean
  onClose(): void
  /** With how many records were archived. */
  onDone(records: number): void
}

const MAX_NOTE = 1_000

/** Puts dead letters aside without sending them anywhere. Whoever does so says why. */
export function ArchiveDialog(props: ArchiveDialogProps): ReactElement {
  const { queue, selection, count, open, onClose, onDone } = props
  const t = useTranslations('deadLetters.archive')
  const words = useTranslations('ui')
  const client = useQueryClient()
  const id = useId()
  const [note, setNote] = useState('')
  const sending = useMutation({
    mutationFn: () => archive(queue, selection, note.trim()),
    onSuccess: async ({ records }) => {
      close()
      onDone(records)
      await forgetQueue(client)
    },
  })
  const close = (): void => {
    setNote('')
    sending.reset()
    onClose()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (note.trim() !== '' && !sending.isPending) sending.mutate()
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => {
        if (!isOpen) close()
      }}
      title={t('title', { count })}
      description={t('text')}
      actions={
        <>
          <Button onClick={close}>{words('cancel')}</Button>
          <Button look="primary" type="submit" form={`${id}-form`} disabled={note.trim() === '' || sending.isPending}>
            {sending.isPending ? t('working') : t('submit', { count })}
          </Button>
        </>
      }
    >
      <form id={`${id}-form`} onSubmit={submit}>
        <Field id={`${id}-note`} label={t('note')} hint={t('noteHint')}>
          <TextArea
            id={`${id}-note`}
            rows={3}
            maxLength={MAX_NOTE}
            required
            className="font-sans"
            placeholder={t('notePlaceholder')}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </Field>
      </form>
      {sending.error === null ? null : <ErrorState error={sending.error} className="mt-3 px-0 py-0" />}
    </Dialog>
  )
}
