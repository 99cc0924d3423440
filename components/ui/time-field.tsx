'use client'

import { useTimeZone } from 'next-intl'
import { type ReactElement, useId } from 'react'
import { formatDateTime } from '../../lib/client/format.ts'

interface TimeFieldProps {
  label: string
  /** ISO 8601, or empty. */
  value: string
  onChange(value: string): void
}

export function TimeField({ label, value, onChange }: TimeFieldProps): ReactElement {
  const id = useId()
  const timeZone = useTimeZone() ?? 'UTC'
  // The field knows no zone: it shows the time of the zone in which all of the page is.
  const local = value === '' ? '' : formatDateTime(timeZone, Date.parse(value)).slice(0, 16).replace(' ', 'T')
  return (
    <span className="flex min-w-0 items-center gap-1.5 max-sm:w-full">
      <label htmlFor={id} className="shrink-0 text-ink3 text-xs max-sm:min-w-12">
        {label}
      </label>
      <input
        id={id}
        type="datetime-local"
        value={local}
        onChange={(event) => {
          const at = new Date(event.target.value)
          onChange(Number.isNaN(at.getTime()) ? '' : at.toISOString())
        }}
        className="h-8 min-w-0 rounded-md max-sm:flex-1 border border-control bg-panel px-2 text-sm"
      />
    </span>
  )
}
