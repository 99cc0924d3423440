'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { AlertDetailAnswer } from '../../lib/api/schemas/alerts.ts'
import { alertQuery } from '../../lib/client/queries/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { MutedNote } from '../findings/muted-note.tsx'
import { FactList } from '../topics/fact-list.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { DialogSection } from '../ui/dialog-section.tsx'
import { SeverityMark } from '../ui/severity-mark.tsx'
import { ErrorState } from '../ui/states.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'
import { AcknowledgeAlert } from './acknowledge-alert.tsx'
import { AlertTimeline } from './alert-timeline.tsx'
import { AlertTold } from './alert-told.tsx'
import { SilenceForm } from './silence-form.tsx'

interface AlertDialogProps {
  id: string
  clusterName(clusterId: string): string
  /** Shows another one in place of this. */
  onOther(id: string): void
  onClose(): void
}

/** One alert in full: what is so, where, what became of it, who looks after it, and of whom nobody is told. */
export function AlertDialog({ id, onClose, ...rest }: AlertDialogProps): ReactElement {
  const t = useTranslations('alerts')
  const { data: alert, error } = useQuery(alertQuery(id))
  return (
    <Dialog open wide onOpenChange={(open) => (open ? undefined : onClose())} title={alert?.title ?? t('title')}>
      {error === null ? null : <ErrorState error={error} className="px-0 py-0" />}
      {alert === undefined ? null : <Whole alert={alert} {...rest} />}
    </Dialog>
  )
}

function Whole({
  alert,
  clusterName,
  onOther,
}: { alert: AlertDetailAnswer } & Omit<AlertDialogProps, 'id' | 'onClose'>): ReactElement {
  const t = useTranslations('alerts')
  const { may } = useRights()
  const mayAct = may('alerts:write')
  const isOpen = alert.endedAt === null && alert.firedAt !== null
  return (
    <>
      {alert.mute === null ? null : <MutedNote mute={alert.mute} mayEnd={mayAct} />}
      <p className="max-w-prose">{alert.summary}</p>
      {alert.inhibitedBy === null ? null : <Inhibited by={alert.inhibitedBy} onOther={onOther} />}
      <div className="mt-4">
        <Facts alert={alert} clusterName={clusterName} />
      </div>
      <DialogSection title={t('dialog.timeline')}>
        <AlertTimeline transitions={alert.transitions} />
      </DialogSection>
      <DialogSection title={t('told.title')}>
        <AlertTold alert={alert} />
      </DialogSection>
      <DialogSection title={t('acknowledge.title')}>
        {alert.acknowledgedAt !== null ? (
          <Acknowledged alert={alert} />
        ) : isOpen && may('alerts:acknowledge') ? (
          <AcknowledgeAlert alertId={alert.id} />
        ) : (
          <p>{t(isOpen ? 'acknowledge.nobody' : 'acknowledge.notOpen')}</p>
        )}
      </DialogSection>
      {isOpen && mayAct ? <Silence alert={alert} /> : null}
    </>
  )
}

function Inhibited({ by, onOther }: { by: string; onOther(id: string): void }): ReactElement {
  const t = useTranslations('alerts.dialog')
  return (
    <p className="mt-2 max-w-prose text-ink2">
      {t('inhibited')}{' '}
      <button type="button" className="underline" onClick={() => onOther(by)}>
        {t('inhibitedBy')}
      </button>
    </p>
  )
}

function Facts({ alert, clusterName }: { alert: AlertDetailAnswer; clusterName(id: string): string }): ReactElement {
  const t = useTranslations('alerts')
  const severities = useTranslations('states.severity')
  const format = useFormat()
  const { subject, part, labels, clusterId, severity, endedAt, endReason, runbook } = alert
  return (
    <FactList
      facts={[
        [t('columns.state'), t(`states.${alert.state}`)],
        [
          t('dialog.severity'),
          <span key="severity" className="inline-flex items-center gap-1.5">
            <SeverityMark severity={severity} sizePx={14} />
            {severities(severity)}
          </span>,
        ],
        [
          t('columns.subject'),
          <SubjectLink key="subject" clusterId={clusterId} subject={subject}>
            {[subject.name === '' ? clusterName(clusterId) : subject.name, part].filter(Boolean).join(' · ')}
          </SubjectLink>,
        ],
        [t('columns.cluster'), clusterName(clusterId)],
        [
          t('dialog.rule'),
          <code key="rule" className="font-mono font-normal text-xs">
            {alert.ruleCode}
          </code>,
        ],
        ...Object.entries(labels),
        [t('columns.started'), format.exact(Date.parse(alert.startedAt))],
        ...(endedAt === null || endReason === null
          ? []
          : ([[t(`endReasons.${endReason}`), format.exact(Date.parse(endedAt))]] as const)),
        ...(runbook === null
          ? []
          : ([
              [
                t('dialog.runbook'),
                <a key="runbook" href={runbook} rel="noreferrer" target="_blank" className="break-all underline">
                  {runbook}
                </a>,
              ],
            ] as const)),
      ]}
    />
  )
}

function Acknowledged({ alert: { acknowledgedAt, acknowledgedBy, note } }: { alert: AlertDetailAnswer }): ReactElement {
  const t = useTranslations('alerts.acknowledge')
  const format = useFormat()
  return (
    <div role="status">
      <p>{t('done', { actor: acknowledgedBy ?? '', time: format.exact(Date.parse(acknowledgedAt ?? '')) })}</p>
      <p className="max-w-prose whitespace-pre-wrap break-words text-ink">{note}</p>
    </div>
  )
}

function Silence({ alert }: { alert: AlertDetailAnswer }): ReactElement {
  const t = useTranslations('alerts.silence')
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const { silence } = alert
  if (silence !== null) {
    return (
      <DialogSection title={t('title')}>
        <p>{t('until', { time: format.exact(Date.parse(silence.untilAt)), reason: silence.reason })}</p>
      </DialogSection>
    )
  }
  return (
    <DialogSection title={t('title')}>
      {isOpen ? <SilenceForm alert={alert} /> : <Button onClick={() => setOpen(true)}>{t('open')}</Button>}
    </DialogSection>
  )
}
