'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { groupsQuery } from '../../lib/client/queries/groups.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { NeverPolled } from '../ui/never-polled.tsx'
import { EmptyState } from '../ui/states.tsx'
import { GroupTable } from './group-table.tsx'

/** Groups of a cluster, furthest behind in time first. */
export function GroupsView({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('groups')
  const view = useTableView('-lagSeconds')
  const source = useListSource(groupsQuery(clusterId, view))
  return (
    <GroupTable
      name="groups"
      clusterId={clusterId}
      source={source}
      view={view}
      empty={source.asOf === null ? <NeverPolled /> : <EmptyState title={t('empty.title')} text={t('empty.text')} />}
    />
  )
}
