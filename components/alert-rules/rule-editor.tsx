'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import { addRule, forgetAlerts, replaceRule } from '../../lib/client/queries/alerts.ts'
import {
  faultsOf,
  NO_FAULTS,
  notNumbers,
  previewBody,
  type RuleBody,
  type RuleFaults,
  type RuleForm,
  ruleBody,
} from '../../lib/client/rule-form.ts'
import { RequestProblem } from '../clusters/connection-steps.tsx'
import { PLACE_HREF } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { Field, TextInput } from '../ui/field.tsx'
import { MarkFields } from './mark-fields.tsx'
import type { RuleFieldsProps } from './rule-fields.ts'
import { RulePreview } from './rule-preview.tsx'
import { TellingFields } from './telling-fields.tsx'
import { useWatched, type Watched } from './use-watched.ts'
import { WatchedFields } from './watched-fields.tsx'

interface RuleEditorProps {
  initial: RuleForm
  /** When what is changed was written last; null: it is a new one. */
  writtenAt: string | null
}

/** A rule as it is written, beside what it would have told. */
export function RuleEditor({ initial, writtenAt }: RuleEditorProps): ReactElement {
  const isNew = writtenAt === null
  const [form, setForm] = useState(initial)
  const watched = useWatched(form)
  // Of what was opened, however often it is read anew meanwhile.
  const saving = useSaving(useState(writtenAt)[0])
  const [previewFaults, setPreviewFaults] = useState<RuleFaults>(NO_FAULTS)
  const faults = useFieldFaults(form, previewFaults, faultsOf(saving.error))
  const change = (part: Partial<RuleForm>): void => {
    setForm((before) => ({ ...before, ...part }))
    saving.reset()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!saving.isPending && notNumbers(form).length === 0) saving.mutate(ruleBody(form, watched.labels))
  }
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,26rem)_minmax(0,1fr)]">
      <form onSubmit={submit} className="panel space-y-4 px-4 py-4">
        <Fields form={form} faults={faults} onChange={change} isNew={isNew} watched={watched} />
        <Actions isNew={isNew} isPending={saving.isPending} />
        {faultsOf(saving.error).hasMore ? <RequestProblem error={saving.error} /> : null}
      </form>
      <RulePreview
        form={form}
        metrics={watched.metrics}
        body={previewBody(form, watched.labels)}
        onFaults={setPreviewFaults}
      />
    </div>
  )
}

function useSaving(writtenAt: string | null) {
  const client = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: (rule: RuleBody) => (writtenAt === null ? addRule(rule) : replaceRule(rule, writtenAt)),
    onSuccess: async () => {
      await forgetAlerts(client)
      router.push(PLACE_HREF.alertRules)
    },
  })
}

/** What was typed for a number comes first: the server was not asked about it. */
function useFieldFaults(form: RuleForm, ...told: RuleFaults[]): RuleFieldsProps['faults'] {
  const t = useTranslations('ruleEditor')
  const ours = Object.fromEntries(notNumbers(form).map((field) => [field, t('notNumber')]))
  return Object.assign({}, ...told.map(({ fields }) => fields), ours)
}

function Fields({ isNew, watched, ...fields }: RuleFieldsProps & { isNew: boolean; watched: Watched }): ReactElement {
  const t = useTranslations('ruleEditor')
  const id = useId()
  const { form, faults, onChange } = fields
  return (
    <>
      <Field id={id} label={t('code')} hint={t(isNew ? 'codeHint' : 'codeFixed')} fault={faults.id}>
        <TextInput
          id={id}
          required
          readOnly={!isNew}
          maxLength={64}
          value={form.id}
          aria-invalid={faults.id !== undefined}
          onChange={(event) => onChange({ id: event.target.value })}
        />
      </Field>
      <WatchedFields {...fields} watched={watched} />
      {form.about === 'series' ? <MarkFields {...fields} metric={watched.metric} /> : null}
      <TellingFields {...fields} />
    </>
  )
}

function Actions({ isNew, isPending }: { isNew: boolean; isPending: boolean }): ReactElement {
  const t = useTranslations('ruleEditor.save')
  return (
    <div className="space-y-3 border-line border-t pt-3">
      <p className="text-ink2">{t(isNew ? 'effect' : 'effectChange')}</p>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" disabled={isPending}>
          {isPending ? t('working') : t(isNew ? 'new' : 'change')}
        </Button>
        <Button asChild>
          <Link href={PLACE_HREF.alertRules}>{t('cancel')}</Link>
        </Button>
      </div>
    </div>
  )
}
