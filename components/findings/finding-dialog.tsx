'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { FindingAnswer } from '../../lib/api/schemas/findings.ts'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import { topicToHold } from '../../lib/client/hold-form.ts'
import { rulesQuery } from '../../lib/client/queries/findings.ts'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { HoldOffer } from '../holds/hold-offer.tsx'
import { FactList } from '../topics/fact-list.tsx'
import { CommandSteps, DialogSection } from '../ui/dialog-section.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'
import { MutableDialog } from './mutable-dialog.tsx'
import { MutedNote } from './muted-note.tsx'
import { RepairOffer } from './repair-offer.tsx'

interface FindingDialogProps {
  finding: FindingAnswer
  onClose(): void
  /** It is muted now; the dialog has nothing more to say. */
  onMuted(mute: MuteAnswer): void
}

/** One finding in full: what is so, why it can cost messages, since when, and what to do; or the form that mutes it. */
export function FindingDialog({ finding, onClose, onMuted }: FindingDialogProps): ReactElement {
  const rights = useRights()
  const mayMute = rights.may('findings:mute') && finding.canBeMuted
  const { clusterId, subject } = finding
  const mayRepair =
    subject.type === 'group'
      ? rights.may('groups:repair')
      : rights.mayChange('topics:repair', { clusterId, topic: subject.name })
  return (
    <MutableDialog
      title={finding.title}
      muted={finding}
      mayMute={mayMute && finding.mute === null}
      onClose={onClose}
      onMuted={onMuted}
    >
      <Whole finding={finding} mayMute={mayMute} mayRepair={mayRepair} />
    </MutableDialog>
  )
}

interface WholeProps {
  finding: FindingAnswer
  mayMute: boolean
  mayRepair: boolean
}

function Whole({ finding, mayMute, mayRepair }: WholeProps): ReactElement {
  const t = useTranslations('risk')
  const severities = useTranslations('states.severity')
  const format = useFormat()
  const { clusterId, subject, labels } = finding
  const kind = useClusterKind(clusterId)
  const rules = useQuery(rulesQuery()).data?.items
  const rule = rules?.find(({ code, system }) => code === finding.code && (system === null || system === kind))
  return (
    <>
      {finding.mute === null ? null : <MutedNote mute={finding.mute} mayEnd={mayMute} />}
      <p className="max-w-prose">{finding.message}</p>
      <DialogSection title={t('why')}>
        {rule === undefined ? null : <p className="max-w-prose">{rule.why}</p>}
      </DialogSection>
      <DialogSection title={t('todo')}>
        {rule === undefined ? null : <p className="max-w-prose">{rule.fix}</p>}
        <CommandSteps steps={finding.fix} />
        <HoldOffer clusterId={clusterId} topic={topicToHold(finding)} />
        {mayRepair ? <RepairOffer finding={finding} /> : null}
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
