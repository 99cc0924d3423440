'use client'

import { ArrowDown, ArrowUp } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { TableView } from '../../lib/client/table-view.ts'
import { cn } from './cn.ts'
import {
  type DataColumn,
  nextSort,
  type Order,
  PRIORITY_CLASS,
  parseOrder,
  ROLES,
  sortKeyOf,
} from './data-table-model.ts'

interface HeadProps<Row> {
  columns: readonly DataColumn<Row>[]
  view: TableView
}

/** Sticks to the top of the window, below the bar that narrow screens have there. */
export function TableHead<Row>({ columns, view }: HeadProps<Row>): ReactElement {
  const order = parseOrder(view.sort, columns)
  return (
    <thead {...ROLES.rowgroup} className="max-sm:sr-only">
      <tr {...ROLES.row} aria-rowindex={1}>
        {columns.map((column, place) => (
          <HeadCell
            key={column.id}
            isFirst={place === 0}
            column={column}
            order={order?.column === column.id ? order : null}
            onSort={() => view.setSort(nextSort(view, column))}
          />
        ))}
      </tr>
    </thead>
  )
}

function HeadCell<Row>({
  column,
  isFirst,
  order,
  onSort,
}: {
  column: DataColumn<Row>
  isFirst: boolean
  order: Order | null
  onSort(): void
}): ReactElement {
  const t = useTranslations('ui.table')
  const isEnd = column.align === 'end'
  const Arrow = order?.isDescending ? ArrowDown : ArrowUp
  return (
    <th
      {...ROLES.columnheader}
      scope="col"
      title={column.hint}
      {...(order === null ? {} : { 'aria-sort': order.isDescending ? 'descending' : 'ascending' })}
      className={cn(
        'sticky top-0 z-10 whitespace-nowrap border-line border-b bg-panel px-3 py-2 text-left font-normal text-ink3 text-xs max-lg:top-12',
        isEnd && 'text-right',
        column.isNarrow &&
          'w-9 min-w-9 whitespace-normal px-1 text-left align-bottom [&>*]:max-h-48 [&>*]:[writing-mode:vertical-rl]',
        PRIORITY_CLASS[column.priority ?? 1],
        // Cells are cut to their column, so the names need a share of their own.
        column.className ?? (isFirst && 'w-[28%]'),
      )}
    >
      {column.lead}
      {sortKeyOf(column) === null ? (
        column.header
      ) : (
        <button
          type="button"
          onClick={onSort}
          title={[column.hint, t('sortBy', { column: column.header })].filter(Boolean).join('. ')}
          className={cn(
            '-my-1 inline-flex min-h-6 items-center gap-1 rounded-sm hover:text-ink',
            isEnd && 'flex-row-reverse',
            order !== null && 'font-semibold text-ink',
          )}
        >
          {column.header}
          {column.isNarrow && order === null ? null : (
            <Arrow aria-hidden className={cn('size-3', order === null && 'invisible')} />
          )}
        </button>
      )}
    </th>
  )
}
