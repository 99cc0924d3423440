import type { ReactElement } from 'react'

export interface RowCheckboxProps {
  label: string
  checked: boolean
  /** Some of what it stands for are ticked. */
  isMixed?: boolean
  onChange(): void
}

/** A box that ticks a row. The area around it counts as the box: it is hit with a thumb, too. */
export function RowCheckbox({ label, checked, isMixed = false, onChange }: RowCheckboxProps): ReactElement {
  return (
    <label className="-my-1 -ml-1 mr-1.5 inline-flex size-6 shrink-0 cursor-pointer items-center justify-center align-middle">
      <input
        type="checkbox"
        aria-label={label}
        className="size-3.5 cursor-pointer accent-ink"
        checked={checked}
        ref={(box) => {
          if (box !== null) box.indeterminate = isMixed && !checked
        }}
        onChange={onChange}
      />
    </label>
  )
}
