'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import type { HoldPreviewAnswer } from '../../lib/api/schemas/holds.ts'
import { HOLD_SPANS, type HoldSpan, holdBody, holdEndsAtMs, LONGEST_REASON } from '../../lib/client/hold-form.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { forgetHold, startHold, type TopicName } from '../../lib/client/queries/holds.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { DialogSection } from '../ui/dialog-section.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { ErrorState } from '../ui/states.tsx'
import { HoldPreview } from './hold-preview.tsx'

interface HoldDialogProps {
  topic: TopicName
  preview: HoldPreviewAnswer
  onClose(): void
}

/** Says what a hold does and costs, and asks until when and why. The shortest one is chosen first. */
export function HoldDialog({ topic, preview, onClose }: HoldDialogProps): ReactElement {
  const t = useTranslations('holds.dialog')
  const words = useTranslations('ui')
  const client = useQueryClient()
  const id = useId()
  const [span, setSpan] = useState<HoldSpan>('hour')
  const [reason, setReason] = useState('')
  const body = (): ReturnType<typeof holdBody> => holdBody(span, reason, Date.now())
  const sending = useMutation({
    mutationFn: (wanted: NonNullable<ReturnType<typeof holdBody>>) => startHold(topic, wanted),
    onSuccess: onClose,
    // Also when it failed: somebody else may have been first, and the page then shows who.
    onSettled: () => forgetHold(client, topic),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const wanted = body()
    if (wanted !== null && !sending.isPending) sending.mutate(wanted)
  }
  const { refusal } = preview
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t('title', { topic: topic.topic })}
      actions={
        <>
          <Button onClick={onClose}>{words('cancel')}</Button>
          {refusal === null ? (
            <Button look="primary" type="submit" form={id} disabled={body() === null || sending.isPending}>
              {sending.isPending ? t('working') : t('submit')}
            </Button>
          ) : null}
        </>
      }
    >
      {refusal === null ? (
        <form id={id} onSubmit={submit}>
          <p className="max-w-prose text-ink2">{t('text')}</p>
          <HoldPreview preview={preview} />
          <DialogSection title={t('until')}>
            <Until span={span} onChoose={setSpan} />
          </DialogSection>
          <div className="mt-4">
            <Field id={`${id}-reason`} label={t('reason')} hint={t('reasonHint')}>
              <TextArea
                id={`${id}-reason`}
                rows={2}
                maxLength={LONGEST_REASON}
                required
                className="font-sans"
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </Field>
          </div>
          {sending.error === null ? null : <ErrorState error={sending.error} className="px-0 py-2" />}
        </form>
      ) : (
        <p className="max-w-prose">
          {refusal.message} {refusal.fix}
        </p>
      )}
    </Dialog>
  )
}

function Until({ span, onChoose }: { span: HoldSpan; onChoose(span: HoldSpan): void }): ReactElement {
  const t = useTranslations('holds.dialog')
  const format = useFormat()
  const ends = useNowValue((nowMs) => format.exact(holdEndsAtMs(span, nowMs)))
  return (
    <>
      <Segmented
        label={t('until')}
        value={span}
        options={HOLD_SPANS.map((value) => ({ value, label: t(`spans.${value}`) }))}
        onValueChange={onChoose}
      />
      <p className="text-ink3 text-xs">{t('untilHint', { time: ends })}</p>
    </>
  )
}
