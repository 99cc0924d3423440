'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useRef, useState } from 'react'
import type { CreateReplayInput, ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { apiSend } from '../../lib/client/api.ts'
import { REPLAYS_KEY } from '../../lib/client/queries/replays.ts'
import { type ChangeDraft, changeFault } from '../../lib/client/replay-changes.ts'
import {
  bodyOf,
  type FormFault,
  faultsOf,
  firstForm,
  type ReplayEdit,
  type ReplayForm,
} from '../../lib/client/replay-form.ts'
import type { SelectionFacts } from '../../lib/client/selection-facts.ts'
import { replayHref } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import { ErrorState } from '../ui/states.tsx'
import { ChangeAll } from './change-all.tsx'
import type { FormPart } from './form-part.ts'
import { PaceStep } from './pace-step.tsx'
import { ReadersStep } from './readers-step.tsx'
import { Step, Steps } from './steps.tsx'
import { TargetStep } from './target-step.tsx'
import type { ReplaySource, RetryOffer } from './use-selection.ts'
import { WhatStep } from './what-step.tsx'

interface WizardProps {
  source: ReplaySource
  facts: SelectionFacts
  retry: RetryOffer
}

/** Sends the form once, however often it is asked to, and goes on to the plan. */
function usePlan(): { plan(body: CreateReplayInput): void; isPending: boolean; error: unknown; reset(): void } {
  const router = useRouter()
  const client = useQueryClient()
  const isSent = useRef(false)
  const create = useMutation({
    mutationFn: (body: CreateReplayInput) => apiSend<ReplayAnswer>('POST', '/api/v1/replays', body),
    onSuccess: (replay) => {
      void client.invalidateQueries({ queryKey: REPLAYS_KEY })
      router.push(replayHref(replay.id))
    },
    onError: () => {
      isSent.current = false
    },
  })
  const plan = (body: CreateReplayInput): void => {
    if (isSent.current) return
    isSent.current = true
    create.mutate(body)
  }
  return { plan, isPending: create.isPending || create.isSuccess, error: create.error, reset: create.reset }
}

export function ReplayWizard({ source, facts, retry }: WizardProps): ReactElement {
  const t = useTranslations('replays')
  const [form, setForm] = useState(() => ({
    ...firstForm(facts.records, retry.state === 'offered' ? 'retry' : 'origin'),
    includeHandled: source.selection.includeHandled === true,
  }))
  const [edits, setEdits] = useState<readonly ReplayEdit[]>([])
  const [changes, setChanges] = useState<readonly ChangeDraft[]>([])
  const [isTried, setIsTried] = useState(false)
  const { plan, isPending, error, reset } = usePlan()
  const change = (part: Partial<ReplayForm>): void => {
    setForm((before) => ({ ...before, ...part }))
    reset()
  }
  const faults = faultsOf(form)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setIsTried(true)
    const isChangeOpen = changes.some((draft) => changeFault(draft) !== null)
    if (faults.length > 0 || isChangeOpen) focusFault(isChangeOpen ? undefined : faults[0])
    else plan(bodyOf(source, form, edits, changes))
  }
  const part = { form, change }
  return (
    <form onSubmit={submit} noValidate>
      <Steps label={t('steps.label')}>
        <WhatStep {...part} source={source} facts={facts} edits={edits} onEdit={setEdits}>
          <ChangeAll source={source} drafts={changes} onChange={setChanges} isTried={isTried} />
        </WhatStep>
        <TargetStep {...part} source={source} facts={facts} retry={retry} isTried={isTried} />
        <ReadersStep form={form} source={source} facts={facts} retry={retry} />
        <PaceStep {...part} records={facts.records} />
        <Step id="step-confirm" number={5} title={t('steps.confirm')}>
          <ReasonField {...part} isMissing={isTried && faults.includes('reason')} />
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Button type="submit" look="primary" className="h-9" disabled={isPending}>
              {isPending ? t('new.planning') : t('new.plan')}
            </Button>
            <p className="min-w-0 flex-1 basis-64 text-ink2">{t('new.planNote')}</p>
          </div>
          {error === null ? null : <ErrorState error={error} className="px-0 py-2" />}
        </Step>
      </Steps>
    </form>
  )
}

/** The first thing that is wrong has the focus: on a narrow screen it may be far above the button. */
function focusFault(fault: FormFault | undefined): void {
  if (fault === 'reason' || fault === 'topic') document.getElementById(`replay-${fault}`)?.focus()
  else document.querySelector<HTMLInputElement>('input[aria-invalid="true"]')?.focus()
}

function ReasonField({ form, change, isMissing }: FormPart & { isMissing: boolean }): ReactElement {
  const t = useTranslations('replays.form')
  return (
    <div className="max-w-2xl">
      <Field id="replay-reason" label={t('reason')} hint={isMissing ? undefined : t('reasonHint')}>
        <TextArea
          id="replay-reason"
          rows={2}
          required
          maxLength={1_000}
          className="font-sans"
          aria-invalid={isMissing}
          aria-describedby={isMissing ? 'replay-reason-fault' : 'replay-reason-hint'}
          value={form.reason}
          onChange={(event) => change({ reason: event.target.value })}
        />
      </Field>
      {isMissing ? (
        <p id="replay-reason-fault" role="alert" className="mt-1 text-losing text-xs">
          {t('reasonMissing')}
        </p>
      ) : null}
    </div>
  )
}
