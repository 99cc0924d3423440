'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { groupsQuery } from '../../lib/client/queries/groups.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { GroupTable } from '../groups/group-table.tsx'
import { EmptyState } from '../ui/states.tsx'
import { topicGroupsView } from './topic-groups-view.ts'

/** Who reads this topic, furthest behind first. */
export function TopicGroups({ clusterId, topic }: { clusterId: string; topic: string }): ReactElement {
  const t = useTranslations('topics.groups')
  const view = useTableView('-lagSeconds')
  const source = useListSource(groupsQuery(clusterId, topicGroupsView(topic, view)))
  return (
    <GroupTable
      name="topicGroups"
      clusterId={clusterId}
      source={source}
      view={view}
      empty={<EmptyState title={t('emptyTitle')} text={t('emptyText')} />}
    />
  )
}
