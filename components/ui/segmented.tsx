import type { ReactElement } from 'react'
import { cn } from './cn.ts'

export interface SegmentedProps<Value extends string> {
  /** What is chosen here. */
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onValueChange(value: Value): void
}

/** A few ways to look at one thing, side by side; the one that is on is pressed. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>): ReactElement {
  return (
    <fieldset className="inline-flex min-w-0 rounded-md border border-line bg-panel p-0.5">
      <legend className="sr-only">{props.label}</legend>
      {props.options.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === props.value}
          onClick={() => props.onValueChange(value)}
          className={cn(
            'min-h-6 whitespace-nowrap rounded px-2 text-xs',
            value === props.value ? 'bg-line2 font-semibold text-ink' : 'text-ink2 hover:text-ink',
          )}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}
