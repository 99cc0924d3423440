import { ChevronDown } from 'lucide-react'
import type { ReactElement, SelectHTMLAttributes } from 'react'
import { cn } from './cn.ts'

const SELECT_LOOK =
  'h-8 w-full appearance-none text-ellipsis rounded-md border border-line bg-panel pr-7 pl-2.5 text-ink text-sm hover:bg-line2'

export interface SelectOption<Value extends string> {
  value: Value
  label: string
}

export interface SelectProps<Value extends string>
  extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'value' | 'onChange' | 'children'> {
  value: Value
  options: readonly SelectOption<Value>[]
  onValueChange(value: Value): void
  /** What is chosen here, for those who do not see what stands around it. */
  'aria-label': string
}

export interface GroupedSelectProps extends Omit<SelectProps<string>, 'options'> {
  groups: readonly { label: string; options: readonly SelectOption<string>[] }[]
  /** Stands there while what is chosen is none of the options. */
  placeholder: string
}

/** As `Select`, with its options under headings. */
export function GroupedSelect(props: GroupedSelectProps): ReactElement {
  const { value, groups, placeholder, onValueChange, className, ...rest } = props
  const isListed = groups.some(({ options }) => options.some((option) => option.value === value))
  return (
    <span className={cn('relative inline-flex', className)}>
      <select
        className={SELECT_LOOK}
        value={value}
        onChange={(event) => {
          if (event.target.value !== '') onValueChange(event.target.value)
        }}
        {...rest}
      >
        {isListed ? null : <option value={value}>{value === '' ? placeholder : value}</option>}
        {groups.map(({ label, options }) => (
          <optgroup key={label} label={label}>
            {options.map(toOption)}
          </optgroup>
        ))}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-4 text-ink3" />
    </span>
  )
}

/** The browser's own select: the best one there is on a telephone and for a screen reader, and it costs no script. */
export function Select<Value extends string>(props: SelectProps<Value>): ReactElement {
  const { value, options, onValueChange, className, ...rest } = props
  return (
    <span className={cn('relative inline-flex', className)}>
      <select
        className={SELECT_LOOK}
        value={value}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value)
          if (chosen !== undefined) onValueChange(chosen.value)
        }}
        {...rest}
      >
        {options.map(toOption)}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-4 text-ink3" />
    </span>
  )
}

function toOption({ value, label }: SelectOption<string>): ReactElement {
  return (
    <option key={value} value={value}>
      {label}
    </option>
  )
}
