'use client'

import { useTranslations } from 'next-intl'
import type { FormEvent, ReactElement } from 'react'
import {
  isLoss,
  LONGEST_REASON,
  MUTE_ENDS,
  MUTE_SCOPES,
  type MutedThing,
  muteEndsAtMs,
  SHORTEST_REASON,
  scopesOf,
} from '../../lib/client/mute-form.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { useFormat } from '../../lib/client/use-format.ts'
import { Choice, Choices } from '../replay/choice.tsx'
import { Field, TextArea, TextInput } from '../ui/field.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { ErrorState } from '../ui/states.tsx'
import type { Muting } from './use-mute.ts'

interface MuteFieldsProps {
  /** Of the form, for the button that sends it from outside. */
  id: string
  muted: MutedThing
  muting: Muting
}

/** What is muted, why and until when. What hides least is chosen first. */
export function MuteFields({ id, muted, muting }: MuteFieldsProps): ReactElement {
  const t = useTranslations('risk.mute')
  const { form, change, submit, error } = muting
  const names = { subject: muted.subject.name, cluster: muted.clusterId }
  const words = isLoss(muted) ? 'loss' : 'finding'
  const offered = scopesOf(muted)
  const send = (event: FormEvent): void => {
    event.preventDefault()
    submit()
  }
  return (
    <form id={id} onSubmit={send} className="space-y-4">
      <p className="max-w-prose text-ink2">{t(`${words}.text`)}</p>
      <Choices legend={t('scope')}>
        {MUTE_SCOPES.filter((scope) => offered.includes(scope)).map((scope) => (
          <Choice
            key={scope}
            name={`${id}-scope`}
            value={scope}
            title={t(`${words}.${scope}.title`)}
            text={t(`${words}.${scope}.text`, names)}
            checked={form.scope === scope}
            onChoose={() => change({ scope })}
          />
        ))}
      </Choices>
      <Field id={`${id}-reason`} label={t('reason')} hint={t('reasonHint')}>
        <TextArea
          id={`${id}-reason`}
          rows={2}
          minLength={SHORTEST_REASON}
          maxLength={LONGEST_REASON}
          required
          className="font-sans"
          value={form.reason}
          onChange={(event) => change({ reason: event.target.value })}
        />
      </Field>
      <EndFields id={id} muting={muting} />
      {error === null ? null : <ErrorState error={error} className="px-0 py-0" />}
    </form>
  )
}

/** A stretch of time, or a day; the moment it comes to is said in full. */
function EndFields({ id, muting: { form, change } }: Pick<MuteFieldsProps, 'id' | 'muting'>): ReactElement {
  const t = useTranslations('risk.mute')
  const format = useFormat()
  const hint = useNowValue((nowMs) => {
    const endsAtMs = muteEndsAtMs(form, nowMs)
    return endsAtMs === null ? t('dateHint') : t('endHint', { time: format.exact(endsAtMs) })
  })
  return (
    <div className="space-y-2">
      <p aria-hidden className="mb-1 font-semibold">
        {t('end')}
      </p>
      <Segmented
        label={t('end')}
        value={form.end}
        options={MUTE_ENDS.map((value) => ({ value, label: t(`ends.${value}`) }))}
        onValueChange={(end) => change({ end })}
      />
      {form.end === 'date' ? (
        <Field id={`${id}-date`} label={t('date')} hint={hint}>
          <TextInput
            id={`${id}-date`}
            type="date"
            required
            className="sm:w-56"
            value={form.date}
            onChange={(event) => change({ date: event.target.value })}
          />
        </Field>
      ) : (
        <p className="text-ink3 text-xs">{hint}</p>
      )}
    </div>
  )
}
