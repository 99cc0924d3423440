'use client'

import { Search, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import { TimeField } from '../ui/time-field.tsx'
import { ALL_STATUSES, type MessageSearch as MessageSearchState, STATUSES } from './use-message-search.ts'

interface MessageSearchProps {
  search: MessageSearchState
  onSearch(next: Partial<MessageSearchState>): void
  /** False: what lies in the records is not for this token, nor is looking for it. */
  hasText: boolean
}

/** A search reads records one by one: it starts when it is asked for, not with every letter. */
export function MessageSearch({ search, onSearch, hasText }: MessageSearchProps): ReactElement {
  const t = useTranslations('deadLetters.messages')
  const words = useTranslations('deadLetters.status')
  const [text, setText] = useState(search.q)
  const [asked, setAsked] = useState(search.q)
  if (search.q !== asked) {
    setAsked(search.q)
    setText(search.q)
  }
  // What has expired has no content to search in.
  const isSearchable = search.status !== 'expired'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSearch({ q: isSearchable ? text.trim() : '' })
  }
  return (
    <search className="min-w-0 flex-1">
      <form onSubmit={submit} className="flex min-w-0 flex-wrap items-end gap-2">
        <span className="relative flex min-w-0 flex-1 basis-56 items-center">
          <Search aria-hidden className="pointer-events-none absolute left-2.5 size-4 text-ink3" />
          <input
            type="search"
            aria-label={t('searchLabel')}
            placeholder={t(hasText ? (isSearchable ? 'searchHint' : 'searchExpired') : 'noSearch')}
            // What the address asks for can still be cleared.
            disabled={!isSearchable || (!hasText && text === '')}
            maxLength={500}
            value={text}
            onChange={(event) => setText(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            className="h-8 w-full rounded-md border border-control bg-panel pr-8 pl-8 text-sm placeholder:text-ink3 [&::-webkit-search-cancel-button]:hidden"
          />
          {text === '' ? null : (
            <Button
              look="quiet"
              square
              aria-label={t('clear')}
              className="absolute right-0.5 size-7"
              onClick={() => {
                setText('')
                onSearch({ q: '' })
              }}
            >
              <X aria-hidden className="size-4" />
            </Button>
          )}
        </span>
        <Button type="submit" disabled={!isSearchable}>
          {t('search')}
        </Button>
        <Select
          aria-label={t('statusLabel')}
          className="min-w-32"
          value={search.status}
          onValueChange={(status) => onSearch({ status, ...(status === 'expired' ? { q: '' } : {}) })}
          options={[
            ...STATUSES.map((value) => ({ value, label: words(value) })),
            { value: ALL_STATUSES, label: t('allStatuses') },
          ]}
        />
        <TimeField label={t('from')} value={search.fromTime} onChange={(fromTime) => onSearch({ fromTime })} />
        <TimeField label={t('to')} value={search.toTime} onChange={(toTime) => onSearch({ toTime })} />
      </form>
    </search>
  )
}
