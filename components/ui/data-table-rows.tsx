'use client'

import { useWindowVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { cn } from './cn.ts'
import { type DataColumn, PRIORITY_CLASS, ROLES } from './data-table-model.ts'

export interface RowsProps<Row> {
  rows: readonly { key: string; row: Row }[]
  columns: readonly DataColumn<Row>[]
  rowHeightPx: number
  isOutdated: boolean
  hasMore: boolean
  loadMore(): void
  rowClassName?: ((row: Row) => string | undefined) | undefined
}

const ROW_AHEAD = 60
/** Up to here all rows are in the page: the browser's own search and print then see everything. */
const WHOLE_UP_TO = 120

/** Up and down move between the rows' links, so that a long table is not a long row of tab stops. */
function moveBetweenRows(event: KeyboardEvent<HTMLTableSectionElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const row = (event.target as HTMLElement).closest('tr')
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling
  const link = next?.querySelector<HTMLElement>('a, button')
  if (link === null || link === undefined) return
  event.preventDefault()
  link.focus()
}

interface RowProps<Row> {
  row: Row
  index: number
  columns: readonly DataColumn<Row>[]
  className?: string | undefined
  measure?: Ref<HTMLTableRowElement>
}

function TableRow<Row>({ row, index, columns, className, measure }: RowProps<Row>): ReactElement {
  return (
    <tr
      ref={measure}
      {...ROLES.row}
      data-index={index}
      aria-rowindex={index + 2}
      className={cn('data-row group', className)}
    >
      {columns.map((column, place) => (
        <TableCell
          key={column.id}
          column={column}
          isFirst={place === 0}
          content={column.cell(row)}
          isInCard={column.inCard?.(row) ?? true}
        />
      ))}
    </tr>
  )
}

interface CellProps<Row> {
  column: DataColumn<Row>
  isFirst: boolean
  content: ReactNode
  isInCard: boolean
}

/** In a card the first cell is its title and the others are labelled values; one without content is left out. */
function TableCell<Row>({ column, isFirst, content, isInCard }: CellProps<Row>): ReactElement {
  return (
    <td
      {...ROLES.cell}
      className={cn(
        'data-cell',
        column.align === 'end' && 'sm:text-right',
        isFirst ? 'max-sm:col-span-2' : 'max-sm:flex',
        column.isWide && 'max-sm:col-span-2',
        PRIORITY_CLASS[column.priority ?? 1],
        column.isNarrow && 'sm:px-1 sm:text-center',
        (content === null || !isInCard) && 'max-sm:hidden',
      )}
    >
      {isFirst ? null : (
        <span aria-hidden className="data-cell-label">
          {column.header}
        </span>
      )}
      <span className={isFirst ? 'data-cell-content' : 'data-cell-content max-sm:text-right'}>{content}</span>
    </td>
  )
}

function Body({
  isOutdated,
  children,
  bodyRef,
}: {
  isOutdated: boolean
  children: ReactNode
  bodyRef?: Ref<HTMLTableSectionElement>
}): ReactElement {
  return (
    <tbody
      ref={bodyRef}
      {...ROLES.rowgroup}
      onKeyDown={moveBetweenRows}
      className={cn('transition-opacity max-sm:block', isOutdated && 'opacity-50')}
    >
      {children}
    </tbody>
  )
}

function Spacer({ heightPx, span }: { heightPx: number; span: number }): ReactElement | null {
  if (heightPx <= 0) return null
  return (
    <tr aria-hidden className="max-sm:block" style={{ height: heightPx }}>
      <td colSpan={span} className="p-0" />
    </tr>
  )
}

/** Only the rows near the screen exist; two spacers stand for the others, so the page scrolls as if all did. */
function VirtualRows<Row>(props: RowsProps<Row>): ReactElement {
  const { rows, columns, hasMore, loadMore } = props
  const body = useRef<HTMLTableSectionElement>(null)
  const [scrollMargin, setScrollMargin] = useState(0)
  useLayoutEffect(() => {
    const top = body.current?.getBoundingClientRect().top
    if (top !== undefined) setScrollMargin(top + window.scrollY)
  }, [])
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => props.rowHeightPx,
    overscan: 12,
    scrollMargin,
    // A usual window without what stands above the table; the server draws no more than is seen at first.
    initialRect: { width: 1200, height: 640 },
    // What the server drew, also when the reader has scrolled before React took over.
    initialOffset: 0,
    getItemKey: (index) => rows[index]?.key ?? index,
  })
  const items = virtualizer.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  const lastIndex = last?.index ?? 0
  useEffect(() => {
    if (hasMore && lastIndex >= rows.length - ROW_AHEAD) loadMore()
  }, [hasMore, lastIndex, rows.length, loadMore])
  return (
    <Body isOutdated={props.isOutdated} bodyRef={body}>
      <Spacer heightPx={(first?.start ?? 0) - scrollMargin} span={columns.length} />
      {items.map((item) => {
        const entry = rows[item.index]
        return entry === undefined ? null : (
          <TableRow
            key={entry.key}
            row={entry.row}
            index={item.index}
            columns={columns}
            className={props.rowClassName?.(entry.row)}
            measure={virtualizer.measureElement}
          />
        )
      })}
      <Spacer heightPx={virtualizer.getTotalSize() - ((last?.end ?? 0) - scrollMargin)} span={columns.length} />
    </Body>
  )
}

export function TableRows<Row>(props: RowsProps<Row>): ReactElement {
  if (props.rows.length > WHOLE_UP_TO || props.hasMore) return <VirtualRows {...props} />
  return (
    <Body isOutdated={props.isOutdated}>
      {props.rows.map(({ key, row }, index) => (
        <TableRow key={key} row={row} index={index} columns={props.columns} className={props.rowClassName?.(row)} />
      ))}
    </Body>
  )
}
