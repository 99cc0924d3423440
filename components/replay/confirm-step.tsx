'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { ApiError } from '../../lib/client/api.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { personQuery } from '../../lib/client/queries/session.ts'
import { bystanders, onlyTarget } from '../../lib/client/replay-views.ts'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/states.tsx'
import { AuditFacts } from './audit-facts.tsx'
import { PlanAgain, useMay } from './job-controls.tsx'
import { Notice, Step } from './steps.tsx'
import { useIsRunOut } from './use-is-run-out.ts'
import { useReplayCommand } from './use-replay-command.ts'

/** The last step: why, who agreed, what cannot be undone, and the button that says what happens. */
export function ConfirmStep({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const { plan } = replay
  const isOpen = ['planned', 'awaitingApproval', 'approved'].includes(replay.state)
  return (
    <Step id="step-confirm" number={5} title={t('steps.confirm')}>
      <div>
        <p className="text-ink3 text-xs">{t('form.reason')}</p>
        <p className="max-w-prose whitespace-pre-wrap break-words font-semibold text-base">{replay.reason}</p>
      </div>
      <AuditFacts replay={replay} />
      {replay.planHash === null ? null : (
        <p className="text-ink3 text-xs">
          {t('audit.planHash')} <code className="break-all font-mono">{replay.planHash}</code>
        </p>
      )}
      {isOpen && plan !== null ? <Decision replay={replay} /> : null}
    </Step>
  )
}

/** What the plan is worth nothing without: nothing to send, or nobody may send it. */
function Decision({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const kind = useClusterKind(replay.target.clusterId)
  const isRunOut = useIsRunOut(replay)
  if (replay.plan?.messages === 0) {
    return (
      <Notice look="note" title={t('confirm.nothingTitle')}>
        {t('confirm.nothingText')}
      </Notice>
    )
  }
  return (
    <>
      <Notice look="warning" title={t(`confirm.noUndo.${kind}`)}>
        {t('confirm.noUndoText')}
      </Notice>
      {replay.state === 'awaitingApproval' || isRunOut ? <Approval replay={replay} /> : <Start replay={replay} />}
    </>
  )
}

/** Asked of the cluster that is written to, and of the one whose queue is handled. */
function useReadOnlyClusters(replay: ReplayAnswer): string[] {
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  const touched = [replay.clusterId, replay.target.clusterId]
  return clusters.filter(({ id, readOnly }) => readOnly && touched.includes(id)).map(({ name }) => name)
}

function Start({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const mayDo = useMay(replay)
  const { command, isPending, error } = useReplayCommand(replay)
  const readOnly = useReadOnlyClusters(replay)
  const [isAgreed, setIsAgreed] = useState(false)
  const { plan } = replay
  const others = plan === null ? [] : bystanders(plan)
  if (readOnly.length > 0) {
    return (
      <Notice look="note" title={t('readOnly.title', { cluster: readOnly.join(', ') })}>
        {t('readOnly.text')}
      </Notice>
    )
  }
  if (!mayDo('start')) {
    return (
      <Notice look="note" title={t('confirm.notYours')}>
        {t('confirm.notYoursText')}
      </Notice>
    )
  }
  return (
    <div className="space-y-3">
      {others.length === 0 ? null : (
        <label className="flex gap-2.5">
          <input
            type="checkbox"
            className="mt-0.5 size-4 shrink-0 accent-accent"
            checked={isAgreed}
            onChange={(event) => setIsAgreed(event.target.checked)}
          />
          <span>{t('confirm.agree', { count: others.length })}</span>
        </label>
      )}
      <Button
        look="primary"
        className="h-auto min-h-10 max-w-full whitespace-normal px-4 py-2 text-base"
        disabled={isPending || (others.length > 0 && !isAgreed)}
        onClick={() => command('start')}
      >
        {isPending ? t('confirm.starting') : <StartWords replay={replay} />}
      </Button>
      {error === null ? null : <Refused replay={replay} error={error} />}
    </div>
  )
}

/** "Replay 1,204 records to orders". */
function StartWords({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.confirm')
  const { plan } = replay
  if (plan === null) return <>{t('starting')}</>
  const topic = onlyTarget(plan)
  const count = plan.messages
  if (topic === null) return <span>{t('startMany', { count, topics: plan.targets.length })}</span>
  return <span className="break-all">{t('start', { count, topic })}</span>
}

/** A plan that no longer holds is made again, not forced. */
function Refused({ replay, error }: { replay: ReplayAnswer; error: unknown }): ReactElement {
  const isConflict = error instanceof ApiError && error.status === 409
  return (
    <div>
      <ErrorState error={error} className="px-0 py-1" />
      {isConflict ? <PlanAgain replay={replay} /> : null}
    </div>
  )
}

function Approval({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.approval')
  const mayDo = useMay(replay)
  const person = useQuery(personQuery()).data
  const { command, isPending, error } = useReplayCommand(replay)
  const isOwn = person?.actor === replay.createdBy
  return (
    <div className="space-y-3">
      <Notice look="note" title={t(replay.approvedBy === null ? 'title' : 'runOut')}>
        {replay.approvedBy !== null
          ? t('runOutText', { person: replay.approvedBy, creator: replay.createdBy })
          : t(isOwn ? 'ownText' : 'text', { person: replay.createdBy })}
      </Notice>
      {isOwn || !mayDo('approve') ? null : (
        <Button
          look="primary"
          className="h-auto min-h-10 whitespace-normal px-4 py-2 text-base"
          disabled={isPending}
          onClick={() => command('approve')}
        >
          {isPending ? t('approving') : t('approve', { count: replay.plan?.messages ?? 0 })}
        </Button>
      )}
      {error === null ? null : <Refused replay={replay} error={error} />}
    </div>
  )
}
