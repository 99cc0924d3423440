'use client'

import { useQuery } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { apiSend } from '../../lib/client/api.ts'
import { dlqDepthOfAll, firingAlertsOfAll, openLossesOfAll } from '../../lib/client/cluster-views.ts'
import type { Theme } from '../../lib/client/preferences.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { runningReplaysQuery } from '../../lib/client/queries/replays.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Button } from '../ui/button.tsx'
import { cn } from '../ui/cn.ts'
import { ClusterSwitcher } from './cluster-switcher.tsx'
import { PLACE_HREF, PLACES, type Place, placeOf } from './places.ts'
import { LanguageSwitch, Preferences } from './preferences.tsx'

export interface RailProps {
  theme: Theme
  hasSession: boolean
}

async function signOut(): Promise<void> {
  await apiSend('DELETE', '/api/v1/session')
  window.location.assign('/sign-in')
}

/** What stands in the rail on wide screens and in the drawer on narrow ones. */
export function RailContent({ theme, hasSession }: RailProps): ReactElement {
  const t = useTranslations('shell')
  const place = placeOf(usePathname())
  return (
    <div className="flex min-h-full flex-col gap-3 px-2.5 py-3">
      <Link href="/" className="self-start rounded-sm px-2 py-0.5 font-semibold text-lg max-lg:hidden">
        {t('product')}
      </Link>
      <ClusterSwitcher />
      <nav aria-label={t('navigation')} className="flex-1">
        <ul className="flex flex-col gap-0.5">
          {PLACES.map((name) => (
            <li key={name} className={cn(name === 'clusters' && 'mt-3')}>
              <RailLink name={name} isCurrent={name === place} />
            </li>
          ))}
        </ul>
      </nav>
      <div className="flex items-center gap-0.5">
        <Preferences theme={theme} />
        <LanguageSwitch />
        {hasSession ? (
          <Button
            look="quiet"
            square
            className="ml-auto"
            aria-label={t('signOut')}
            title={t('signOut')}
            onClick={signOut}
          >
            <LogOut aria-hidden className="size-4" />
          </Button>
        ) : null}
      </div>
    </div>
  )
}

function RailLink({ name, isCurrent }: { name: Place; isCurrent: boolean }): ReactElement {
  const t = useTranslations('shell.pages')
  return (
    <Link
      href={PLACE_HREF[name]}
      aria-current={isCurrent ? 'page' : undefined}
      className={cn(
        'flex h-8 items-center justify-between gap-2 rounded-md px-2 text-sm',
        isCurrent ? 'bg-line2 font-semibold text-ink' : 'text-ink2 hover:bg-line2 hover:text-ink',
      )}
    >
      {t(name)}
      {name === 'losses' ? <OpenLossCount /> : null}
      {name === 'alerts' ? <FiringAlerts /> : null}
      {name === 'deadLetters' ? <DeadLetterCount /> : null}
      {name === 'replays' ? <RunningReplays /> : null}
    </Link>
  )
}

function OpenLossCount(): ReactElement | null {
  const t = useTranslations('shell')
  const format = useFormat()
  const { data } = useQuery(clustersQuery())
  const count = openLossesOfAll(data?.items ?? [])
  if (count === 0) return null
  return (
    <span className="font-semibold text-xs" title={t('lossesOpen', { count })}>
      {format.compact(count)}
    </span>
  )
}

function FiringAlerts(): ReactElement | null {
  const t = useTranslations('shell')
  const format = useFormat()
  const { data } = useQuery(clustersQuery())
  const count = firingAlertsOfAll(data?.items ?? [])
  if (count === 0) return null
  return (
    <span className="font-semibold text-xs" title={t('alertsFiring', { count })}>
      {format.compact(count)}
    </span>
  )
}

function DeadLetterCount(): ReactElement | null {
  const t = useTranslations('shell')
  const format = useFormat()
  const { data } = useQuery(clustersQuery())
  const depth = dlqDepthOfAll(data?.items ?? [])
  if (depth === null || depth === 0) return null
  return (
    <span className="font-semibold text-xs" title={t('deadLettersOpen', { count: depth })}>
      {format.compact(depth)}
    </span>
  )
}

function RunningReplays(): ReactElement | null {
  const t = useTranslations('shell')
  const format = useFormat()
  const count = useQuery(runningReplaysQuery()).data?.total ?? 0
  if (count === 0) return null
  return (
    <span className="font-semibold text-xs" title={t('replaysRunning', { count })}>
      {format.compact(count)}
    </span>
  )
}
