'use client'

import { useTable } from '@tanstack/react-table'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useMemo } from 'react'
import { type TableSource, type TableView, useHiddenColumns } from '../../lib/client/table-view.ts'
import { Button } from './button.tsx'
import { TableHead } from './data-table-head.tsx'
import { type DataColumn, FEATURES, matchesText, parseOrder, ROLES, toColumnDefs } from './data-table-model.ts'
import { TableRows } from './data-table-rows.tsx'
import { FilterBox, TableToolbar } from './data-table-toolbar.tsx'
import { Loading, SkeletonRows } from './skeleton.tsx'
import { EmptyState, ErrorState } from './states.tsx'

export interface DataTableProps<Row extends object> {
  /** Under which the choice of columns is remembered. */
  name: string
  /** What the table lists: its accessible name. */
  label: string
  columns: readonly DataColumn<Row>[]
  source: TableSource<Row>
  view: TableView
  rowKey(row: Row): string
  /** What an empty list means here and what to do; shown when there is no filter. */
  empty: ReactNode
  /** Text to filter whole rows by; without it (and without a list that filters) there is no filter box. */
  filterText?: (row: Row) => string
  filterHint?: string
  /** False where the list cannot be filtered by text. */
  hasFilter?: boolean
  /** More controls beside the filter. */
  children?: ReactNode
  rowHeightPx?: number
  rowClassName?: (row: Row) => string | undefined
}

function useOrderedRows<Row extends object>(props: DataTableProps<Row>): readonly Row[] {
  const { columns, source, view, filterText } = props
  const isFiltered = !source.isOrdered && filterText !== undefined && view.q !== ''
  const data = useMemo(
    () => (isFiltered ? source.rows.filter((row) => matchesText(filterText(row), view.q)) : source.rows),
    [isFiltered, source.rows, filterText, view.q],
  )
  const defs = useMemo(() => toColumnDefs(columns), [columns])
  const order = parseOrder(view.sort, columns)
  const orderColumn = order?.column
  const isDescending = order?.isDescending ?? false
  const sorting = useMemo(
    () => (orderColumn === undefined ? [] : [{ id: orderColumn, desc: isDescending }]),
    [orderColumn, isDescending],
  )
  const table = useTable({
    features: FEATURES,
    columns: defs,
    data,
    state: { sorting },
    manualSorting: source.isOrdered,
  })
  const model = table.getRowModel()
  return useMemo(() => model.rows.map((row) => row.original), [model])
}

/** The work surface of every list page. Ten thousand rows scroll as one page; below 640 px each row is a card. */
export function DataTable<Row extends object>(props: DataTableProps<Row>): ReactElement {
  const { name, label, columns, source, view, rowKey, filterText } = props
  const hiddenAtFirst = useMemo(
    () => columns.filter((column) => column.hiddenAtFirst).map((column) => column.id),
    [columns],
  )
  const [hidden, setHidden] = useHiddenColumns(name, hiddenAtFirst)
  const shown = useMemo(() => columns.filter((column) => !hidden.has(column.id)), [columns, hidden])
  const rows = useOrderedRows(props)
  const keyed = useMemo(() => rows.map((row) => ({ key: rowKey(row), row })), [rows, rowKey])
  const canFilter = props.hasFilter !== false && (source.isOrdered || filterText !== undefined)
  return (
    <section aria-label={label} className="panel" aria-busy={source.isOutdated}>
      <TableToolbar
        columns={columns}
        hidden={hidden}
        onHiddenChange={setHidden}
        view={view}
        filter={
          canFilter ? (
            <FilterBox view={view} label={label} {...(props.filterHint ? { hint: props.filterHint } : {})} />
          ) : null
        }
      >
        {props.children}
      </TableToolbar>
      {keyed.length === 0 ? (
        <WithoutRows {...props} />
      ) : (
        <table
          {...ROLES.table}
          aria-label={label}
          aria-rowcount={source.total + 1}
          className="w-full border-separate border-spacing-0 text-sm max-sm:block"
        >
          <TableHead columns={shown} view={view} />
          <TableRows
            rows={keyed}
            columns={shown}
            rowHeightPx={props.rowHeightPx ?? 37}
            isOutdated={source.isOutdated}
            hasMore={source.hasMore}
            loadMore={source.loadMore}
            rowClassName={props.rowClassName}
          />
        </table>
      )}
      <Foot source={source} shown={keyed.length} />
    </section>
  )
}

function WithoutRows<Row extends object>({ source, view, empty }: DataTableProps<Row>): ReactElement {
  const t = useTranslations('ui.table')
  if (source.status === 'loading') {
    return (
      <Loading>
        <SkeletonRows />
      </Loading>
    )
  }
  if (source.status === 'failed') return <ErrorState error={source.error} onRetry={source.retry} />
  if (view.q === '') return <>{empty}</>
  return (
    <EmptyState
      title={t('noMatchTitle')}
      text={t('noMatchText', { q: view.q })}
      action={<Button onClick={() => view.setQ('')}>{t('clearFilter')}</Button>}
    />
  )
}

function Foot<Row>({ source, shown }: { source: TableSource<Row>; shown: number }): ReactElement | null {
  const t = useTranslations('ui.table')
  if (source.status !== 'ready' || shown === 0) return null
  const total = source.isOrdered ? source.total : source.rows.length
  return (
    <p role="status" className="flex gap-3 border-line border-t px-3 py-1.5 text-ink3 text-xs">
      <span>{shown === total ? t('rows', { count: shown }) : t('rowsOf', { count: shown, total })}</span>
      {source.hasMore ? <span>{t('loadingMore')}</span> : null}
      {source.isOutdated ? <span>{t('updating')}</span> : null}
    </p>
  )
}
