'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { LossAnswer } from '../../lib/api/schemas/losses.ts'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import { topicOfLossToHold } from '../../lib/client/hold-form.ts'
import { shownEvidence } from '../../lib/client/loss-views.ts'
import { mutedLoss } from '../../lib/client/mute-form.ts'
import { type Format, useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { MutableDialog } from '../findings/mutable-dialog.tsx'
import { MutedNote } from '../findings/muted-note.tsx'
import { HoldOffer } from '../holds/hold-offer.tsx'
import { FactList } from '../topics/fact-list.tsx'
import { CommandSteps, DialogSection } from '../ui/dialog-section.tsx'
import { AcknowledgeForm } from './acknowledge-form.tsx'
import { LossCount } from './loss-count.tsx'
import { LossPlace } from './loss-place.tsx'

interface LossDialogProps {
  loss: LossAnswer
  clusterName(clusterId: string): string
  onClose(): void
  /** It is muted now; the dialog has nothing more to say. */
  onMuted(mute: MuteAnswer): void
}

/** One loss in full: what is gone, how that can be, when, what was seen, what to do, and what came of it. */
export function LossDialog({ loss, clusterName, onClose, onMuted }: LossDialogProps): ReactElement {
  const t = useTranslations('losses')
  const { may } = useRights()
  const mayMute = may('findings:mute')
  return (
    <MutableDialog
      title={loss.title}
      muted={mutedLoss(loss)}
      mayMute={mayMute && loss.mute === null}
      onClose={onClose}
      onMuted={onMuted}
    >
      {loss.mute === null ? null : <MutedNote mute={loss.mute} mayEnd={mayMute} />}
      <p className="max-w-prose">{loss.message}</p>
      <DialogSection title={t('dialog.why')}>
        <p className="max-w-prose">{loss.why}</p>
        {loss.isAbandoned ? <p className="max-w-prose">{t('abandonedHint')}</p> : null}
      </DialogSection>
      {loss.recovery.length === 0 ? null : (
        <DialogSection title={t('dialog.recovery')}>
          <CommandSteps steps={loss.recovery} />
          <HoldOffer clusterId={loss.clusterId} topic={topicOfLossToHold(loss)} />
        </DialogSection>
      )}
      <div className="mt-4">
        <Facts loss={loss} clusterName={clusterName} />
      </div>
      <DialogSection title={t('dialog.evidence')}>
        <Evidence loss={loss} />
      </DialogSection>
      <DialogSection title={t('acknowledge.title')}>
        {loss.acknowledgedAt !== null ? (
          <Acknowledged loss={loss} />
        ) : may('losses:acknowledge') ? (
          <AcknowledgeForm lossId={loss.id} />
        ) : (
          <p>{t('acknowledge.nobody')}</p>
        )}
      </DialogSection>
    </MutableDialog>
  )
}

function Facts({ loss, clusterName }: Pick<LossDialogProps, 'loss' | 'clusterName'>): ReactElement {
  const t = useTranslations('losses')
  const format = useFormat()
  const { fromOffset, toOffset, labels } = loss
  const range =
    fromOffset === null || toOffset === null
      ? null
      : t('dialog.offsetRange', { from: format.number(fromOffset), to: format.number(toOffset) })
  return (
    <FactList
      facts={[
        [t('columns.count'), <LossCount key="count" loss={loss} />],
        ...(range === null ? [] : ([[t('dialog.offsets'), range]] as const)),
        [t('columns.place'), <LossPlace key="place" loss={loss} />],
        [t('columns.cluster'), clusterName(loss.clusterId)],
        ...(labels.team === undefined ? [] : ([[t('columns.team'), labels.team]] as const)),
        [t('dialog.window'), <Window key="window" loss={loss} />],
        [t('dialog.firstFound'), format.exact(Date.parse(loss.firstDetectedAt))],
        [t('columns.grew'), format.exact(Date.parse(loss.lastDetectedAt))],
        [
          t('dialog.kind'),
          <code key="kind" className="font-mono font-normal text-xs">
            {loss.kind}
          </code>,
        ],
      ]}
    />
  )
}

function Window({ loss: { window } }: { loss: LossAnswer }): ReactElement {
  const t = useTranslations('losses.dialog')
  const format = useFormat()
  const to = format.exact(Date.parse(window.to))
  if (window.from === null) return <>{t('windowUnknown', { to })}</>
  return <>{t('windowBetween', { from: format.exact(Date.parse(window.from)), to })}</>
}

function Evidence({ loss }: { loss: LossAnswer }): ReactElement {
  const t = useTranslations('losses.evidence')
  const format = useFormat()
  type Name = Parameters<typeof t>[0]
  const known = (name: string): name is Name => name !== 'unknown' && t.has(name as Name)
  return (
    <FactList
      facts={shownEvidence(loss.evidence, known).map(([name, value]) => [
        t(name),
        value === 'unknown' ? t('unknown') : <Value key={name} value={value} format={format} />,
      ])}
    />
  )
}

function Value({ value, format }: { value: string | number; format: Format }): ReactElement {
  return <span className="break-words">{typeof value === 'number' ? format.number(value) : value}</span>
}

function Acknowledged({ loss: { acknowledgedAt, acknowledgedBy, note } }: { loss: LossAnswer }): ReactElement {
  const t = useTranslations('losses.dialog')
  const format = useFormat()
  const at = format.exact(Date.parse(acknowledgedAt ?? ''))
  return (
    <div role="status">
      <p>{t('acknowledgedText', { by: acknowledgedBy ?? '', at })}</p>
      <p className="max-w-prose whitespace-pre-wrap break-words text-ink">{note}</p>
    </div>
  )
}
