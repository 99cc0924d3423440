'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { GroupDetailAnswer } from '../../lib/api/schemas/groups.ts'
import { EVALUATION_STATE, STATE_GROUND, STATE_TEXT, type StateLevel } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from '../ui/cn.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'

function hasLost(group: GroupDetailAnswer): boolean {
  return (group.lostMessages ?? 0) > 0
}

function levelOf(group: GroupDetailAnswer): StateLevel {
  return hasLost(group) ? 'losing' : EVALUATION_STATE[group.evaluation]
}

/** In one sentence: does the group read everything before it is deleted, and how far behind is it? */
export function GroupVerdictPanel({ group }: { group: GroupDetailAnswer }): ReactElement {
  const t = useTranslations('groups.verdict')
  const help = useTranslations('groups.evaluationHelp')
  const states = useTranslations('states')
  const format = useFormat()
  const level = levelOf(group)
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
        {group.fault !== null && (
          <p className="text-ink2">
            {group.fault.message} {group.fault.fix}
          </p>
        )}
      </div>
    </section>
  )
}

function groundOf(level: StateLevel): string {
  return level === 'safe' ? 'border border-line bg-panel' : STATE_GROUND[level]
}
