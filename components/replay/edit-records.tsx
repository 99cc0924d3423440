'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { SelectionInput } from '../../lib/api/schemas/dead-letters.ts'
import { oneLine, payloadText } from '../../lib/client/payload.ts'
import { deadLetterQuery } from '../../lib/client/queries/dead-letters.ts'
import type { ReplayEdit } from '../../lib/client/replay-form.ts'
import { offsetText } from '../../lib/client/selection-url.ts'
import { Button } from '../ui/button.tsx'
import { EditDialog } from './edit-dialog.tsx'
import type { ReplaySource } from './use-selection.ts'

type Offset = NonNullable<SelectionInput['offsets']>[number]

/** More records than this are not edited by hand. */
const EDITABLE_RECORDS = 20

interface EditRecordsProps {
  source: ReplaySource
  edits: readonly ReplayEdit[]
  onEdit(edits: readonly ReplayEdit[]): void
}

function isOf(edit: ReplayEdit, place: Offset): boolean {
  return offsetText(edit) === offsetText(place)
}

/** A few records that were chosen one by one may be changed before they are sent. */
export function EditRecords({ source, edits, onEdit }: EditRecordsProps): ReactElement | null {
  const t = useTranslations('replays.edit')
  const [open, setOpen] = useState<Offset | null>(null)
  const offsets = source.selection.offsets ?? []
  if (offsets.length === 0 || offsets.length > EDITABLE_RECORDS) return null
  const save = (place: Offset, edit: ReplayEdit | null): void => {
    const others = edits.filter((one) => !isOf(one, place))
    onEdit(edit === null ? others : [...others, edit])
    setOpen(null)
  }
  return (
    <div>
      <h3 className="mb-1 font-semibold">{t('title')}</h3>
      <ul className="divide-y divide-line2 rounded-md border border-line">
        {offsets.map((place) => (
          <RecordRow
            key={offsetText(place)}
            source={source}
            place={place}
            isEdited={edits.some((edit) => isOf(edit, place))}
            onOpen={() => setOpen(place)}
            onRestore={() => save(place, null)}
          />
        ))}
      </ul>
      {open === null ? null : (
        <EditDialog
          source={source}
          place={open}
          edit={edits.find((edit) => isOf(edit, open)) ?? null}
          onSave={(edit) => save(open, edit)}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  )
}

interface RecordRowProps {
  source: ReplaySource
  place: Offset
  isEdited: boolean
  onOpen(): void
  onRestore(): void
}

const PREVIEW_LETTERS = 120
const PREVIEW_BYTES = 1_024

function RecordRow({ source, place, isEdited, onOpen, onRestore }: RecordRowProps): ReactElement {
  const t = useTranslations('replays.edit')
  const at = { partition: place.partition, broker: place.broker ?? null, offset: place.offset }
  const { data } = useQuery(deadLetterQuery(source, at, PREVIEW_BYTES))
  const name = offsetText(place)
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
      <span className="font-mono text-xs">{name}</span>
      <span className="min-w-0 flex-1 basis-40 truncate text-ink2">
        {data === undefined
          ? null
          : data.value === null
            ? t('noValue')
            : oneLine(payloadText(data.value), PREVIEW_LETTERS)}
      </span>
      {isEdited ? <span className="font-semibold text-risk">{t('edited')}</span> : null}
      {isEdited ? (
        <Button look="quiet" aria-label={t('restoreOf', { record: name })} onClick={onRestore}>
          {t('restore')}
        </Button>
      ) : null}
      <Button aria-label={t('openOf', { record: name })} onClick={onOpen}>
        {t('open')}
      </Button>
    </li>
  )
}
