'use client'

import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import { ACTION_KINDS, type AuditView, EVERYTHING, isFiltered } from '../../lib/client/audit-view.ts'
import { Button } from '../ui/button.tsx'
import { TextInput } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { TimeField } from '../ui/time-field.tsx'

interface AuditFilterProps {
  view: AuditView
  onFilter(next: Partial<AuditView>): void
}

const OUTCOMES = ['ok', 'refused', 'failed'] as const

/** What is typed is asked for when it is sent. */
export function AuditFilter({ view, onFilter }: AuditFilterProps): ReactElement {
  const t = useTranslations('audit')
  const [draft, setDraft] = useState<Pick<AuditView, 'actor' | 'target'>>(view)
  const [asked, setAsked] = useState(view)
  if (view !== asked) {
    setAsked(view)
    // Another choice was made meanwhile: words that were typed and not sent yet stay.
    const { actor, target } = view
    setDraft({
      actor: actor === asked.actor ? draft.actor : actor,
      target: target === asked.target ? draft.target : target,
    })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onFilter({ actor: draft.actor.trim(), target: draft.target.trim() })
  }
  return (
    <search aria-label={t('filter.label')} className="mb-3 block">
      <form onSubmit={submit} className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
        <Text
          label={t('filter.actor')}
          hint={t('filter.actorHint')}
          value={draft.actor}
          onChange={(actor) => setDraft({ ...draft, actor })}
        />
        <Text
          label={t('filter.target')}
          hint={t('filter.targetHint')}
          value={draft.target}
          onChange={(target) => setDraft({ ...draft, target })}
        />
        <div className="flex flex-wrap gap-2 max-sm:col-span-2">
          <TimeField label={t('filter.from')} value={view.fromTime} onChange={(fromTime) => onFilter({ fromTime })} />
          <TimeField label={t('filter.to')} value={view.toTime} onChange={(toTime) => onFilter({ toTime })} />
        </div>
        <Button type="submit" className="max-sm:col-span-2">
          {t('filter.apply')}
        </Button>
        {isFiltered(view) ? (
          <Button look="quiet" className="max-sm:col-span-2" onClick={() => onFilter(EVERYTHING)}>
            {t('filter.clear')}
          </Button>
        ) : null}
      </form>
    </search>
  )
}

/** Beside the columns of the table: what is chosen is asked for at once. */
export function AuditChoices({ view, onFilter }: AuditFilterProps): ReactElement {
  const t = useTranslations('audit')
  // One that the address names stays in sight, also where it is finer than what is offered.
  const kinds = ACTION_KINDS.map((value) => ({ value: value as string, label: t(`kinds.${value}`) }))
  const isOffered = view.action === '' || kinds.some(({ value }) => value === view.action)
  const named = isOffered ? [] : [{ value: view.action, label: view.action }]
  return (
    <>
      <Select
        aria-label={t('filter.action')}
        value={view.action}
        options={[{ value: '', label: t('filter.actions') }, ...named, ...kinds]}
        onValueChange={(action) => onFilter({ action })}
      />
      <Select
        aria-label={t('filter.outcome')}
        value={view.outcome}
        options={[
          { value: '', label: t('filter.outcomes') },
          ...OUTCOMES.map((value) => ({ value: value as string, label: t(`outcomes.${value}`) })),
        ]}
        onValueChange={(outcome) => onFilter({ outcome })}
      />
    </>
  )
}

interface TextProps {
  label: string
  hint: string
  value: string
  onChange(value: string): void
}

function Text({ label, hint, value, onChange }: TextProps): ReactElement {
  const id = useId()
  return (
    <div className="min-w-0 sm:w-56">
      <label htmlFor={id} className="mb-0.5 block text-ink3 text-xs">
        {label}
      </label>
      <TextInput
        id={id}
        aria-describedby={undefined}
        className="h-8"
        placeholder={hint}
        maxLength={300}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
