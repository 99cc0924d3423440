'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import type { AlertAnswer } from '../../lib/api/schemas/alerts.ts'
import { SILENCE_ENDS, type SilenceEnd, silenceBody, silenceEndsAtMs } from '../../lib/client/alert-views.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { addSilence, forgetAlerts } from '../../lib/client/queries/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Button } from '../ui/button.tsx'
import { Field, TextInput } from '../ui/field.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { ErrorState } from '../ui/states.tsx'

const MAX_REASON = 500

/** Of this rule at this subject nobody is told for a while. */
export function SilenceForm({ alert }: { alert: AlertAnswer }): ReactElement {
  const t = useTranslations('alerts.silence')
  const format = useFormat()
  const client = useQueryClient()
  const id = useId()
  const [reason, setReason] = useState('')
  const [end, setEnd] = useState<SilenceEnd>('fourHours')
  const hint = useNowValue((nowMs) => t('endHint', { time: format.exact(silenceEndsAtMs(end, nowMs)) }))
  const sending = useMutation({ mutationFn: addSilence, onSuccess: () => forgetAlerts(client) })
  const isReady = silenceBody(alert, reason, end, 0) !== null && !sending.isPending
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const body = silenceBody(alert, reason, end, Date.now())
    if (body !== null && !sending.isPending) sending.mutate(body)
  }
  return (
    <form onSubmit={submit} className="mt-2 space-y-3">
      <p className="max-w-prose">{t('text')}</p>
      <Field id={`${id}-reason`} label={t('reason')}>
        <TextInput
          id={`${id}-reason`}
          maxLength={MAX_REASON}
          required
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      <Segmented
        label={t('end')}
        value={end}
        options={SILENCE_ENDS.map((value) => ({ value, label: t(`ends.${value}`) }))}
        onValueChange={(value) => setEnd(value)}
      />
      <p className="text-ink3 text-xs">{hint}</p>
      <Button type="submit" disabled={!isReady}>
        {sending.isPending ? t('working') : t('submit')}
      </Button>
      {sending.error === null ? null : <ErrorState error={sending.error} className="px-0 py-0" />}
    </form>
  )
}
