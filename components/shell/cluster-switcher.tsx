'use client'

import { useQuery } from '@tanstack/react-query'
import { ChevronsUpDown } from 'lucide-react'
import { usePathname, useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { shownLevel, worstClustersFirst } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { Button } from '../ui/button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { clusterHref, clusterOf } from './places.ts'

/** The same part of another cluster: from the topics of one to the topics of the other, not to a topic it lacks. */
function samePartOf(pathname: string, clusterId: string): string {
  const part = /^\/clusters\/[^/]+\/(brokers|topics|groups|settings)/.exec(pathname)?.[1]
  return clusterHref(clusterId, part === undefined ? '' : `/${part}`)
}

export function ClusterSwitcher(): ReactElement {
  const t = useTranslations('shell.switcher')
  const router = useRouter()
  const pathname = usePathname()
  const { data } = useQuery(clustersQuery())
  const clusters = worstClustersFirst(data?.items ?? [])
  const id = clusterOf(pathname)
  const name = id === null ? t('all') : (clusters.find((cluster) => cluster.id === id)?.name ?? id)
  const trigger = (
    <Button className="w-full justify-between px-2.5" aria-label={t('label', { name })}>
      <span className="truncate">{name}</span>
      <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink3" />
    </Button>
  )
  return (
    <Menu trigger={trigger}>
      <MenuItem onSelect={() => router.push('/')}>{t('all')}</MenuItem>
      {clusters.length === 0 ? null : <MenuSeparator />}
      {clusters.map((cluster) => (
        <MenuItem key={cluster.id} onSelect={() => router.push(samePartOf(pathname, cluster.id))}>
          <StateGlyph level={shownLevel(cluster)} sizePx={14} className="shrink-0" />
          <span className="truncate">{cluster.name}</span>
        </MenuItem>
      ))}
    </Menu>
  )
}
