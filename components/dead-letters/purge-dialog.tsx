'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useId, useState } from 'react'
import type { PurgePreviewAnswer } from '../../lib/api/schemas/dead-letters.ts'
import {
  exportPath,
  forgetQueue,
  purge,
  purgePreviewQuery,
  type QueueName,
  type RecordPlace,
} from '../../lib/client/queries/dead-letters.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { DialogSection } from '../ui/dialog-section.tsx'
import { Checkbox, Field, TextInput } from '../ui/field.tsx'
import { ErrorState } from '../ui/states.tsx'

export interface PurgeDialogProps {
  queue: QueueName
  /** Up to where each partition was counted when the dialog was opened: nobody deletes what nobody saw. */
  before: readonly RecordPlace[]
  open: boolean
  onClose(): void
  /** With how many of the deleted records nobody had handled. */
  onDone(openRecords: number): void
}

/**
 * Deletes from the cluster, for everybody and for ever: only whoever has exported the records, or knows that they will be
 * nowhere then, and types the queue's name.
 */
export function PurgeDialog({ queue, before, open, onClose, onDone }: PurgeDialogProps): ReactElement {
  const t = useTranslations('deadLetters.purge')
  const words = useTranslations('ui')
  const client = useQueryClient()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [isDeclined, setIsDeclined] = useState(false)
  const preview = useQuery({ ...purgePreviewQuery(queue, before), enabled: open })
  const isExported = preview.data?.notExported === 0
  const sending = useMutation({
    mutationFn: () => purge(queue, before, typed, !isDeclined),
    onSuccess: async (answer) => {
      close()
      onDone(answer.records)
      await forgetQueue(client)
    },
  })
  const close = (): void => {
    setTyped('')
    setIsDeclined(false)
    sending.reset()
    onClose()
  }
  const isReady = typed === queue.topic && (isExported || isDeclined) && !sending.isPending
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
          <Button look="danger" disabled={!isReady} onClick={() => sending.mutate()}>
            {sending.isPending ? t('working') : t('submit')}
          </Button>
        </>
      }
    >
      <WhatGoes preview={preview.data} />
      {preview.error !== null && <ErrorState error={preview.error} className="mt-3 px-0 py-0" />}
      <DialogSection title={t('exportStep')}>
        <p role="status">
          {preview.data === undefined ? t('counting') : t('notExported', { count: preview.data.notExported })}
        </p>
        {!isExported && (
          <>
            <Button asChild className="my-1">
              <a href={exportPath(queue, { all: true, includeHandled: true })} download>
                <Download aria-hidden className="size-4" />
                {t('exportFirst')}
              </a>
            </Button>
            <Checkbox id={`${id}-decline`} label={t('decline')} checked={isDeclined} onChange={setIsDeclined} />
          </>
        )}
      </DialogSection>
      <DialogSection title={t('confirmStep')}>
        <Field id={`${id}-confirm`} label={t('confirm')} hint={queue.topic}>
          <TextInput id={`${id}-confirm`} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      </DialogSection>
      {sending.error === null ? null : <ErrorState error={sending.error} className="mt-3 px-0 py-0" />}
    </Dialog>
  )
}

function WhatGoes({ preview }: { preview: PurgePreviewAnswer | undefined }): ReactElement {
  const t = useTranslations('deadLetters.purge')
  const count = preview === undefined ? t('recordsUnknown') : t('records', { count: preview.records })
  return (
    <>
      <p className="text-ink2">
        {t('text', { count })} {t('later')}
      </p>
      <p className="mt-2 font-semibold">
        {preview === undefined ? t('counting') : t('open', { count: preview.openRecords })}
      </p>
    </>
  )
}
