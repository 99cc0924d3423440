'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useState } from 'react'
import type { HoldAnswer } from '../../lib/api/schemas/holds.ts'
import { holdLevel } from '../../lib/client/hold-views.ts'
import { forgetHold, releaseHold, type TopicName } from '../../lib/client/queries/holds.ts'
import { STATE_GROUND } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Button } from '../ui/button.tsx'
import { cn } from '../ui/cn.ts'
import { CommandLine } from '../ui/command-line.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { ErrorState } from '../ui/states.tsx'
import { ExtendHold } from './extend-hold.tsx'
import { useBefore, useSettingValue } from './setting-words.ts'

interface HoldBannerProps {
  topic: TopicName
  hold: HoldAnswer
  mayEnd: boolean
}

/** Who holds a topic's retention, until when and why; or that somebody changed it meanwhile, and what to do then. */
export function HoldBanner({ topic, hold, mayEnd }: HoldBannerProps): ReactElement {
  const t = useTranslations('holds.banner')
  const format = useFormat()
  const { state, trouble } = hold
  const title = useTitle(hold)
  return (
    <section aria-label={title} className={cn('flex gap-3 rounded-lg px-4 py-3', STATE_GROUND[holdLevel(hold)])}>
      <StateGlyph level={holdLevel(hold)} label="" sizePx={18} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1 space-y-1 break-words">
        <h2 className="font-semibold text-base">{title}</h2>
        <p className="whitespace-pre-wrap">{hold.reason}</p>
        <p className="text-ink2 text-xs">
          {t('by', { actor: hold.createdBy, time: format.exact(Date.parse(hold.createdAt)) })}
        </p>
        {state === 'conflict' ? <Conflict hold={hold} /> : <Open hold={hold} />}
        {trouble === null ? null : <p role="status">{t('trouble', { message: trouble.message, fix: trouble.fix })}</p>}
        {mayEnd ? <Actions topic={topic} hold={hold} /> : null}
      </div>
    </section>
  )
}

function useTitle({ state, untilAt }: HoldAnswer): string {
  const t = useTranslations('holds.banner')
  const format = useFormat()
  const time = format.exact(Date.parse(untilAt))
  if (state === 'planned') return t('planned', { time })
  if (state === 'releasing') return t('releasing')
  return state === 'conflict' ? t('conflict') : t('active', { time })
}

function Open({ hold }: { hold: HoldAnswer }): ReactElement {
  const t = useTranslations('holds.banner')
  const before = useBefore()(hold.settings)
  const text: Partial<Record<HoldAnswer['state'], ReactNode>> = {
    planned: t('plannedText'),
    active: t('activeText', { before }),
    releasing: t('releasingText', { before }),
  }
  return (
    <>
      <p className="max-w-prose text-ink2">{text[hold.state]}</p>
      {hold.isInEffect === false ? <p className="max-w-prose font-semibold">{t('changed')}</p> : null}
      {hold.trouble === null ? null : <Commands title={t('byHand')} commands={hold.commands} />}
    </>
  )
}

function Conflict({ hold }: { hold: HoldAnswer }): ReactElement {
  const t = useTranslations('holds.banner')
  const shown = useSettingValue()
  const words = (name: string, value: string | null): string =>
    value === null ? t('foundNone') : t('foundValue', { value: shown(name, value) })
  const key = hold.outcome?.code === 'changedFirst' ? 'foundFirst' : 'found'
  return (
    <>
      {hold.settings.map(({ name, before, foundInstead }) =>
        foundInstead === null ? null : (
          <p key={name} className="max-w-prose">
            {t(key, { name, before: words(name, before), found: words(name, foundInstead.override) })}
          </p>
        ),
      )}
      <Commands title={t('conflictTodo')} commands={hold.commands} />
    </>
  )
}

function Commands({ title, commands }: { title: string; commands: readonly string[] }): ReactElement {
  return (
    <div>
      <p className="text-ink2">{title}</p>
      {commands.map((command) => (
        <CommandLine key={command} command={command} />
      ))}
    </div>
  )
}

function Actions({ topic, hold }: Omit<HoldBannerProps, 'mayEnd'>): ReactElement {
  const t = useTranslations('holds.banner')
  const client = useQueryClient()
  const before = useBefore()(hold.settings)
  const [isAsking, setAsking] = useState(false)
  const ending = useMutation({
    mutationFn: (keep: boolean) => releaseHold(topic, keep),
    onSuccess: () => setAsking(false),
    // Also when it failed: it is not as it was.
    onSettled: () => forgetHold(client, topic),
  })
  if (hold.state === 'conflict') {
    return (
      <div className="space-y-2 pt-1">
        <div className="flex flex-wrap gap-2">
          <Button disabled={ending.isPending} onClick={() => ending.mutate(false)}>
            {ending.isPending ? t('working') : t('lookAgain')}
          </Button>
          <Button disabled={ending.isPending} onClick={() => ending.mutate(true)}>
            {t('keep')}
          </Button>
        </div>
        {ending.error === null ? null : <ErrorState error={ending.error} className="px-0 py-0" />}
      </div>
    )
  }
  return (
    <div className="flex flex-wrap gap-2 pt-1">
      {hold.state === 'releasing' ? null : <ExtendHold topic={topic} hold={hold} />}
      <Button onClick={() => setAsking(true)}>{t('release')}</Button>
      {hold.state === 'releasing' && hold.trouble !== null ? (
        <Button disabled={ending.isPending} onClick={() => ending.mutate(true)}>
          {t('keep')}
        </Button>
      ) : null}
      <ConfirmDialog
        open={isAsking}
        onClose={() => {
          setAsking(false)
          ending.reset()
        }}
        title={t('confirmTitle', { topic: topic.topic })}
        text={t('confirmText', { before })}
        action={ending.isPending ? t('working') : t('release')}
        isPending={ending.isPending}
        onConfirm={() => ending.mutate(false)}
        error={ending.error}
      />
    </div>
  )
}
