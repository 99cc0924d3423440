'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { groupsQuery } from '../../lib/client/queries/groups.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { GroupTable } from '../groups/group-table.tsx'
import { EmptyState } from '../ui/states.tsx'

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

/** `=` asks for the whole name; with `:` the groups of `orders-dlq` would be listed under `orders` too. */
export function topicGroupsView(topic: string, view: { q: string; sort: string }): { q: string; sort: string } {
  return { q: `topic="${topic}" ${view.q}`.trim(), sort: view.sort }
}
