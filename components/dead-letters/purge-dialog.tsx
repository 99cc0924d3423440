'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useId, useState } from 'react'
import {
  exportPath,
  forgetQueue,
  purge,
  type QueueName,
  type RecordPlace,
} from '../../lib/client/queries/dead-letters.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, TextInput } from '../ui/field.tsx'
import { ErrorState } from '../ui/states.tsx'

export interface PurgeDialogProps {
  queue: QueueName
  /** Up to where each partition was counted when the dialog was opened: nobody deletes what nobody saw. */
  before: readonly RecordPlace[]
  /** About how many records that are; null when unknown. */
  records: number | null
  /** How many of them nobody has handled; null when that is not known exactly. */
  openRecords: number | null
  open: boolean
  onClose(): void
  /** With how many of the deleted records nobody had handled. */
  onDone(openRecords: number): void
}

/** Deletes from the cluster, for everybody and for ever: only whoever types the queue's name. */
export function PurgeDialog(props: PurgeDialogProps): ReactElement {
  const { queue, before, records, openRecords, open, onClose, onDone } = props
  const t = useTranslations('deadLetters.purge')
  const words = useTranslations('ui')
  const client = useQueryClient()
  const id = useId()
  const [typed, setTyped] = useState('')
  const sending = useMutation({
    mutationFn: () => purge(queue, before, typed),
    onSuccess: async (answer) => {
      close()
      onDone(answer.records)
      await forgetQueue(client)
    },
  })
  const close = (): void => {
    setTyped('')
    sending.reset()
    onClose()
  }
  const count = records === null ? t('recordsUnknown') : t('records', { count: records })
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => {
        if (!isOpen) close()
      }}
      title={t('title', { topic: queue.topic })}
      actions={
        <>
          <Button onClick={close}>{words('cancel')}</Button>
          <Button look="danger" disabled={typed !== queue.topic || sending.isPending} onClick={() => sending.mutate()}>
            {sending.isPending ? t('working') : t('submit')}
          </Button>
        </>
      }
    >
      <p className="text-ink2">
        {t('text', { count })} {t('later')}
      </p>
      <p className="mt-2 font-semibold">
        {openRecords === null ? t('openUnknown') : t('open', { count: openRecords })}
      </p>
      <Button asChild className="my-3">
        <a href={exportPath(queue, { all: true, includeHandled: true })} download>
          <Download aria-hidden className="size-4" />
          {t('exportFirst')}
        </a>
      </Button>
      <Field id={`${id}-confirm`} label={t('confirm')} hint={queue.topic}>
        <TextInput id={`${id}-confirm`} value={typed} onChange={(event) => setTyped(event.target.value)} />
      </Field>
      {sending.error === null ? null : <ErrorState error={sending.error} className="mt-3 px-0 py-0" />}
    </Dialog>
  )
}
