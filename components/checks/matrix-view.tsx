'use client'

import { Download } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { parseAsBoolean, parseAsStringLiteral, useQueryState } from 'nuqs'
import type { ReactElement, ReactNode } from 'react'
import type { CheckColumnAnswer, CheckListAnswer, CheckRowAnswer } from '../../lib/api/schemas/checks.ts'
import { CELL_STATE_NAMES, MATRIX_SUBJECT_NAMES } from '../../lib/client/check-views.ts'
import { type CheckView, checksQuery, checksReportPath } from '../../lib/client/queries/checks.ts'
import { useListSource, useTableView } from '../../lib/client/table-view.ts'
import { clusterHref } from '../shell/places.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { NeverPolled } from '../ui/never-polled.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { EmptyState } from '../ui/states.tsx'
import { TableCheckbox } from '../ui/table-checkbox.tsx'
import { CellMark } from './cell-mark.tsx'
import { useCheckColumns } from './check-columns.tsx'

const NO_CHECKS: readonly CheckColumnAnswer[] = []

function rowKey(row: CheckRowAnswer): string {
  return row.name
}

interface MatrixViewProps {
  clusterId: string
  /** In front of the table's own filters. */
  children?: ReactNode
}

/** Each check against each topic, group or broker of a cluster: what was looked at, and what could not be. */
export function MatrixView({ clusterId, children }: MatrixViewProps): ReactElement {
  const t = useTranslations('risk.matrix')
  const words = useTranslations('risk')
  const [subjectType, setSubjectType] = useQueryState(
    'of',
    parseAsStringLiteral(MATRIX_SUBJECT_NAMES).withDefault('topic'),
  )
  const [withAll, setAll] = useQueryState('all', parseAsBoolean.withDefault(false))
  const [withInfo, setInfo] = useQueryState('info', parseAsBoolean.withDefault(false))
  const [withMuted, setMuted] = useQueryState('muted', parseAsBoolean.withDefault(false))
  const view = useTableView()
  const asked: CheckView = { subjectType, withAll, withInfo, withMuted, q: view.q, sort: view.sort }
  const source = useListSource<CheckRowAnswer, CheckListAnswer>(checksQuery(clusterId, asked))
  const checks = source.first?.columns ?? NO_CHECKS
  const columns = useCheckColumns({ clusterId, subjectType, checks })
  const empty = (
    <EmptyState
      title={t('empty.title')}
      text={t('empty.text')}
      {...(withAll ? {} : { action: <Button onClick={() => void setAll(true)}>{t('showAll')}</Button> })}
    />
  )
  return (
    <>
      <Legend />
      <UnknownChecks clusterId={clusterId} checks={checks} />
      <DataTable
        name={`checks-${subjectType}`}
        label={t('title')}
        columns={columns}
        source={source}
        view={view}
        rowKey={rowKey}
        rowHeightPx={41}
        filterHint={t('filterHint')}
        empty={source.asOf === null ? <NeverPolled /> : empty}
      >
        {children}
        <Segmented
          label={t('of')}
          value={subjectType}
          options={MATRIX_SUBJECT_NAMES.map((value) => ({ value, label: t(`subjects.${value}`) }))}
          onValueChange={(value) => void setSubjectType(value)}
        />
        <TableCheckbox label={t('showAll')} checked={withAll} onChange={(on) => void setAll(on || null)} />
        <TableCheckbox label={words('showInfo')} checked={withInfo} onChange={(on) => void setInfo(on || null)} />
        <TableCheckbox label={words('showMuted')} checked={withMuted} onChange={(on) => void setMuted(on || null)} />
        <Button asChild>
          <a href={checksReportPath(clusterId, asked)} download title={t('csvHelp')}>
            <Download aria-hidden className="size-4" />
            {t('csv')}
          </a>
        </Button>
      </DataTable>
    </>
  )
}

function Legend(): ReactElement {
  const t = useTranslations('risk.matrix')
  return (
    <ul aria-label={t('legend')} className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-ink2 text-xs">
      {CELL_STATE_NAMES.map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <CellMark state={state} />
          {t(`states.${state}`)}
        </li>
      ))}
    </ul>
  )
}

/** Said once above the table, and not by each of its rows. */
function UnknownChecks({
  clusterId,
  checks,
}: {
  clusterId: string
  checks: readonly CheckColumnAnswer[]
}): ReactElement | null {
  const t = useTranslations('risk.matrix')
  const unknown = checks.filter(({ isUnknown }) => isUnknown)
  if (unknown.length === 0) return null
  return (
    <p className="mb-3 flex max-w-prose items-start gap-2 rounded-lg bg-line2 px-4 py-3">
      <span className="mt-0.5">
        <CellMark state="unknown" />
      </span>
      <span>
        {unknown.length === checks.length
          ? t('unknownAll')
          : t('unknownChecks', { checks: unknown.map(({ title }) => title).join(t('separator')) })}{' '}
        <Link href={clusterHref(clusterId)} className="underline">
          {t('unknownWhy')}
        </Link>
      </span>
    </p>
  )
}
