'use client'

import { useMutation } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useRef } from 'react'
import { previewChanges } from '../../lib/client/queries/dead-letters.ts'
import {
  CHANGE_KINDS,
  type ChangeDraft,
  type ChangeFault,
  changeFault,
  firstDraft,
  toSteps,
} from '../../lib/client/replay-changes.ts'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import { ErrorState } from '../ui/states.tsx'
import { ChangeSamples } from './change-samples.tsx'
import type { ReplaySource } from './use-selection.ts'

interface ChangeAllProps {
  source: ReplaySource
  drafts: readonly ChangeDraft[]
  onChange(drafts: readonly ChangeDraft[]): void
  /** The form was sent with a change that is not whole. */
  isTried: boolean
}

/** The same change for every record: tried on a few of them before anything is planned. */
export function ChangeAll({ source, drafts, onChange, isTried }: ChangeAllProps): ReactElement {
  const t = useTranslations('replays.change')
  const next = useRef(1)
  const trial = useMutation({
    mutationFn: () => previewChanges(source, source.selection, toSteps(drafts)),
  })
  const put = (changed: readonly ChangeDraft[]): void => {
    onChange(changed)
    trial.reset()
  }
  const isWhole = drafts.every((draft) => changeFault(draft) === null)
  return (
    <details open={drafts.length > 0}>
      <summary className="rounded-sm py-1 text-ink2 hover:text-ink">{t('title')}</summary>
      <p className="mt-1 max-w-prose text-ink2">{t('text')}</p>
      <ul className="mt-2 space-y-2">
        {drafts.map((draft, at) => (
          <ChangeRow
            key={draft.id}
            number={at + 1}
            draft={draft}
            isTried={isTried}
            onChange={(changed) => put(drafts.map((one) => (one.id === draft.id ? changed : one)))}
            onRemove={() => put(drafts.filter(({ id }) => id !== draft.id))}
          />
        ))}
      </ul>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button onClick={() => put([...drafts, firstDraft(next.current++)])}>
          <Plus aria-hidden className="size-4" />
          {t('add')}
        </Button>
        {drafts.length === 0 ? null : (
          <Button disabled={!isWhole || trial.isPending} onClick={() => trial.mutate()}>
            {trial.isPending ? t('trying') : t('try')}
          </Button>
        )}
      </div>
      {trial.error === null ? null : <ErrorState error={trial.error} className="px-0 py-2" />}
      {trial.data === undefined ? null : <ChangeSamples preview={trial.data} />}
    </details>
  )
}

interface ChangeRowProps {
  number: number
  draft: ChangeDraft
  isTried: boolean
  onChange(draft: ChangeDraft): void
  onRemove(): void
}

function ChangeRow({ number, draft, isTried, onChange, onRemove }: ChangeRowProps): ReactElement {
  const t = useTranslations('replays.change')
  const { kind, place, text } = draft
  const isValue = kind === 'setValue' || kind === 'removeValue'
  const fault = changeFault(draft)
  // An empty field is no mistake while it is being filled in.
  const shown = isTried || (fault === 'json' && text !== '') ? fault : null
  return (
    <li>
      <div className="flex flex-wrap items-center gap-1.5">
        <Select
          aria-label={t('kindOf', { number })}
          className="w-full sm:w-48"
          value={kind}
          options={CHANGE_KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
          onValueChange={(chosen) => onChange({ ...draft, kind: chosen, place: placeFor(chosen, draft) })}
        />
        <TextBox
          label={isValue ? t('pathOf', { number }) : t('nameOf', { number })}
          placeholder={t(`examples.${isValue ? 'path' : 'name'}`)}
          value={place}
          isInvalid={shown === 'path' || shown === 'name'}
          onChange={(typed) => onChange({ ...draft, place: typed })}
        />
        {kind === 'removeValue' || kind === 'removeHeader' ? null : (
          <TextBox
            label={isValue ? t('jsonOf', { number }) : t('textOf', { number })}
            placeholder={t(`examples.${isValue ? 'json' : 'text'}`)}
            value={text}
            isInvalid={shown === 'json'}
            onChange={(typed) => onChange({ ...draft, text: typed })}
          />
        )}
        <Button look="quiet" square aria-label={t('remove', { number })} onClick={onRemove}>
          <Trash2 aria-hidden className="size-4" />
        </Button>
      </div>
      {shown === null ? null : <FaultText fault={shown} />}
    </li>
  )
}

/** A path says nothing as the name of a header, and a name nothing as a path. */
function placeFor(kind: ChangeDraft['kind'], { kind: before, place }: ChangeDraft): string {
  const isValue = (one: ChangeDraft['kind']): boolean => one === 'setValue' || one === 'removeValue'
  if (isValue(kind) === isValue(before)) return place
  return isValue(kind) ? '$.' : ''
}

function FaultText({ fault }: { fault: ChangeFault }): ReactElement {
  const t = useTranslations('replays.change.faults')
  return (
    <p role="alert" className="mt-1 text-losing text-xs">
      {t(fault)}
    </p>
  )
}

interface TextBoxProps {
  label: string
  placeholder: string
  value: string
  isInvalid: boolean
  onChange(text: string): void
}

function TextBox({ label, placeholder, value, isInvalid, onChange }: TextBoxProps): ReactElement {
  return (
    <input
      aria-label={label}
      aria-invalid={isInvalid}
      placeholder={placeholder}
      value={value}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
      className="h-8 min-w-0 flex-1 basis-40 rounded-md border border-control bg-panel px-2 font-mono text-xs placeholder:text-ink3"
    />
  )
}
