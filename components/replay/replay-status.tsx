'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { ReplayAnswer } from '../../lib/api/schemas/replays.ts'
import { PHASE, progressOf, type ReplayState, remainingMs } from '../../lib/client/replay-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from '../ui/cn.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { Num, Rate, Since } from '../ui/values.tsx'
import { JobControls } from './job-controls.tsx'
import { useNameList } from './target-step.tsx'
import { useIsRunOut } from './use-is-run-out.ts'

const GROUND: Partial<Record<ReplayState, string>> = {
  awaitingApproval: 'bg-riskbg',
  planFailed: 'bg-riskbg',
  paused: 'bg-line2',
  braked: 'bg-riskbg',
  failed: 'bg-losebg',
}

/** What is happening, in one sentence, what it means, the numbers, and what can be done about it now. */
export function ReplayStatus({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const hasBegun = replay.startedAt !== null
  const isWaiting = replay.waitsFor?.code === 'place' && PHASE[replay.state] === 'sending'
  const state = useIsRunOut(replay) ? 'awaitingApproval' : replay.state
  const said = isWaiting ? 'place' : state
  return (
    <section aria-label={t('job.status')} className="panel overflow-hidden">
      <div className={cn('px-4 py-3 sm:px-5', GROUND[state])}>
        <div role="status">
          <p className="font-semibold text-lg">{t(`sentence.${said}`)}</p>
          <p className="max-w-prose text-ink2">{t(`meaning.${said}`)}</p>
        </div>
        <Why replay={replay} />
        <JobControls replay={replay} />
      </div>
      {hasBegun ? <Numbers replay={replay} /> : null}
    </section>
  )
}

/** What holds it, or why it failed: in the words of the server. */
function Why({ replay }: { replay: ReplayAnswer }): ReactElement | null {
  const { error, waitsFor } = replay
  if (error !== null) {
    return (
      <div className="mt-2 flex items-start gap-2.5">
        <StateGlyph level={replay.state === 'failed' ? 'losing' : 'atRisk'} label="" className="mt-0.5 shrink-0" />
        <div className="min-w-0 break-words">
          <p className="font-semibold">{error.message}</p>
          <p className="text-ink2">{error.fix}</p>
        </div>
      </div>
    )
  }
  if (waitsFor === null || PHASE[replay.state] === 'over') return null
  return (
    <p className="mt-2 flex items-start gap-2.5 font-semibold">
      <StateGlyph level={replay.state === 'braked' ? 'atRisk' : 'watch'} label="" className="mt-0.5 shrink-0" />
      <span className="min-w-0 break-words">{waitsFor.message}</span>
    </p>
  )
}

function Numbers({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.counts')
  const format = useFormat()
  const { counts } = replay
  const { waiting } = progressOf(replay)
  const isOver = PHASE[replay.state] === 'over'
  const leftMs = remainingMs(replay)
  return (
    <div className="space-y-4 border-line border-t px-4 py-4 sm:px-5">
      <ProgressBar replay={replay} />
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4 xl:grid-cols-8">
        <Fact name={t('produced')} hint={t('producedHint')} isBig>
          <Num value={counts.produced} />
        </Fact>
        <Fact name={t('delivered')} hint={t('deliveredHint')} isBig>
          <Num value={counts.delivered} why={t('deliveredUnknown')} />
        </Fact>
        <Fact name={t('returned')} hint={t('returnedHint')} isBig alarm={counts.returned > 0}>
          <Num value={counts.returned} />
        </Fact>
        <Fact name={t('failed')} hint={t('failedHint')} isBig alarm={counts.failed > 0}>
          <Num value={counts.failed} />
        </Fact>
        <Fact name={t('skipped')} hint={t('skippedHint')}>
          <Num value={counts.skipped} />
        </Fact>
        <Fact name={t(isOver ? 'notSent' : 'waiting')} hint={t(isOver ? 'notSentHint' : 'waitingHint')}>
          <Num value={waiting} />
        </Fact>
        <Fact name={t('rate')} hint={t('rateHint')}>
          {replay.recordsPerSecond === null ? (
            <span className="text-ink3">{t('noRate')}</span>
          ) : (
            <Rate value={replay.recordsPerSecond} />
          )}
        </Fact>
        <Fact name={isOver ? t('took') : t('left')}>
          {isOver ? (
            <Took replay={replay} />
          ) : leftMs === null ? (
            <span className="text-ink3">{t('noLeft')}</span>
          ) : (
            format.duration(leftMs)
          )}
        </Fact>
      </dl>
      {counts.unconfirmed === 0 ? null : <p className="text-risk">{t('unconfirmed', { count: counts.unconfirmed })}</p>}
      {counts.expiredInTarget ? (
        <p className="text-losing">{t('expiredInTarget', { count: counts.expiredInTarget })}</p>
      ) : null}
      {counts.unknown ? <p className="text-risk">{t('unknown', { count: counts.unknown })}</p> : null}
      <WhoseProgress replay={replay} />
    </div>
  )
}

/** `Delivered` is the progress of somebody, and it makes a difference of whom. */
function WhoseProgress({ replay }: { replay: ReplayAnswer }): ReactElement | null {
  const t = useTranslations('replays.counts')
  const names = useNameList()
  const { deliveredBy } = replay
  if (deliveredBy === null) return null
  const { groups, haveFailed } = deliveredBy
  const words = { groups: names(groups), count: groups.length }
  return (
    <p className="break-words text-ink3 text-xs">{t(haveFailed ? 'deliveredByFailed' : 'deliveredByAll', words)}</p>
  )
}

function Took({ replay }: { replay: ReplayAnswer }): ReactElement {
  const format = useFormat()
  const { startedAt, endedAt } = replay
  if (startedAt === null) return <>—</>
  if (endedAt === null) return <Since at={startedAt} />
  return <>{format.duration(Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)))}</>
}

