'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useDeferredValue, useId, useMemo, useState } from 'react'
import type { DeadLetterAnswer, SelectionInput } from '../../lib/api/schemas/dead-letters.ts'
import { deadLetterQuery } from '../../lib/client/queries/dead-letters.ts'
import {
  type EditableRecord,
  editableRecord,
  editOf,
  type HeaderText,
  type WhyNotEditable,
  withLineEndsOf,
} from '../../lib/client/record-edit.ts'
import type { ReplayEdit } from '../../lib/client/replay-form.ts'
import { offsetText } from '../../lib/client/selection-url.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/field.tsx'
import { Loading, Skeleton } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Switch } from './choice.tsx'
import { DiffView } from './diff-view.tsx'
import { Notice } from './steps.tsx'
import type { ReplaySource } from './use-selection.ts'

type Offset = NonNullable<SelectionInput['offsets']>[number]

interface EditDialogProps {
  source: ReplaySource
  place: Offset
  edit: ReplayEdit | null
  onSave(edit: ReplayEdit | null): void
  onClose(): void
}

const WHOLE_BYTES = 2_000_000

/** A record is fetched whole before it is edited: half a value must never replace a whole one. */
export function EditDialog(props: EditDialogProps): ReactElement {
  const { source, place, onClose } = props
  const t = useTranslations('replays.edit')
  const at = { partition: place.partition, broker: place.broker ?? null, offset: place.offset }
  const { data: answer, error, isPlaceholderData, refetch } = useQuery(deadLetterQuery(source, at, WHOLE_BYTES))
  const data = isPlaceholderData ? undefined : answer
  const record = useMemo(() => (data === undefined ? null : editableRecord(data)), [data])
  if (data !== undefined && record !== null && typeof record === 'object') {
    return <EditForm {...props} original={record} record={data} />
  }
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t('dialogTitle', { record: offsetText(place) })}
    >
      {record === null ? (
        error === null ? (
          <Loading>
            <Skeleton className="h-64 w-full" />
          </Loading>
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Notice look="note" title={t('notEditable')}>
          {t(`whyNot.${record as WhyNotEditable}`)}
        </Notice>
      )}
    </Dialog>
  )
}

interface Draft {
  value: string
  isTombstone: boolean
  headers: HeaderText[]
}

function firstDraft(original: EditableRecord, edit: ReplayEdit | null): Draft {
  const value = edit?.value === undefined ? original.value : edit.value
  return {
    value: value ?? '',
    isTombstone: value === null,
    headers: (edit?.headers ?? original.headers ?? []).map((header) => ({ ...header })),
  }
}

type EditFormProps = EditDialogProps & { original: EditableRecord; record: DeadLetterAnswer }

function EditForm({ place, edit, original, onSave, onClose }: EditFormProps): ReactElement {
  const t = useTranslations('replays.edit')
  const [draft, setDraft] = useState(() => firstDraft(original, edit))
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }))
  const value = draft.isTombstone ? null : draft.value
  const changed = editOf(place, original, value, original.headers === null ? null : draft.headers)
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t('dialogTitle', { record: offsetText(place) })}
      description={t('dialogText')}
      actions={
        <>
          <Button onClick={onClose}>{t('keep')}</Button>
          <Button look="primary" disabled={draft.headers.some(({ key }) => key === '')} onClick={() => onSave(changed)}>
            {changed === null ? t('noChange') : t('save')}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <ValueField original={original.value} draft={draft} change={change} />
        {original.headers === null ? (
          <Notice look="note">{t('headersBinary')}</Notice>
        ) : (
          <HeaderFields headers={draft.headers} onChange={(headers) => change({ headers })} />
        )}
        <Changes original={original} value={value} headers={original.headers === null ? null : draft.headers} />
      </div>
    </Dialog>
  )
}

interface ValueFieldProps {
  original: string | null
  draft: Draft
  change(part: Partial<Draft>): void
}

function ValueField({ original, draft, change }: ValueFieldProps): ReactElement {
  const t = useTranslations('replays.edit')
  return (
    <div>
      <label htmlFor="edit-value" className="mb-1 block font-semibold">
        {t('value')}
      </label>
      <TextArea
        id="edit-value"
        rows={10}
        aria-describedby={undefined}
        disabled={draft.isTombstone}
        value={draft.isTombstone ? '' : draft.value}
        onChange={(event) => change({ value: withLineEndsOf(original, event.target.value) })}
      />
      <Switch
        id="edit-tombstone"
        checked={draft.isTombstone}
        onChange={(isTombstone) => change({ isTombstone })}
        label={t('tombstone')}
        hint={t('tombstoneHint')}
      />
    </div>
  )
}

function HeaderFields({
  headers,
  onChange,
}: {
  headers: readonly HeaderText[]
  onChange(headers: HeaderText[]): void
}): ReactElement {
  const t = useTranslations('replays.edit')
  const id = useId()
  const put = (at: number, part: Partial<HeaderText>): void =>
    onChange(headers.map((header, index) => (index === at ? { ...header, ...part } : header)))
  return (
    <fieldset>
      <legend className="mb-1 font-semibold">{t('headers')}</legend>
      <p className="mb-2 text-ink3 text-xs">{t('headersHint')}</p>
      <ul className="space-y-1.5">
        {headers.map((header, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header is its place; names may come several times.
          <li key={`${id}-${at}`} className="flex gap-1.5">
            <HeaderInput
              label={t('headerKey', { number: at + 1 })}
              value={header.key}
              onChange={(key) => put(at, { key })}
            />
            <HeaderInput
              label={t('headerValue', { number: at + 1 })}
              value={header.value ?? ''}
              onChange={(value) => put(at, { value })}
            />
            <Button
              look="quiet"
              square
              aria-label={t('removeHeader', { number: at + 1 })}
              onClick={() => onChange(headers.filter((_, index) => index !== at))}
            >
              <Trash2 aria-hidden className="size-4" />
            </Button>
          </li>
        ))}
      </ul>
      <Button className="mt-2" onClick={() => onChange([...headers, { key: '', value: '' }])}>
        <Plus aria-hidden className="size-4" />
        {t('addHeader')}
      </Button>
    </fieldset>
  )
}

function HeaderInput(props: { label: string; value: string; onChange(text: string): void }): ReactElement {
  return (
    <input
      aria-label={props.label}
      value={props.value}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => props.onChange(event.target.value)}
      className="h-8 min-w-0 flex-1 rounded-md border border-control bg-panel px-2 font-mono text-xs"
    />
  )
}

interface ChangesProps {
  original: EditableRecord
  value: string | null
  headers: readonly HeaderText[] | null
}

/** What differs from the original, while it is typed. */
function Changes({ original, value, headers }: ChangesProps): ReactElement {
  const t = useTranslations('replays.edit')
  const shownValue = useDeferredValue(value)
  return (
    <section aria-labelledby="edit-changes">
      <h3 id="edit-changes" className="mb-1 font-semibold">
        {t('changes')}
      </h3>
      <DiffView before={original.value} after={shownValue} label={t('value')} />
      {headers === null || original.headers === null ? null : (
        <DiffView before={headerLines(original.headers)} after={headerLines(headers)} label={t('headers')} />
      )}
    </section>
  )
}

function headerLines(headers: readonly HeaderText[]): string {
  return headers.map(({ key, value }) => `${key}: ${value ?? ''}`).join('\n')
}
