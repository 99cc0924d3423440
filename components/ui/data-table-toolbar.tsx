'use client'

import { ArrowDownUp, Columns3, Search, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import type { TableView } from '../../lib/client/table-view.ts'
import { Button } from './button.tsx'
import { type DataColumn, parseOrder, sortKeyOf } from './data-table-model.ts'
import { Menu, MenuCheckboxItem } from './menu.tsx'
import { Select } from './select.tsx'

const TYPING_PAUSE_MS = 250

/** Asks the list once the typing pauses, and follows the address when the reader goes back. */
export function FilterBox({ view, label, hint }: { view: TableView; label: string; hint?: string }): ReactElement {
  const t = useTranslations('ui.table')
  const [text, setText] = useState(view.q)
  const [asked, setAsked] = useState(view.q)
  if (view.q !== asked) {
    setAsked(view.q)
    setText(view.q)
  }
  useEffect(() => {
    if (text === asked) return
    const timer = setTimeout(() => {
      setAsked(text)
      view.setQ(text)
    }, TYPING_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, asked, view])
  return (
    <span className="relative flex min-w-0 flex-1 basis-56 items-center sm:max-w-sm">
      <Search aria-hidden className="pointer-events-none absolute left-2.5 size-4 text-ink3" />
      <input
        type="search"
        aria-label={t('filterLabel', { table: label })}
        placeholder={hint ?? t('filter')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        autoComplete="off"
        spellCheck={false}
        className="h-8 w-full rounded-md border border-line bg-panel pr-8 pl-8 text-sm placeholder:text-ink3 [&::-webkit-search-cancel-button]:hidden"
      />
      {text === '' ? null : (
        <Button
          look="quiet"
          square
          aria-label={t('clearFilter')}
          className="absolute right-0.5 size-7"
          onClick={() => setText('')}
        >
          <X aria-hidden className="size-4" />
        </Button>
      )}
    </span>
  )
}

interface ToolbarProps<Row> {
  columns: readonly DataColumn<Row>[]
  hidden: ReadonlySet<string>
  onHiddenChange(hidden: ReadonlySet<string>): void
  view: TableView
  filter: ReactNode
  children?: ReactNode
}

export function TableToolbar<Row>(props: ToolbarProps<Row>): ReactElement {
  const { columns, view, filter, children } = props
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-b px-3 py-2">
      {filter}
      {children}
      <NarrowSort columns={columns} view={view} />
      <ColumnChoice {...props} />
    </div>
  )
}

/** Cards have no header to click: the order is chosen here. */
function NarrowSort<Row>({ columns, view }: Pick<ToolbarProps<Row>, 'columns' | 'view'>): ReactElement | null {
  const t = useTranslations('ui.table')
  const options = columns.flatMap((column) => {
    const key = sortKeyOf(column)
    return key === null ? [] : [{ value: key, label: column.header }]
  })
  if (options.length === 0) return null
  const order = parseOrder(view.sort, columns)
  const isDescending = order?.isDescending ?? false
  const value = view.sort.replace(/^-/, '')
  const known = options.some((option) => option.value === value)
    ? options
    : [{ value, label: t('sortLabel') }, ...options]
  return (
    <span className="flex min-w-0 basis-full gap-2 sm:hidden">
      <Select
        aria-label={t('sortLabel')}
        className="min-w-0 flex-1"
        value={value}
        options={known}
        onValueChange={(key) => view.setSort(isDescending ? `-${key}` : key)}
      />
      <Button
        square
        aria-label={`${t('direction')} (${isDescending ? t('descending') : t('ascending')})`}
        onClick={() => view.setSort(isDescending ? value : `-${value}`)}
      >
        <ArrowDownUp aria-hidden className="size-4" />
      </Button>
    </span>
  )
}

function ColumnChoice<Row>({ columns, hidden, onHiddenChange }: ToolbarProps<Row>): ReactElement | null {
  const t = useTranslations('ui.table')
  const choices = columns.slice(1).filter((column) => column.canHide !== false)
  if (choices.length < 2) return null
  const toggle = (id: string, isShown: boolean): void => {
    const next = new Set(hidden)
    if (isShown) next.delete(id)
    else next.add(id)
    onHiddenChange(next)
  }
  const trigger = (
    <Button className="ml-auto max-sm:hidden" aria-label={t('columnsShown')}>
      <Columns3 aria-hidden className="size-4" />
      {t('columns')}
    </Button>
  )
  return (
    <Menu trigger={trigger} align="end">
      {choices.map((column) => (
        <MenuCheckboxItem
          key={column.id}
          checked={!hidden.has(column.id)}
          onCheckedChange={(isShown) => toggle(column.id, isShown)}
        >
          {column.header}
        </MenuCheckboxItem>
      ))}
    </Menu>
  )
}
