import type { ReactElement } from 'react'

interface TableCheckboxProps {
  label: string
  checked: boolean
  onChange(checked: boolean): void
}

/** Stands beside a table's filter: what else it lists. */
export function TableCheckbox({ label, checked, onChange }: TableCheckboxProps): ReactElement {
  return (
    <label className="flex min-h-8 items-center gap-1.5 text-ink2 text-sm">
      <input
        type="checkbox"
        className="size-3.5 accent-ink"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  )
}
