import type { ReactElement, ReactNode } from 'react'
import { cn } from './cn.ts'

export interface StaticColumn<T> {
  id: string
  header: ReactNode
  cell: (row: T) => ReactNode
  align?: 'end'
  /** Names the row. */
  isRowHeader?: boolean
  /** Says nothing of its own on narrow screens, where the header does not stand above it. */
  isLabelled?: boolean
  className?: string
  headerClassName?: string
}

interface StaticTableProps<T> {
  columns: readonly StaticColumn<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string
  /** Id of the heading that names the table. */
  labelledBy: string
  rowClassName?: string
}

/** A small table without filters and orders. On narrow screens each row is a card of its cells. */
export function StaticTable<T>({
  columns,
  rows,
  rowKey,
  labelledBy,
  rowClassName = 'max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:gap-y-1 max-sm:py-2',
}: StaticTableProps<T>): ReactElement {
  return (
    <table aria-labelledby={labelledBy} className="w-full max-sm:block">
      <thead className="max-sm:sr-only">
        <tr className="border-line border-b text-left text-ink3 text-xs">
          {columns.map(({ id, header, align, headerClassName }) => (
            <th
              key={id}
              scope="col"
              className={cn(
                'px-3 py-2 font-normal first:pl-4 last:pr-4',
                align === 'end' && 'text-right',
                headerClassName,
              )}
            >
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="max-sm:block">
        {rows.map((row) => (
          <tr
            key={rowKey(row)}
            className={cn('border-line2 border-b align-top last:border-0 max-sm:grid max-sm:px-4', rowClassName)}
          >
            {columns.map((column) => (
              <StaticCell key={column.id} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function StaticCell<T>({ column, row }: { column: StaticColumn<T>; row: T }): ReactElement {
  const { header, cell, align, isRowHeader, isLabelled, className } = column
  const look = cn(
    'px-3 py-1.5 first:pl-4 last:pr-4 max-sm:p-0 max-sm:first:pl-0 max-sm:last:pr-0',
    align === 'end' && 'text-right max-sm:text-left',
    className,
  )
  const content = (
    <>
      {isLabelled && (
        <span aria-hidden className="block text-ink3 text-xs sm:hidden">
          {header}
        </span>
      )}
      {cell(row)}
    </>
  )
  if (!isRowHeader) return <td className={look}>{content}</td>
  return (
    <th scope="row" className={cn('text-left font-normal', look)}>
      {content}
    </th>
  )
}
