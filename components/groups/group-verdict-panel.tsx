'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { GroupDetailAnswer } from '../../lib/api/schemas/groups.ts'
import { forecastLevel, forecastText } from '../../lib/client/forecast-views.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { EVALUATION_STATE, STATE_GROUND, STATE_TEXT, type StateLevel } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from '../ui/cn.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'

function hasLost(group: GroupDetailAnswer): boolean {
  return (group.lostMessages ?? 0) > 0
}

/** A group that will lose messages within a day is at risk, whatever it does now. */
function levelOf(group: GroupDetailAnswer, isNear: boolean): StateLevel {
  if (hasLost(group)) return 'losing'
  return isNear ? 'atRisk' : EVALUATION_STATE[group.evaluation]
}

/** In one sentence: does the group read everything before it is deleted, and how far behind is it? */
export function GroupVerdictPanel({ group }: { group: GroupDetailAnswer }): ReactElement {
  const t = useTranslations('groups.verdict')
  const help = useTranslations('groups.evaluationHelp')
  const states = useTranslations('states')
  const format = useFormat()
  const isNear = useNowValue((nowMs) => forecastLevel(group.lossAt, nowMs) !== null)
  const level = levelOf(group, isNear)
  const word = hasLost(group) ? states('level.losing') : t(`title.${group.evaluation}`)
  return (
    <section aria-label={t('label')} className={cn('mb-4 flex gap-3 rounded-lg px-4 py-3', groundOf(level))}>
      <StateGlyph level={level} label="" sizePx={18} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="text-base">
          <strong className={cn('font-semibold', STATE_TEXT[level])}>{t('word', { word })}</strong>{' '}
          {hasLost(group) ? t('lost', { count: format.number(group.lostMessages ?? 0) }) : help(group.evaluation)}
        </p>
        <p className="text-ink2">
          {group.lagSeconds === null
            ? t('behindUnknown')
            : t('behind', { duration: format.duration(Math.round(group.lagSeconds) * 1_000) })}
        </p>
        <LossLine group={group} />
        {group.fault !== null && (
          <p className="text-ink2">
            {group.fault.message} {group.fault.fix}
          </p>
        )}
      </div>
    </section>
  )
}

/** Between which moments it will lose messages; that it will not, or that nobody knows, stands among its facts. */
function LossLine({ group: { lossAt } }: { group: GroupDetailAnswer }): ReactElement | null {
  const t = useTranslations('groups.verdict.loss')
  const why = useTranslations('ui.forecast.because')
  const format = useFormat()
  const kind = useNowValue((nowMs) => forecastText(lossAt, nowMs).kind)
  if (lossAt.state !== 'forecast' || lossAt.earliest === null) return null
  const from = format.exact(Date.parse(lossAt.earliest))
  const sentence =
    lossAt.latest !== null
      ? t('forecast', { from, to: format.exact(Date.parse(lossAt.latest)) })
      : t(kind === 'anyMoment' ? 'anyMoment' : 'from', { from })
  return (
    <p className="text-ink2">
      {sentence} {why(lossAt.because)}
    </p>
  )
}

function groundOf(level: StateLevel): string {
  return level === 'safe' ? 'border border-line bg-panel' : STATE_GROUND[level]
}
