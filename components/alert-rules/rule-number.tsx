'use client'

import { type ReactElement, useId } from 'react'
import { Field, TextInput } from '../ui/field.tsx'
import type { RuleFieldsProps } from './rule-fields.ts'

interface RuleNumberProps extends RuleFieldsProps {
  name: 'raise' | 'clear' | 'forSeconds' | 'keepFiringForSeconds'
  label: string
  hint: string
  isRequired?: boolean
}

export function RuleNumber(props: RuleNumberProps): ReactElement {
  const { form, faults, onChange, name, label, hint, isRequired = false } = props
  const id = useId()
  return (
    <Field id={id} label={label} hint={hint} fault={faults[name]}>
      <TextInput
        id={id}
        required={isRequired}
        inputMode="decimal"
        value={form[name]}
        aria-invalid={faults[name] !== undefined}
        onChange={(event) => onChange({ [name]: event.target.value })}
      />
    </Field>
  )
}
