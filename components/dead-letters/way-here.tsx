'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { DeadLetterAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { shortCause, wayOf } from '../../lib/client/dead-letter-views.ts'
import { oneLine, visibleText } from '../../lib/client/payload.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { groupHref, topicHref } from '../shell/places.ts'
import { cn } from '../ui/cn.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { RelativeTime } from '../ui/values.tsx'
import { ClassName } from './cause-text.tsx'

type Hop = DeadLetterAnswer['hops'][number]
type Origin = NonNullable<DeadLetterAnswer['origin']>

/** Its way from where it was first written to this queue, from top to bottom, with each time a consumer gave up. */
export function WayHere({ record }: { record: DeadLetterAnswer }): ReactElement {
  const t = useTranslations('deadLetters.record.way')
  const hops = wayOf(record)
  const { clusterId, origin, replay } = record
  const here: Origin = { ...record, group: null, guessed: false }
  return (
    <PanelSection id="way-title" title={t('title')}>
      <ol className="px-3 py-3">
        {replay !== null && <ReplayStep replay={replay} />}
        {hops.length === 0 && origin === null && <Step dot="unknown">{t('nothing')}</Step>}
        {hops.length === 0 && origin !== null && <PlaceStep clusterId={clusterId} place={origin} label={t('first')} />}
        {hops.map((hop, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: hops have no identity but their place.
          <HopSteps key={index} clusterId={clusterId} hop={hop} isFirst={index === 0} />
        ))}
        <PlaceStep clusterId={clusterId} place={here} label={t('here')} isLast />
      </ol>
    </PanelSection>
  )
}

interface StepProps {
  dot: 'place' | 'death' | 'here' | 'unknown'
  isLast?: boolean
  children: ReactNode
}

const DOTS: Record<StepProps['dot'], string> = {
  place: 'rounded-full border-2 border-ink2 bg-panel',
  death: 'rotate-45 border-2 border-risk bg-riskbg',
  here: 'rounded-full border-2 border-ink bg-ink',
  unknown: 'border-2 border-unknown hatched',
}

function Step({ dot, isLast = false, children }: StepProps): ReactElement {
  return (
    <li className={cn('relative pb-3 pl-6', isLast && 'pb-0')}>
      {!isLast && <span aria-hidden className="absolute top-3 bottom-[-6px] left-[7px] w-px bg-control" />}
      <span aria-hidden className={cn('absolute top-[5px] left-[3px] size-2.5', DOTS[dot])} />
      {children}
    </li>
  )
}

interface PlaceStepProps {
  clusterId: string
  place: Origin
  label: string
  isLast?: boolean
}

function PlaceStep({ clusterId, place, label, isLast = false }: PlaceStepProps): ReactElement {
  const t = useTranslations('deadLetters.record.way')
  const format = useFormat()
  const { topic, partition, offset, timestamp, guessed } = place
  const details = [
    partition === null ? null : t('partition', { partition }),
    offset === null ? null : t('offset', { offset: format.number(offset) }),
  ].filter((part) => part !== null)
  return (
    <Step dot={isLast ? 'here' : topic === null ? 'unknown' : 'place'} isLast={isLast}>
      <p className="[overflow-wrap:anywhere]">
        {topic === null ? (
          <span className="text-ink3">{t('unknownPlace')}</span>
        ) : (
          <Link href={topicHref(clusterId, topic)} prefetch={false} className="font-semibold hover:underline">
            {visibleText(topic)}
          </Link>
        )}
        {guessed && <span className="ml-1.5 text-risk text-xs">{t('guessed')}</span>}
      </p>
      <p className="text-ink2 text-xs">
        {details.map((detail) => `${detail} · `).join('')}
        {label}
        {timestamp !== null && (
          <>
            {' '}
            <RelativeTime at={timestamp} />
          </>
        )}
      </p>
    </Step>
  )
}

function HopSteps({ clusterId, hop, isFirst }: { clusterId: string; hop: Hop; isFirst: boolean }): ReactElement {
  const t = useTranslations('deadLetters.record.way')
  return (
    <>
      <PlaceStep clusterId={clusterId} place={hop.origin} label={t(isFirst ? 'first' : 'retry')} />
      <DeathStep clusterId={clusterId} hop={hop} />
    </>
  )
}

const MESSAGE_LETTERS = 200

function DeathStep({ clusterId, hop }: { clusterId: string; hop: Hop }): ReactElement {
  const t = useTranslations('deadLetters.record.way')
  const { name, message } = shortCause(hop)
  const { group } = hop.origin
  const more = [
    hop.attempts === null ? null : t('attempts', { count: hop.attempts }),
    hop.exception?.stage ? t('stage', { stage: hop.exception.stage }) : null,
    hop.exception?.handler ? t('handler', { handler: hop.exception.handler }) : null,
  ].filter((part) => part !== null)
  return (
    <Step dot="death">
      <p className="[overflow-wrap:anywhere]">
        {group === null ? (
          t('someoneGaveUp')
        ) : (
          <Link href={groupHref(clusterId, group)} prefetch={false} className="hover:underline">
            {t('gaveUp', { group: visibleText(group) })}
          </Link>
        )}{' '}
        <span className="text-ink2">{more.join(', ')}</span>
      </p>
      {name !== null && <ClassName name={name} className="text-xs" />}
      {message !== null && (
        <p className="text-ink2 text-xs [overflow-wrap:anywhere]">{oneLine(message, MESSAGE_LETTERS)}</p>
      )}
    </Step>
  )
}

function ReplayStep({ replay }: { replay: NonNullable<DeadLetterAnswer['replay']> }): ReactElement {
  const t = useTranslations('deadLetters.record.way')
  const parts = [
    replay.attempt === null ? null : t('replayAttempt', { attempt: replay.attempt }),
    replay.source === null ? null : t('replaySource', { source: visibleText(replay.source) }),
  ].filter((part) => part !== null)
  return (
    <Step dot="place">
      <p className="text-risk">{t('replayed')}</p>
      <p className="text-ink2 text-xs [overflow-wrap:anywhere]">
        {parts.join(' · ')}
        {replay.jobId !== null && (
          <>
            {' · '}
            <Link href={`/replays/${encodeURIComponent(replay.jobId)}`} prefetch={false} className="underline">
              {t('job', { job: visibleText(replay.jobId) })}
            </Link>
          </>
        )}
      </p>
    </Step>
  )
}
