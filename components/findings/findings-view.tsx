'use client'

import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useTranslations } from 'next-intl'
import { parseAsBoolean, parseAsString, useQueryState } from 'nuqs'
import { type ReactElement, useCallback, useMemo, useState } from 'react'
import type { FindingAnswer } from '../../lib/api/schemas/findings.ts'
import type { MuteAnswer } from '../../lib/api/schemas/mutes.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { findingsQuery } from '../../lib/client/queries/findings.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { DoneNote } from '../dead-letters/done-note.tsx'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { NeverPolled } from '../ui/never-polled.tsx'
import { EmptyState } from '../ui/states.tsx'
import { TableCheckbox } from '../ui/table-checkbox.tsx'
import { useFindingColumns } from './finding-columns.tsx'

/** Browsers load the pages of the rail ahead; what is opened by a click alone need not be among it. */
const FindingDialog = dynamic(async () => (await import('./finding-dialog.tsx')).FindingDialog, { ssr: false })

function rowKey(row: FindingAnswer): string {
  return row.id
}

/** What can cost messages, the gravest and soonest first: in one cluster, or in all (`clusterId` empty). */
export function FindingsView({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('risk')
  const [withInfo, setWithInfo] = useQueryState('info', parseAsBoolean.withDefault(false))
  const [withMuted, setWithMuted] = useQueryState('muted', parseAsBoolean.withDefault(false))
  const [done, setDone] = useState<string | null>(null)
  const format = useFormat()
  const [openId, setOpenId] = useQueryState('finding', parseAsString)
  const clusters = useQuery(clustersQuery()).data?.items
  const names = useMemo(() => new Map(clusters?.map(({ id, name }) => [id, name])), [clusters])
  const clusterName = useCallback((id: string) => names.get(id) ?? id, [names])
  const onOpen = useCallback(
    (finding: FindingAnswer) => {
      setDone(null)
      void setOpenId(finding.id)
    },
    [setOpenId],
  )
  const view = useTableView()
  const source = useListSource(findingsQuery({ clusterId, withInfo, withMuted, q: view.q, sort: view.sort }))
  const columns = useFindingColumns({
    clusterName: clusterId === '' ? clusterName : null,
    hasTeams: source.rows.some(({ labels }) => labels.team !== undefined),
    onOpen,
  })
  const onMuted = ({ untilAt }: MuteAnswer): void => {
    void setOpenId(null)
    setDone(t('mute.done', { time: format.exact(Date.parse(untilAt)) }))
  }
  const opened = source.rows.find(({ id }) => id === openId)
  const empty = (
    <EmptyState
      title={t(view.q === '' ? 'empty.title' : 'empty.filteredTitle')}
      text={t(withInfo ? 'empty.text' : 'empty.textWithoutInfo')}
      {...(withInfo ? {} : { action: <Button onClick={() => void setWithInfo(true)}>{t('showInfo')}</Button> })}
    />
  )
  return (
    <>
      <DoneNote text={done} />
      <DataTable
        name="findings"
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={57}
        filterHint={t('filterHint')}
        empty={source.asOf === null ? <NeverPolled /> : empty}
      >
        <TableCheckbox label={t('showInfo')} checked={withInfo} onChange={(on) => void setWithInfo(on || null)} />
        <TableCheckbox label={t('showMuted')} checked={withMuted} onChange={(on) => void setWithMuted(on || null)} />
      </DataTable>
      {opened === undefined ? null : (
        <FindingDialog key={opened.id} finding={opened} onClose={() => void setOpenId(null)} onMuted={onMuted} />
      )}
    </>
  )
}
