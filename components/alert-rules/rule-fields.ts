/** What the parts of the form share. */
import type { RuleField, RuleForm } from '../../lib/client/rule-form.ts'

export interface RuleFieldsProps {
  form: RuleForm
  /** In words of the person. */
  faults: Partial<Record<RuleField, string>>
  onChange(part: Partial<RuleForm>): void
}
