import type { InputHTMLAttributes, ReactElement, ReactNode, TextareaHTMLAttributes } from 'react'
import { cn } from './cn.ts'

const INPUT = 'h-9 w-full rounded-md border border-control bg-panel px-2.5 text-base text-ink placeholder:text-ink3'

export interface FieldProps {
  id: string
  label: string
  hint?: ReactNode
  /** What is wrong with what was given; stands in place of the hint. */
  fault?: string | undefined
  children: ReactElement
}

/** A labelled control; the hint, or what is wrong, is read out with it. */
export function Field({ id, label, hint, fault, children }: FieldProps): ReactElement {
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-semibold">
        {label}
      </label>
      {children}
      {hint === undefined && fault === undefined ? null : (
        <p
          id={`${id}-hint`}
          className={cn('mt-1 break-words text-xs', fault === undefined ? 'text-ink3' : 'text-losing')}
        >
          {fault ?? hint}
        </p>
      )}
    </div>
  )
}

export function TextInput({
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { id: string }): ReactElement {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      className={cn(INPUT, className)}
      aria-describedby={`${rest.id}-hint`}
      {...rest}
    />
  )
}

export function TextArea({
  className,
  ...rest
}: TextareaHTMLAttributes<HTMLTextAreaElement> & { id: string }): ReactElement {
  return (
    <textarea
      autoComplete="off"
      spellCheck={false}
      className={cn(INPUT, 'h-auto py-1.5 font-mono text-sm', className)}
      aria-describedby={`${rest.id}-hint`}
      {...rest}
    />
  )
}

export function Checkbox({
  id,
  label,
  checked,
  onChange,
}: {
  id: string
  label: string
  checked: boolean
  onChange(checked: boolean): void
}): ReactElement {
  return (
    <label htmlFor={id} className="flex cursor-pointer items-center gap-2 py-0.5">
      <input
        id={id}
        type="checkbox"
        className="size-4 accent-accent"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  )
}
