'use client'

import { useQuery } from '@tanstack/react-query'
import { BellOff } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useId, useState } from 'react'
import type { FindingAnswer } from '../../lib/api/schemas/findings.ts'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import { topicToHold } from '../../lib/client/hold-form.ts'
import { rulesQuery } from '../../lib/client/queries/findings.ts'
import { personQuery } from '../../lib/client/queries/session.ts'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { HoldOffer } from '../holds/hold-offer.tsx'
import { FactList } from '../topics/fact-list.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { CommandSteps, DialogSection } from '../ui/dialog-section.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'
import { MuteFields } from './mute-fields.tsx'
import { MutedNote } from './muted-note.tsx'
import { useMute } from './use-mute.ts'

interface FindingDialogProps {
  finding: FindingAnswer
  onClose(): void
  /** It is muted now; the dialog has nothing more to say. */
  onMuted(mute: MuteAnswer): void
}

/** One finding in full: what is so, why it can cost messages, since when, and what to do; or the form that mutes it. */
export function FindingDialog({ finding, onClose, onMuted }: FindingDialogProps): ReactElement {
  const t = useTranslations('risk.mute')
  const formId = useId()
  const [isMuting, setMuting] = useState(false)
  const muting = useMute(finding, onMuted)
  const mayMute = useQuery(personQuery()).data?.role === 'admin' && finding.canBeMuted
  const actions = isMuting ? (
    <>
      <Button onClick={() => setMuting(false)}>{t('back')}</Button>
      <Button look="primary" type="submit" form={formId} disabled={!muting.isReady}>
        {t(muting.isPending ? 'working' : 'submit')}
      </Button>
    </>
  ) : mayMute && finding.mute === null ? (
    <Button onClick={() => setMuting(true)}>
      <BellOff aria-hidden className="size-4" />
      {t('open')}
    </Button>
  ) : undefined
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={isMuting ? t('title', { title: finding.title }) : finding.title}
      actions={actions}
    >
      {isMuting ? (
        <MuteFields id={formId} finding={finding} muting={muting} />
      ) : (
        <Whole finding={finding} mayUnmute={mayMute} />
      )}
    </Dialog>
  )
}

function Whole({ finding, mayUnmute }: { finding: FindingAnswer; mayUnmute: boolean }): ReactElement {
  const t = useTranslations('risk')
  const severities = useTranslations('states.severity')
  const format = useFormat()
  const { clusterId, subject, labels } = finding
  const kind = useClusterKind(clusterId)
  const rules = useQuery(rulesQuery()).data?.items
  const rule = rules?.find(({ code, system }) => code === finding.code && (system === null || system === kind))
  return (
    <>
      {finding.mute === null ? null : <MutedNote mute={finding.mute} mayEnd={mayUnmute} />}
      <p className="max-w-prose">{finding.message}</p>
      <DialogSection title={t('why')}>
        {rule === undefined ? null : <p className="max-w-prose">{rule.why}</p>}
      </DialogSection>
      <DialogSection title={t('todo')}>
        {rule === undefined ? null : <p className="max-w-prose">{rule.fix}</p>}
        <CommandSteps steps={finding.fix} />
        <HoldOffer clusterId={clusterId} topic={topicToHold(finding)} />
      </DialogSection>
      <div className="mt-4">
        <FactList
          facts={[
            [t('columns.severity'), severities(finding.severity)],
            [
              t('columns.subject'),
              <SubjectLink key="subject" clusterId={clusterId} subject={subject}>
                {subject.name === '' ? clusterId : subject.name}
              </SubjectLink>,
            ],
            [t('columns.cluster'), clusterId],
            ...(labels.team === undefined ? [] : ([[t('columns.team'), labels.team]] as const)),
            [t('columns.since'), format.exact(Date.parse(finding.since))],
            [
              t('code'),
              <code key="code" className="font-mono font-normal text-xs">
                {finding.code}
              </code>,
            ],
          ]}
        />
      </div>
    </>
  )
}
