'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useState } from 'react'
import type { ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { numberOf } from '../../lib/client/replay-form.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/states.tsx'
import { NumberInput } from './number-field.tsx'
import { useRateChange } from './use-replay-command.ts'

/** Changes how fast it goes on from here. Empty fields are never taken for "unlimited". */
export function RateForm({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.rate')
  const [text, setText] = useState<string | null>(null)
  const { change, isPending, error, reset } = useRateChange(replay.id, () => setText(null))
  const current = replay.rate.recordsPerSecond
  if (text === null) {
    return <Button onClick={() => setText(current === null ? '' : String(current))}>{t('change')}</Button>
  }
  const recordsPerSecond = numberOf('recordsPerSecond', text)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (recordsPerSecond === null) return
    change({ recordsPerSecond, bytesPerSecond: replay.rate.bytesPerSecond })
  }
  const close = (): void => {
    setText(null)
    reset()
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <NumberInput field="recordsPerSecond" value={text} label={t('label')} unit={t('unit')} onChange={setText} />
      <Button type="submit" look="primary" disabled={recordsPerSecond === null || isPending}>
        {t('apply')}
      </Button>
      <Button onClick={close}>{t('keep')}</Button>
      {error === null ? null : <ErrorState error={error} className="px-0 py-1" />}
    </form>
  )
}
