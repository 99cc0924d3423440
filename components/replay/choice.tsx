import type { ReactElement, ReactNode } from 'react'
import { cn } from '../ui/cn.ts'

interface ChoiceProps {
  name: string
  value: string
  title: ReactNode
  /** What it means, under the title. */
  text?: ReactNode
  checked: boolean
  disabled?: boolean
  onChoose(): void
  children?: ReactNode
}

/** One of several, with what it means said beside it: nobody has to choose first and learn then. */
export function Choice(props: ChoiceProps): ReactElement {
  const { name, value, title, text, checked, disabled = false, onChoose, children } = props
  const id = `${name}-${value}`
  return (
    <div className={cn('flex gap-2.5 rounded-md border px-3 py-2', checked ? 'border-ink' : 'border-line')}>
      <input
        id={id}
        type="radio"
        name={name}
        className="mt-0.5 size-4 shrink-0 accent-accent"
        checked={checked}
        disabled={disabled}
        aria-describedby={text === undefined ? undefined : `${id}-text`}
        onChange={onChoose}
      />
      <div className="min-w-0 flex-1">
        <label htmlFor={id} className={cn('font-semibold', disabled ? 'text-ink3' : 'cursor-pointer')}>
          {title}
        </label>
        {text === undefined ? null : (
          <p id={`${id}-text`} className="break-words text-ink2">
            {text}
          </p>
        )}
        {checked ? children : null}
      </div>
    </div>
  )
}

export function Choices({ legend, children }: { legend: string; children: ReactNode }): ReactElement {
  return (
    <fieldset className="space-y-2">
      <legend className="sr-only">{legend}</legend>
      {children}
    </fieldset>
  )
}

interface SwitchProps {
  id: string
  checked: boolean
  onChange(checked: boolean): void
  /** May hold an input of its own; only `label` is read out as the name. */
  label: ReactNode
  hint?: ReactNode
}

/** A box to tick, with what it means under it. */
export function Switch({ id, checked, onChange, label, hint }: SwitchProps): ReactElement {
  return (
    <div className="flex gap-2.5">
      <input
        id={id}
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-accent"
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="cursor-pointer">
          {label}
        </label>
        {hint === undefined ? null : (
          <p id={`${id}-hint`} className="text-ink3 text-xs">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}
