'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import { RangePicker } from '../charts/range-picker.tsx'
import { clusterHref } from '../shell/places.ts'
import { ClusterPartHead } from './cluster-part-head.tsx'
import { hrefOfTab } from './href-of-tab.ts'
import { TOPIC_TABS, type TopicTab } from './topic-tabs.ts'
import { TopicView } from './topic-view.tsx'

interface TopicPageProps {
  clusterId: string
  name: string
  tab: TopicTab
}

const HAS_CHARTS: Record<TopicTab, boolean> = {
  durability: true,
  partitions: false,
  messages: false,
  groups: false,
  settings: false,
  history: true,
}

export function TopicPage({ clusterId, name, tab }: TopicPageProps): ReactElement {
  const t = useTranslations('topics')
  const pathname = usePathname()
  const search = useSearchParams()
  const kind = useClusterKind(clusterId)
  return (
    <>
      <ClusterPartHead
        clusterId={clusterId}
        title={name}
        crumbs={[{ label: t('title'), href: clusterHref(clusterId, '/topics') }]}
        tabsLabel={t('tabs.label')}
        tab={tab}
        tabs={TOPIC_TABS.map((id) => ({
          id,
          label: t(`tabs.${id}`),
          href: hrefOfTab(pathname, search, id, TOPIC_TABS[0]),
        }))}
      >
        {HAS_CHARTS[tab] && <RangePicker />}
      </ClusterPartHead>
      <TopicView clusterId={clusterId} name={name} tab={tab} kind={kind} />
    </>
  )
}
