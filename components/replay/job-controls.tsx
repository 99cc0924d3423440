'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { may, type ReplayAction } from '../../lib/client/replay-views.ts'
import { newReplayHref } from '../../lib/client/selection-url.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { ErrorState } from '../ui/states.tsx'
import { RateForm } from './rate-form.tsx'
import { useReplayCommand } from './use-replay-command.ts'

/** Whoever may do it to the queue and to every topic that it sends to. */
export function useMay(replay: ReplayAnswer): (action: ReplayAction) => boolean {
  const { mayChange } = useRights()
  const { clusterId, topic, target, plan } = replay
  const named = target.topic === null ? [] : [{ clusterId: target.clusterId, topic: target.topic }]
  const places = [{ clusterId, topic }, ...named, ...(plan?.targets ?? [])]
  return (action) => {
    const permission = action === 'approve' ? 'replays:approve' : 'replays:write'
    return may(replay, action) && places.every((place) => mayChange(permission, place))
  }
}

/** Holding it comes first and needs no question: it is the one thing that can be taken back. */
export function JobControls({ replay }: { replay: ReplayAnswer }): ReactElement | null {
  const t = useTranslations('replays.actions')
  const mayDo = useMay(replay)
  const { command, isPending, error, sent, reset } = useReplayCommand(replay)
  const [isAsking, setIsAsking] = useState(false)
  const again = replay.state === 'planFailed' || replay.state === 'failed' || replay.state === 'cancelled'
  const simple = (['pause', 'resume'] as const).filter(mayDo)
  if (simple.length === 0 && !mayDo('cancel') && !mayDo('rate') && !again) return null
  return (
    <div className="mt-3 space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        {simple.map((action) => (
          <Button
            key={action}
            look={action === 'pause' ? 'primary' : 'plain'}
            disabled={isPending}
            onClick={() => command(action)}
          >
            {sent === action
              ? t('sending')
              : t(action === 'resume' && replay.state === 'braked' ? 'resumeAnyway' : action)}
          </Button>
        ))}
        {mayDo('rate') ? <RateForm replay={replay} /> : null}
        {mayDo('cancel') ? (
          <Button look="danger" className="sm:ml-auto" disabled={isPending} onClick={() => setIsAsking(true)}>
            {t(replay.startedAt === null ? 'discard' : 'cancel')}
          </Button>
        ) : null}
        {again ? <PlanAgain replay={replay} /> : null}
      </div>
      {error === null || isAsking ? null : <ErrorState error={error} className="px-0 py-1" />}
      <ConfirmDialog
        open={isAsking && mayDo('cancel')}
        onClose={() => {
          setIsAsking(false)
          reset()
        }}
        title={t(replay.startedAt === null ? 'discardTitle' : 'cancelTitle')}
        text={
          replay.startedAt === null
            ? t('discardText')
            : t('cancelText', {
                produced: replay.counts.produced,
                rest: replay.counts.selected - replay.counts.produced,
              })
        }
        action={t(replay.startedAt === null ? 'discard' : 'cancel')}
        isPending={isPending}
        onConfirm={() => command('cancel')}
        error={error}
      />
    </div>
  )
}

/** The same selection as a new plan; what was handled meanwhile stays out by itself. */
export function PlanAgain({ replay }: { replay: ReplayAnswer }): ReactElement | null {
  const t = useTranslations('replays.actions')
  const { mayChange } = useRights()
  const { selection, isWithheld } = replay.request
  if (isWithheld || !mayChange('replays:write', replay)) return null
  return (
    <Button asChild>
      <Link href={newReplayHref(replay.clusterId, replay.topic, selection)}>{t('planAgain')}</Link>
    </Button>
  )
}
