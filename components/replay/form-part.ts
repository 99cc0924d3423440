import type { ReplayForm } from '../../lib/client/replay-form.ts'

/** What the steps of the form have in common. */
export interface FormPart {
  form: ReplayForm
  change(part: Partial<ReplayForm>): void
}
