import { ChevronDown } from 'lucide-react'
import type { ReactElement, SelectHTMLAttributes } from 'react'
import { cn } from './cn.ts'

export const SELECT_LOOK =
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
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown aria-hidden className="pointer-events-none absolute top-2 right-2 size-4 text-ink3" />
    </span>
  )
}
