'use client'

import { useQuery } from '@tanstack/react-query'
import { BellOff } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { MuteAnswer, MuteOf } from '../../lib/api/schemas/mutes.ts'
import { mutesQuery } from '../../lib/client/queries/mutes.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Unmute } from './unmute.tsx'

/** Colour is kept for what nobody has put aside. */
export function MutedMark(): ReactElement {
  const label = useTranslations('risk.muted')('mark')
  return (
    <span role="img" aria-label={label} title={label} className="mt-0.5 shrink-0 text-ink3">
      <BellOff aria-hidden className="size-4" />
    </span>
  )
}

interface MutedNoteProps {
  mute: MuteOf
  mayEnd: boolean
}

/** Until when, why and by whom a finding or a loss is muted, and what else its mute hides. */
export function MutedNote({ mute, mayEnd }: MutedNoteProps): ReactElement {
  const t = useTranslations('risk.muted')
  const format = useFormat()
  const whole = useQuery(mutesQuery()).data?.items.find(({ id }) => id === mute.id)
  return (
    <section className="mb-4 flex items-start gap-3 rounded-lg bg-line2 px-4 py-3">
      <BellOff aria-hidden className="mt-0.5 size-4 shrink-0 text-ink2" />
      <div className="min-w-0 flex-1 space-y-1 break-words">
        <h3 className="font-semibold">{t('until', { time: format.exact(Date.parse(mute.untilAt)) })}</h3>
        <p className="whitespace-pre-wrap">{mute.reason}</p>
        {whole === undefined ? null : <WholeMute mute={whole} mayEnd={mayEnd} />}
      </div>
    </section>
  )
}

function WholeMute({ mute, mayEnd }: { mute: MuteAnswer; mayEnd: boolean }): ReactElement {
  const t = useTranslations('risk.muted')
  const format = useFormat()
  const { code, cluster, subject, createdAt, createdBy, findings, losses } = mute
  return (
    <>
      <p className="text-ink2">
        {createdAt === null
          ? t('inFile')
          : t('by', { actor: createdBy ?? '', time: format.exact(Date.parse(createdAt)) })}
      </p>
      {findings === 0 ? null : <p className="text-ink2">{t('hides', { count: findings })}</p>}
      {losses === 0 ? null : <p className="text-ink2">{t('hidesLosses', { count: losses })}</p>}
      <p className="text-ink2 text-xs">
        {t('pattern')} <code className="break-all font-mono">{`${code} · ${cluster} · ${subject}`}</code>
      </p>
      {mayEnd && mute.source === 'runtime' ? <Unmute id={mute.id} count={findings + losses} className="mt-2" /> : null}
    </>
  )
}
