'use client'

import { type ReactElement, useId } from 'react'
import { Field, TextInput } from '../ui/field.tsx'
import type { RuleFieldsProps } from './rule-fields.ts'

interface RuleNumberProps extends RuleFieldsProps {
  name: 'raise' | 'clear' | 'forSeconds' | 'keepFiringForSeconds'
  label: string
  hint: string
}

export function RuleNumber({ form, faults, onChange, name, label, hint }: RuleNumberProps): ReactElement {
  const id = useId()
  return (
    <Field id={id} label={label} hint={hint} fault={faults[name]}>
      <TextInput
        id={id}
        inputMode="decimal"
        value={form[name]}
        aria-invalid={faults[name] !== undefined}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    </Field>
  )
}
