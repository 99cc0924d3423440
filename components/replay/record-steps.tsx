'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { CauseAnswer } from '../../lib/api/schemas/dead-letters.ts'
import type { ReplayAnswer, ReplayPlanAnswer } from '../../lib/api/schemas/replays.ts'
import { causesQuery } from '../../lib/client/queries/dead-letters.ts'
import { byConcern, bystanders, skippedOf } from '../../lib/client/replay-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { deadLettersHref, groupHref, topicHref } from '../shell/places.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { Bytes, Num } from '../ui/values.tsx'
import { ConfirmStep } from './confirm-step.tsx'
import { Big, Notice, Step, Steps } from './steps.tsx'
import { TransformWords } from './transform-words.tsx'
import { SelectionWords } from './what-step.tsx'

const CAUSES_MAX = 1_000

/** What was decided, readable for as long as the job is kept. Before the plan is there, what is known already. */
export function RecordSteps({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  return (
    <Steps label={t('steps.label')}>
      <WhatRecord replay={replay} />
      <TargetRecord replay={replay} />
      <ReadersRecord replay={replay} />
      <PaceRecord replay={replay} />
      <ConfirmStep replay={replay} />
    </Steps>
  )
}

function NotPlanned({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays.plan')
  return <span className="text-ink3">{t(replay.state === 'planning' ? 'beingRead' : 'none')}</span>
}

function WhatRecord({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const { plan, counts, request } = replay
  return (
    <Step id="step-what" number={1} title={t('steps.what')}>
      <Big>
        {plan === null ? (
          replay.state === 'planning' && counts.selected > 0 ? (
            t('plan.readSoFar', { count: counts.selected })
          ) : (
            <NotPlanned replay={replay} />
          )
        ) : (
          <>
            {t('plan.records', { count: plan.messages })}
            <span className="font-normal text-ink2 text-lg">
              {' '}
              <Bytes value={plan.bytes} />
            </span>
          </>
        )}
      </Big>
      <p className="text-ink2">
        {t.rich('new.from', {
          topic: replay.topic,
          link: (name) => (
            <Link href={deadLettersHref(replay.clusterId, replay.topic)} className="underline">
              {name}
            </Link>
          ),
        })}{' '}
        {t('new.pinned')}
      </p>
      <SelectionWords selection={request.selection} causes={useCausesOf(replay)} withCounts={false} />
      {request.selection.includeHandled === true ? <p className="text-risk">{t('plan.handledToo')}</p> : null}
      <TransformWords steps={request.transform} mark={replay.plan?.transform ?? null} />
      {request.edits > 0 ? <p className="font-semibold">{t('plan.edits', { count: request.edits })}</p> : null}
      {plan === null ? null : <Skipped plan={plan} />}
      {plan === null ? null : <RemovedHeaders plan={plan} isKept={request.keepHeaders} />}
    </Step>
  )
}

/** What the chosen causes were; they are gone from the list once nothing of them lies in the queue any more. */
function useCausesOf({ clusterId, topic, request }: ReplayAnswer): readonly CauseAnswer[] {
  const chosen = request.selection.causes
  const { data } = useQuery({
    ...causesQuery({ clusterId, topic }, { limit: CAUSES_MAX }),
    enabled: chosen !== undefined,
  })
  return data?.items.filter(({ fingerprint }) => chosen?.includes(fingerprint)) ?? []
}

function Skipped({ plan }: { plan: ReplayPlanAnswer }): ReactElement {
  const t = useTranslations('replays.plan')
  if (plan.skipped.length === 0) return <p className="text-ink2">{t('nothingSkipped')}</p>
  return (
    <div>
      <p className="font-semibold">{t('skipped', { count: skippedOf(plan) })}</p>
      <ul className="mt-1 space-y-0.5 border-line border-l-2 pl-3">
        {plan.skipped.map(({ code, message, count }) => (
          <li key={code} className="break-words text-ink2">
            <Num value={count} className="mr-2 font-semibold text-ink" />
            {message}
          </li>
        ))}
      </ul>
    </div>
  )
}

function RemovedHeaders({ plan, isKept }: { plan: ReplayPlanAnswer; isKept: boolean }): ReactElement | null {
  const t = useTranslations('replays.plan')
  if (isKept) return <p className="text-risk">{t('headersKept')}</p>
  if (plan.removedHeaders.length === 0) return null
  return (
    <details>
      <summary className="rounded-sm py-1 text-ink2 hover:text-ink">
        {t('removedHeaders', { count: plan.removedHeaders.length })}
      </summary>
      <ul className="mt-1 columns-1 gap-x-6 font-mono text-xs sm:columns-2">
        {plan.removedHeaders.map(({ key, count }) => (
          <li key={key} className="flex justify-between gap-3 py-0.5">
            <span className="break-all">{key}</span>
            <Num value={count} className="shrink-0 text-ink2" />
          </li>
        ))}
      </ul>
    </details>
  )
}

function TargetRecord({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const { plan, target } = replay
  const targets = plan?.targets ?? []
  const [only] = targets
  return (
    <Step id="step-target" number={2} title={t('steps.target')}>
      {targets.length === 1 && only !== undefined ? (
        <Big className="break-all">
          <Link href={topicHref(only.clusterId, only.topic)} className="hover:underline">
            {only.topic}
          </Link>
        </Big>
      ) : (
        <Big>
          {targets.length === 0
            ? (target.topic ?? t(`target.${target.mode}`))
            : t('plan.targets', { count: targets.length })}
        </Big>
      )}
      <p className="text-ink2">
        {targets.length === 0 && target.topic === null ? null : t(`target.${target.mode}`)}
        {target.clusterId === replay.clusterId ? null : ` ${t('plan.onCluster', { cluster: target.clusterId })}`}
      </p>
      {targets.length > 1 ? <TargetList targets={targets} /> : null}
      {plan === null ? null : <p className="text-ink2">{t(`delivery.${plan.delivery}`)}</p>}
      {plan === null ? null : <Warnings plan={plan} />}
    </Step>
  )
}

function TargetList({ targets }: { targets: ReplayPlanAnswer['targets'] }): ReactElement {
  return (
    <ul className="space-y-0.5">
      {targets.map(({ clusterId, topic, messages, bytes }) => (
        <li key={`${clusterId}/${topic}`} className="flex flex-wrap gap-x-3">
          <Link href={topicHref(clusterId, topic)} className="break-all font-semibold hover:underline">
            {topic}
          </Link>
          <Num value={messages} />
          <Bytes value={bytes} className="text-ink2" />
        </li>
      ))}
    </ul>
  )
}

function Warnings({ plan }: { plan: ReplayPlanAnswer }): ReactElement | null {
  const t = useTranslations('replays.plan')
  if (plan.warnings.length === 0) return <p className="text-ink2">{t('noWarnings')}</p>
  return (
    <div className="rounded-md bg-riskbg px-3 py-2">
      <p className="font-semibold">{t('warnings', { count: plan.warnings.length })}</p>
      <ul className="mt-1 space-y-1">
        {plan.warnings.map(({ code, message, count }) => (
          <li key={code} className="flex items-start gap-2.5">
            <StateGlyph level="atRisk" label="" className="mt-0.5 shrink-0" />
            <span className="min-w-0 break-words">
              {message}
              {count === null ? null : (
                <span className="ml-1.5 whitespace-nowrap text-ink2">{t('ofRecords', { count })}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function ReadersRecord({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const { plan } = replay
  if (plan === null) {
    return (
      <Step id="step-readers" number={3} title={t('steps.readers')}>
        <NotPlanned replay={replay} />
      </Step>
    )
  }
  const others = bystanders(plan)
  return (
    <Step id="step-readers" number={3} title={t('steps.readers')}>
      <Big>{t('readers.groups', { count: plan.affectedGroups.length })}</Big>
      {others.length > 0 ? (
        <Notice look="warning" title={t('readers.others', { count: others.length })}>
          {t('readers.othersText')}
        </Notice>
      ) : null}
      {plan.affectedGroups.length === 0 ? <Notice look="note">{t('readers.nobody')}</Notice> : null}
      <ul className="space-y-1">
        {byConcern(plan.affectedGroups).map(({ group, state, topics, note }) => (
          <li key={group} className="flex flex-wrap gap-x-3">
            <Link href={groupHref(replay.target.clusterId, group)} className="break-all font-semibold hover:underline">
              {group}
            </Link>
            <span className={note === 'failed' ? 'text-ink2' : 'text-risk'}>{t(`readers.${note}`)}</span>
            {state === null ? null : <span className="text-ink3">{state}</span>}
            {plan.targets.length > 1 ? <span className="break-all text-ink3">{topics.join(', ')}</span> : null}
          </li>
        ))}
      </ul>
    </Step>
  )
}

function PaceRecord({ replay }: { replay: ReplayAnswer }): ReactElement {
  const t = useTranslations('replays')
  const format = useFormat()
  const { rate, canary, plan, request } = replay
  // An estimate of the plan: what has begun has its own progress, and may go at another rate by now.
  const seconds = replay.startedAt === null ? (plan?.estimatedSeconds ?? null) : null
  return (
    <Step id="step-pace" number={4} title={t('steps.pace')}>
      <Big>
        {rate.recordsPerSecond === null ? t('pace.asFastAsItGoes') : format.perSecond(rate.recordsPerSecond)}
        {seconds === null ? null : (
          <span className="font-normal text-ink2 text-lg">
            {' '}
            {t('pace.takes', { duration: format.duration(Math.max(1, seconds) * 1_000) })}
          </span>
        )}
      </Big>
      <ul className="space-y-0.5 text-ink2">
        {seconds === null || plan?.estimateBasis == null ? null : <li>{t(`plan.estimate.${plan.estimateBasis}`)}</li>}
        {rate.bytesPerSecond === null ? null : (
          <li>{t('plan.bytesPerSecond', { rate: format.bytesPerSecond(rate.bytesPerSecond) })}</li>
        )}
        <li>
          {canary === null
            ? t('plan.noCanary')
            : t('plan.canary', { count: canary.count, wait: format.duration(canary.waitSeconds * 1_000) })}
        </li>
        {request.graceSeconds === 0 ? null : (
          <li>{t('plan.grace', { wait: format.duration(request.graceSeconds * 1_000) })}</li>
        )}
        <Brakes brake={request.brake} />
        <li>{t('plan.attempts', { count: request.maxAttempts })}</li>
      </ul>
    </Step>
  )
}

function Brakes({ brake }: { brake: ReplayAnswer['request']['brake'] }): ReactElement {
  const t = useTranslations('replays.plan')
  const format = useFormat()
  const parts: ReactNode[] = [
    brake.isr ? t('brakeIsr') : null,
    brake.maxAddedLag === null ? null : t('brakeLag', { count: brake.maxAddedLag }),
    brake.maxReturnRatio === null ? null : t('brakeReturns', { percent: format.percent(brake.maxReturnRatio) }),
  ].filter((part) => part !== null)
  if (parts.length === 0) return <li className="text-risk">{t('noBrake')}</li>
  return (
    <>
      {parts.map((part) => (
        <li key={String(part)}>{part}</li>
      ))}
    </>
  )
}