interface FactProps {
  name: string
  hint?: string
  isBig?: boolean
  alarm?: boolean
  children: ReactNode
}

function Fact({ name, hint, isBig = false, alarm = false, children }: FactProps): ReactElement {
  return (
    <div title={hint}>
      <dt className="text-ink3 text-xs">{name}</dt>
      <dd
        className={cn(
          'font-semibold tabular-nums',
          isBig ? 'text-[1.375rem] leading-7' : 'text-base leading-7',
          alarm && 'text-losing',
        )}
      >
        {children}
      </dd>
    </div>
  )
}

/** One bar of all records: what was delivered, sent, left out, failed, and the rest that waits. */
function ProgressBar({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.counts')
  const format = useFormat()
  const { counts } = replay
  const { done, ratio } = progressOf(replay)
  const delivered = Math.min(counts.delivered ?? 0, counts.produced)
  const expired = counts.expiredInTarget ?? 0
  const parts = [
    { id: 'delivered', count: delivered, className: 'bg-safe' },
    { id: 'produced', count: counts.produced - delivered - expired, className: 'bg-watch' },
    { id: 'expiredInTarget', count: expired, className: 'bg-losing' },
    { id: 'skipped', count: counts.skipped, className: 'hatched' },
    { id: 'failed', count: counts.failed, className: 'bg-losing' },
  ]
  const text = t('progress', { done, selected: counts.selected })
  return (
    <div>
      <div className="mb-1.5 flex flex-wrap justify-between gap-x-4">
        <span className="font-semibold">{text}</span>
        {ratio === null ? null : <span className="text-ink2">{format.percent(ratio)}</span>}
      </div>
      <div
        role="progressbar"
        aria-label={t('progressLabel')}
        aria-valuemin={0}
        aria-valuemax={counts.selected}
        aria-valuenow={done}
        aria-valuetext={text}
        className="flex h-3 overflow-hidden rounded-sm bg-line2"
      >
        {parts.map(({ id, count, className }) =>
          count <= 0 || counts.selected === 0 ? null : (
            <span key={id} className={className} style={{ width: `${(100 * count) / counts.selected}%` }} />
          ),
        )}
      </div>
    </div>
  )
}
