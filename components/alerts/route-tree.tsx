'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type {
  AlertRouteAnswer,
  RouteExplanationAnswer,
  RouteReceiverAnswer,
} from '../../lib/api/schemas/alert-routes.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { cn } from '../ui/cn.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'

interface RouteTreeProps {
  routes: readonly AlertRouteAnswer[]
  /** Null: nothing is asked. */
  explanation: RouteExplanationAnswer | null
}

/** Routes in their order, under each whom it tells; where an alert goes stands out. */
export function RouteTree({ routes, explanation }: RouteTreeProps): ReactElement {
  return (
    <ol className="space-y-3">
      {routes.map((route) => (
        <RouteItem key={route.position} route={route} explanation={explanation} />
      ))}
    </ol>
  )
}

function RouteItem({
  route,
  explanation,
}: { route: AlertRouteAnswer } & Pick<RouteTreeProps, 'explanation'>): ReactElement {
  const t = useTranslations('alerts.routes')
  const step = explanation?.routes.find(({ position }) => position === route.position) ?? null
  const isTaken = step?.isReached === true && step.mismatches.length === 0
  const told = explanation?.told.filter(({ position }) => position === route.position) ?? []
  const isTold = (id: string, cause: string): boolean =>
    told.some(({ receiver, cause: why }) => receiver.id === id && why === cause)
  return (
    <li className={cn('panel px-4 py-3', step !== null && !isTaken && 'text-ink3')}>
      <div className="flex flex-wrap items-center gap-x-3">
        <h2 className="font-semibold">
          {route.position + 1}. <Match match={route.match} />
        </h2>
        {step === null ? null : <StepNote step={step} isTaken={isTaken} />}
      </div>
      <MuteTimes route={route} />
      <ul className="mt-2 space-y-2 border-line border-l pl-4">
        {route.receivers.map((receiver) => (
          <Branch key={receiver.id} receiver={receiver} isTold={isTold(receiver.id, 'route')}>
            <How receiver={receiver} route={route} />
          </Branch>
        ))}
        <Later route={route} isTold={isTold} />
      </ul>
      {route.continue ? <p className="mt-2">{t('goesOn')}</p> : null}
    </li>
  )
}

function Match({ match }: Pick<AlertRouteAnswer, 'match'>): string {
  const t = useTranslations('alerts.routes')
  const parts = Object.entries(match).map(([label, globs]) => `${t(`labels.${label as 'code'}`)}: ${globs?.join(', ')}`)
  return parts.length === 0 ? t('everything') : parts.join(' · ')
}

function StepNote({
  step,
  isTaken,
}: {
  step: RouteExplanationAnswer['routes'][number]
  isTaken: boolean
}): ReactElement {
  const t = useTranslations('alerts.routes')
  const labels = step.mismatches.map((label) => t(`labels.${label}`)).join(', ')
  if (isTaken) {
    return (
      <span className="inline-flex items-center gap-1.5 font-semibold">
        <StateGlyph level="safe" label="" sizePx={14} />
        {t('step.takes')}
      </span>
    )
  }
  return <span>{step.isReached ? t('step.mismatch', { labels }) : t('step.notReached')}</span>
}

/** Nothing is told in these times. */
function MuteTimes({ route: { muteSchedules, isMutedNow } }: { route: AlertRouteAnswer }): ReactElement | null {
  const t = useTranslations('alerts.routes')
  if (muteSchedules.length === 0) return null
  const times = muteSchedules.map(({ days, from, to, timeZone }) => {
    const named = days.length === 7 ? t('everyDay') : days.map((day) => t(`days.${day}`)).join(', ')
    return `${named} ${from}–${to} (${timeZone})`
  })
  return (
    <p className="text-ink2">
      {t('quiet', { times: times.join('; ') })}
      {isMutedNow ? <strong> {t('quietNow')}</strong> : null}
    </p>
  )
}

/** Whom else it tells, when nobody acknowledges, or a receiver takes nothing. */
function Later({
  route,
  isTold,
}: {
  route: AlertRouteAnswer
  isTold(id: string, cause: string): boolean
}): ReactElement {
  const t = useTranslations('alerts.routes')
  const format = useFormat()
  const { escalateTo, escalateAfterSeconds, failover, failoverAfterSeconds } = route
  return (
    <>
      {escalateTo.map((receiver) => (
        <Branch key={`to ${receiver.id}`} receiver={receiver} isTold={isTold(receiver.id, 'escalation')}>
          {t('escalates', { time: format.duration((escalateAfterSeconds ?? 0) * SECOND_MS) })}
        </Branch>
      ))}
      {failover === null ? null : (
        <Branch receiver={failover} isTold={false}>
          {t('failover', { time: format.duration(failoverAfterSeconds * SECOND_MS) })}
        </Branch>
      )}
    </>
  )
}

function Branch({
  receiver: { id, type },
  isTold,
  children,
}: {
  receiver: RouteReceiverAnswer
  isTold: boolean
  children: ReactNode
}): ReactElement {
  const t = useTranslations('alerts.routes')
  const types = useTranslations('receivers.types')
  return (
    <li className={cn('min-w-0', isTold && 'text-ink')}>
      <span className="flex flex-wrap items-baseline gap-x-2">
        <span className="break-all font-semibold">{id}</span>
        <span className="text-ink2">{type === null ? t('unknownReceiver') : types(type)}</span>
        {isTold ? <strong className="rounded bg-line2 px-1.5 text-ink text-xs">{t('isTold')}</strong> : null}
      </span>
      <span className="block text-ink2 text-xs">{children}</span>
    </li>
  )
}

/** When, together with what, and how often. */
function How({ receiver, route }: { receiver: RouteReceiverAnswer; route: AlertRouteAnswer }): string {
  const t = useTranslations('alerts.routes')
  const format = useFormat()
  const { groupBy, groupWaitSeconds, groupIntervalSeconds, repeatSeconds } = route
  if (receiver.mode === 'state') return t('mode.state')
  const time = (seconds: number): string => format.duration(seconds * SECOND_MS)
  const labels = groupBy.map((label) => t(`labels.${label}`)).join(', ')
  const waits = { wait: time(groupWaitSeconds), interval: time(groupIntervalSeconds) }
  const how =
    receiver.mode === 'each'
      ? t('mode.each')
      : t('mode.together', { ...waits, labels, by: labels === '' ? 'none' : 'some' })
  return `${how} ${repeatSeconds === null ? t('noRepeat') : t('repeat', { time: time(repeatSeconds) })}`
}
