'use client'

import { useTimeZone, useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, type ReactNode, useId, useState } from 'react'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { formatDateTime } from '../../lib/client/format.ts'
import { BROWSE_STARTS, type BrowseView, placeText } from '../../lib/client/message-browse.ts'
import { Button } from '../ui/button.tsx'
import { cn } from '../ui/cn.ts'
import { Select } from '../ui/select.tsx'

interface BrowseFormProps {
  view: BrowseView
  topic: TopicDetailAnswer
  isTailOn: boolean
  isReading: boolean
  /** False: no filter may look into them. */
  hasPayloads: boolean
  onRead(view: BrowseView): void
}

/** `$.order.id=42`: what is left of the sign is the path. */
const PATH = /^\s*\$.*=/

function isOffset(text: string): boolean {
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))
}

/** An offset means nothing without its partition. */
function partitionFor(start: BrowseView['start'], draft: BrowseView, topic: TopicDetailAnswer): string {
  const [first] = topic.partitionStates
  return start === 'offset' && draft.partition === '' && first !== undefined ? placeText(first) : draft.partition
}

/** Where to begin, and what to look for. It reads when it is told to, not with every letter. */
export function BrowseForm({ view, topic, isTailOn, isReading, hasPayloads, onRead }: BrowseFormProps): ReactElement {
  const t = useTranslations('messageBrowser')
  const [draft, setDraft] = useState(view)
  const [asked, setAsked] = useState(view)
  if (view !== asked) {
    setAsked(view)
    setDraft(view)
  }
  const change = (part: Partial<BrowseView>): void => setDraft((before) => ({ ...before, ...part }))
  const isOffsetWrong = draft.start === 'offset' && !isOffset(draft.offset.trim())
  const isTimeMissing = draft.start === 'time' && draft.time === ''
  const isPathWrong = draft.path !== '' && !PATH.test(draft.path)
  const isWrong = isOffsetWrong || isTimeMissing || isPathWrong
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isWrong) onRead({ ...draft, offset: draft.offset.trim() })
  }
  return (
    <search aria-label={t('form.label')}>
      <form onSubmit={submit} className="panel mb-3 space-y-3 px-3 py-3">
        <div className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
          <Labelled label={t('form.start')} className="sm:w-44">
            {(id) => (
              <Select
                id={id}
                aria-label={t('form.start')}
                className="w-full"
                value={draft.start}
                options={BROWSE_STARTS.map((value) => ({ value, label: t(`starts.${value}`) }))}
                onValueChange={(start) => change({ start, partition: partitionFor(start, draft, topic) })}
              />
            )}
          </Labelled>
          {draft.start === 'offset' ? (
            <Text
              label={t('form.offset')}
              value={draft.offset}
              inputMode="numeric"
              isWrong={draft.offset !== '' && isOffsetWrong}
              className="sm:w-36"
              onChange={(offset) => change({ offset })}
            />
          ) : null}
          {draft.start === 'time' ? <TimeField value={draft.time} onChange={(time) => change({ time })} /> : null}
          <Partition draft={draft} topic={topic} change={change} />
        </div>
        <div className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
          <Text
            label={t('form.q')}
            hint={t('form.qHint')}
            isOff={!hasPayloads}
            value={draft.q}
            className="max-sm:col-span-2 sm:w-64 sm:flex-1"
            onChange={(q) => change({ q })}
          />
          <Text
            label={t('form.key')}
            isOff={!hasPayloads}
            value={draft.key}
            className="sm:w-40"
            onChange={(key) => change({ key })}
          />
          <Text
            label={t('form.header')}
            hint={t(hasPayloads ? 'form.headerHint' : 'form.headerNameHint')}
            value={draft.header}
            className="sm:w-48"
            onChange={(header) => change({ header })}
          />
          <Text
            label={t('form.path')}
            hint={t('form.pathHint')}
            isOff={!hasPayloads}
            isWrong={isPathWrong}
            value={draft.path}
            className="max-sm:col-span-2 sm:w-52"
            onChange={(path) => change({ path })}
          />
          <Button type="submit" look="primary" disabled={isWrong} className="max-sm:col-span-2">
            {isReading ? t('form.reading') : t(isTailOn ? 'form.readInstead' : 'form.read')}
          </Button>
        </div>
        {hasPayloads ? null : <p className="text-ink2 text-xs">{t('form.noPayloads')}</p>}
      </form>
    </search>
  )
}

function Partition({
  draft,
  topic,
  change,
}: {
  draft: BrowseView
  topic: TopicDetailAnswer
  change(part: Partial<BrowseView>): void
}): ReactElement {
  const t = useTranslations('messageBrowser.form')
  const known = topic.partitionStates.map((state) => placeText(state))
  const all = draft.start === 'offset' ? [] : ['']
  const values = [
    ...all,
    ...(draft.partition === '' || known.includes(draft.partition) ? [] : [draft.partition]),
    ...known,
  ]
  return (
    <Labelled label={t('partition')} className="sm:w-40">
      {(id) => (
        <Select
          id={id}
          aria-label={t('partition')}
          className="w-full"
          value={draft.partition}
          options={values.map((value) => ({ value, label: value === '' ? t('allPartitions') : value }))}
          onValueChange={(partition) => change({ partition })}
        />
      )}
    </Labelled>
  )
}

const INPUT = 'h-8 w-full min-w-0 rounded-md border bg-panel px-2 text-ink text-sm placeholder:text-ink3'

interface TextProps {
  label: string
  value: string
  hint?: string
  className: string
  inputMode?: 'numeric'
  isWrong?: boolean
  /** Nothing can be asked for here; what the address asks for can still be cleared. */
  isOff?: boolean
  onChange(value: string): void
}

function Text({
  label,
  value,
  hint,
  className,
  inputMode,
  isWrong = false,
  isOff = false,
  onChange,
}: TextProps): ReactElement {
  return (
    <Labelled label={label} className={className}>
      {(id) => (
        <input
          id={id}
          type="text"
          inputMode={inputMode}
          autoComplete="off"
          spellCheck={false}
          maxLength={500}
          placeholder={isOff ? undefined : hint}
          disabled={isOff && value === ''}
          aria-invalid={isWrong}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={cn(INPUT, isWrong ? 'border-losing' : 'border-control')}
        />
      )}
    </Labelled>
  )
}

function TimeField({ value, onChange }: { value: string; onChange(value: string): void }): ReactElement {
  const t = useTranslations('messageBrowser.form')
  const timeZone = useTimeZone() ?? 'UTC'
  // The field knows no zone: it shows the time of the zone in which all of the page is.
  const local = value === '' ? '' : formatDateTime(timeZone, Date.parse(value)).replace(' ', 'T')
  return (
    <Labelled label={t('time')} className="sm:w-56">
      {(id) => (
        <input
          id={id}
          type="datetime-local"
          step={1}
          value={local}
          onChange={(event) => {
            const at = new Date(event.target.value)
            onChange(Number.isNaN(at.getTime()) ? '' : at.toISOString())
          }}
          className={cn(INPUT, 'border-control')}
        />
      )}
    </Labelled>
  )
}

function Labelled(props: { label: string; className: string; children(id: string): ReactNode }): ReactElement {
  const id = useId()
  return (
    <div className={cn('flex min-w-0 flex-col gap-0.5', props.className)}>
      <label htmlFor={id} className="truncate text-ink3 text-xs">
        {props.label}
      </label>
      {props.children(id)}
    </div>
  )
}
