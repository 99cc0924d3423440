'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { HoldAnswer } from '../../lib/api/schemas/holds.ts'
import { extendedBody, HOLD_SPANS, type HoldSpan } from '../../lib/client/hold-form.ts'
import { extendHold, forgetHold, type TopicName } from '../../lib/client/queries/holds.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { ErrorState } from '../ui/states.tsx'

/** Moves the end of a hold: nothing of the cluster is changed by it. */
export function ExtendHold({ topic, hold }: { topic: TopicName; hold: HoldAnswer }): ReactElement {
  const t = useTranslations('holds.extend')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('open')}</Button>
      {isOpen ? <ExtendDialog topic={topic} hold={hold} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

interface ExtendDialogProps {
  topic: TopicName
  hold: HoldAnswer
  onClose(): void
}

function ExtendDialog({ topic, hold, onClose }: ExtendDialogProps): ReactElement {
  const t = useTranslations('holds.extend')
  const words = useTranslations('holds.dialog')
  const cancel = useTranslations('ui')('cancel')
  const format = useFormat()
  const client = useQueryClient()
  const [span, setSpan] = useState<HoldSpan>('hour')
  const body = extendedBody(hold, span)
  const sending = useMutation({
    mutationFn: () => extendHold(topic, body),
    onSuccess: onClose,
    // Also when it failed: it may have come to its end meanwhile.
    onSettled: () => forgetHold(client, topic),
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t('title', { topic: topic.topic })}
      actions={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button look="primary" disabled={sending.isPending} onClick={() => sending.mutate()}>
            {t(sending.isPending ? 'working' : 'submit')}
          </Button>
        </>
      }
    >
      <p className="mb-3 text-ink2">{t('text')}</p>
      <Segmented
        label={t('by')}
        value={span}
        options={HOLD_SPANS.map((value) => ({ value, label: t('span', { span: words(`spans.${value}`) }) }))}
        onValueChange={(value) => setSpan(value)}
      />
      <p className="mt-1 text-ink3 text-xs">{words('untilHint', { time: format.exact(Date.parse(body.untilAt)) })}</p>
      {sending.error === null ? null : <ErrorState error={sending.error} className="px-0 py-2" />}
    </Dialog>
  )
}
