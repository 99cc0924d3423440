'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { shownLevel } from '../../lib/client/cluster-views.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { namesOf } from '../../lib/client/reason-views.ts'
import { STATE_TEXT } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { clusterHref } from '../shell/places.ts'
import { cn } from '../ui/cn.ts'
import { Emphasis } from '../ui/emphasis.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { SmallMultiples } from './small-multiples.tsx'

/** One cluster in five seconds: is it losing, why, and how the last hours went. */
export function ClusterRow({ cluster }: { cluster: ClusterAnswer }): ReactElement {
  return (
    <li className="grid gap-x-6 gap-y-3 px-4 py-3.5 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
      <div className="flex min-w-0 gap-3">
        <StateGlyph level={shownLevel(cluster)} sizePx={18} className="mt-0.5 shrink-0" />
        <div className="min-w-0 flex-1">
          <h2 className="text-base">
            <Link href={clusterHref(cluster.id)} className="font-semibold hover:underline">
              {cluster.name}
            </Link>{' '}
            <ClusterKind cluster={cluster} />
          </h2>
          <Sentence cluster={cluster} />
          <MoreReasons cluster={cluster} />
        </div>
      </div>
      <SmallMultiples cluster={cluster} />
    </li>
  )
}

/** 'Kafka 4.3 · 3 of 3 brokers', or when it was last seen. */
function ClusterKind({ cluster }: { cluster: ClusterAnswer }): ReactElement {
  const t = useTranslations('overview')
  const format = useFormat()
  const system = t(`kind.${cluster.kind}`, { version: cluster.version ?? '' }).trim()
  const lastPollMs = cluster.lastPollAt === null ? null : Date.parse(cluster.lastPollAt)
  const seen = useNowValue((nowMs) => (lastPollMs === null ? '' : format.relative(lastPollMs, nowMs)))
  const { brokersOnline: online, brokersExpected: expected } = cluster
  const state =
    lastPollMs === null
      ? t('neverPolled')
      : cluster.verdict.stale
        ? t('lastSeen', { ago: seen })
        : online === null || expected === null
          ? t('brokersUnknown')
          : t('brokers', { online, expected })
  return <span className="whitespace-nowrap text-ink3 text-xs">{`${system} · ${state}`}</span>
}

/** The worst reason in one sentence, after the verdict's own word. */
function Sentence({ cluster }: { cluster: ClusterAnswer }): ReactElement {
  const states = useTranslations('states')
  const t = useTranslations('overview')
  const format = useFormat()
  const level = shownLevel(cluster)
  const { reasons } = cluster.verdict
  const worst = reasons[0]
  const isQuiet = level === 'safe'
  const word = t('sentenceStart', { level: states(`level.${level}`) })
  return (
    <p className="text-ink2">
      <span
        className={cn(isQuiet ? 'text-ink2' : 'font-semibold', STATE_TEXT[level], level === 'unknown' && 'text-ink')}
      >
        {word}
      </span>
      {cluster.pollError !== null && level === 'unknown' ? (
        <PollFailed cluster={cluster} />
      ) : cluster.lastPollAt === null ? (
        t('firstPollPending')
      ) : worst === undefined ? (
        cluster.verdict.stale ? (
          t('staleSentence', { time: format.exact(Date.parse(cluster.lastPollAt)) })
        ) : (
          t('safeSentence')
        )
      ) : (
        <Emphasis sentence={worst.message} names={namesOf(worst, format.number)} />
      )}
    </p>
  )
}

function PollFailed({ cluster }: { cluster: ClusterAnswer }): ReactElement {
  const t = useTranslations('overview')
  const format = useFormat()
  const lastPollMs = cluster.lastPollAt === null ? null : Date.parse(cluster.lastPollAt)
  const time = useNowValue((nowMs) => (lastPollMs === null ? '' : format.clock(lastPollMs, nowMs)))
  return (
    <>
      {cluster.pollError?.message} {lastPollMs === null ? null : t('numbersOf', { time })}
    </>
  )
}

const REASONS_NAMED = 2

/** '+ 2 more reasons: …', or what to do about a poll that fails. */
function MoreReasons({ cluster }: { cluster: ClusterAnswer }): ReactElement | null {
  const t = useTranslations('overview')
  const { pollError, verdict } = cluster
  const isUnknown = shownLevel(cluster) === 'unknown'
  if (pollError !== null && isUnknown) return <p className="text-ink3 text-xs">{pollError.fix}</p>
  const others = [
    ...(pollError === null ? [] : [t('pollFails', { message: pollError.message })]),
    ...verdict.reasons.slice(1).map((reason) => reason.message),
  ]
  if (others.length === 0) return null
  const named = others
    .slice(0, REASONS_NAMED)
    .map((message) => message.replace(/[.。]$/, ''))
    .join(' · ')
  return (
    <p className="mt-0.5 line-clamp-2 text-ink3 text-xs">
      <Link href={clusterHref(cluster.id)} className="hover:text-ink hover:underline">
        {t('moreReasons', { count: others.length })}
      </Link>
      {t('colon')}
      {named}
    </p>
  )
}
