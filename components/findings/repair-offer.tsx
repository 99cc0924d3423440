'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactElement, useId, useState } from 'react'
import type { FindingAnswer } from '../../lib/api/schemas/findings.ts'
import type { RepairPreviewAnswer } from '../../lib/api/schemas/repairs.ts'
import { LONGEST_REASON, SHORTEST_REASON } from '../../lib/client/mute-form.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { forgetRepair, repairQuery, startRepair } from '../../lib/client/queries/repairs.ts'
import { DoneNote } from '../dead-letters/done-note.tsx'
import { Button } from '../ui/button.tsx'
import { CommandLine } from '../ui/command-line.tsx'
import { DialogSection } from '../ui/dialog-section.tsx'
import { Field, TextInput } from '../ui/field.tsx'
import { ErrorState } from '../ui/states.tsx'

type Settings = RepairPreviewAnswer['settings']

/** What a finding's steps say, done by the console: first shown, then, with a reason, set. Nothing where it may not change the cluster. */
export function RepairOffer({ finding }: { finding: FindingAnswer }): ReactElement | null {
  const t = useTranslations('risk.repair')
  const [isOpen, setOpen] = useState(false)
  const cluster = useQuery(clustersQuery()).data?.items.find(({ id }) => id === finding.clusterId)
  if (finding.repair.length === 0 || cluster?.readOnly !== false) return null
  if (isOpen) return <Repair finding={finding} />
  return (
    <Button className="mt-2" onClick={() => setOpen(true)}>
      {t('open')}
    </Button>
  )
}

function Repair({ finding }: { finding: FindingAnswer }): ReactElement {
  const t = useTranslations('risk.repair')
  const { name } = finding.subject
  const subject = {
    clusterId: finding.clusterId,
    type: finding.subject.type === 'group' ? 'group' : 'topic',
    name,
  } as const
  const client = useQueryClient()
  const preview = useQuery(repairQuery(subject, finding.code))
  const sending = useMutation({
    mutationFn: ({ settings, reason }: { settings: Settings; reason: string }) => {
      const expected = settings.map(({ name, before }) => ({ name, before }))
      return startRepair(subject, { code: finding.code, expected, reason })
    },
    // Also when it failed: somebody else may have been first, and what is there now is shown then.
    onSettled: () => forgetRepair(client, subject),
  })
  if (sending.isSuccess) return <DoneNote text={t('done', { topic: name })} />
  return (
    <DialogSection title={t('title')}>
      {preview.error === null ? null : <ErrorState error={preview.error} className="px-0 py-2" />}
      {preview.data === undefined ? null : (
        <Preview
          topic={name}
          preview={preview.data}
          isPending={sending.isPending}
          onSubmit={(reason) => sending.mutate({ settings: preview.data.settings, reason })}
        />
      )}
      {sending.error === null ? null : <ErrorState error={sending.error} className="px-0 py-2" />}
    </DialogSection>
  )
}

interface PreviewProps {
  topic: string
  preview: RepairPreviewAnswer
  isPending: boolean
  onSubmit(reason: string): void
}

function Preview({ topic, preview: { settings, refusal, undo }, isPending, onSubmit }: PreviewProps): ReactElement {
  const t = useTranslations('risk.repair')
  const id = useId()
  const [reason, setReason] = useState('')
  const said = reason.trim()
  const isReady = said.length >= SHORTEST_REASON && !isPending
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isReady) onSubmit(said)
  }
  return (
    <>
      <ul className="list-disc space-y-1 pl-5">
        {settings.map((setting) => (
          <Change key={setting.name} setting={setting} />
        ))}
      </ul>
      {refusal === null ? (
        <form onSubmit={submit} className="space-y-3">
          <p className="max-w-prose">{t('text')}</p>
          <div>
            <p>{t('undo')}</p>
            {undo.map((command) => (
              <CommandLine key={command} command={command} />
            ))}
          </div>
          <Field id={`${id}-reason`} label={t('reason')} hint={t('reasonHint')}>
            <TextInput
              id={`${id}-reason`}
              maxLength={LONGEST_REASON}
              required
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </Field>
          <Button look="primary" type="submit" disabled={!isReady}>
            <Submit topic={topic} settings={settings} isPending={isPending} />
          </Button>
        </form>
      ) : (
        <p className="max-w-prose">
          {refusal.message} {refusal.fix}
        </p>
      )}
    </>
  )
}

function Change({ setting }: { setting: Settings[number] }): ReactElement {
  const t = useTranslations('risk.repair')
  const { name, before, effectiveBefore, after } = setting
  const byDefault = effectiveBefore.length === 0 ? t('unknown') : t('default', { value: effectiveBefore.join(' / ') })
  return <li>{t('change', { name, before: before ?? byDefault, after: after ?? t('unset') })}</li>
}

/** The button says what happens. */
function Submit({ topic, settings, isPending }: Omit<PreviewProps, 'preview' | 'onSubmit'> & { settings: Settings }) {
  const t = useTranslations('risk.repair')
  if (isPending) return t('working')
  const isRemoval = settings.every(({ after }) => after === null)
  const names = settings.map(({ name, after }) => (after === null ? name : `${name}=${after}`))
  return t(isRemoval ? 'remove' : 'submit', { topic, settings: names.join(', ') })
}
