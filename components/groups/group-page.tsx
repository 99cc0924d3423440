'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { RangePicker } from '../charts/range-picker.tsx'
import { clusterHref } from '../shell/places.ts'
import { ClusterPartHead } from '../topics/cluster-part-head.tsx'
import { hrefOfTab } from '../topics/href-of-tab.ts'
import { GROUP_TABS, type GroupTab } from './group-tabs.ts'
import { GroupView } from './group-view.tsx'

interface GroupPageProps {
  clusterId: string
  groupId: string
  tab: GroupTab
}

export function GroupPage({ clusterId, groupId, tab }: GroupPageProps): ReactElement {
  const t = useTranslations('groups')
  const pathname = usePathname()
  const search = useSearchParams()
  return (
    <>
      <ClusterPartHead
        clusterId={clusterId}
        title={groupId}
        crumbs={[{ label: t('title'), href: clusterHref(clusterId, '/groups') }]}
        tabsLabel={t('tabs.label')}
        tab={tab}
        tabs={GROUP_TABS.map((id) => ({
          id,
          label: t(`tabs.${id}`),
          href: hrefOfTab(pathname, search, id, GROUP_TABS[0]),
        }))}
      >
        {tab !== 'members' && <RangePicker />}
      </ClusterPartHead>
      <GroupView clusterId={clusterId} groupId={groupId} tab={tab} />
    </>
  )
}
