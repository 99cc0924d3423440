'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { Pause, Play, Radio } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { parseAsBoolean, useQueryState } from 'nuqs'
import { type ReactElement, useMemo, useState } from 'react'
import type { MessageAnswer, MessageListAnswer } from '../../lib/api/schemas/messages.ts'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { type BrowseView, isFiltered, messageKey, placeText } from '../../lib/client/message-browse.ts'
import { browseQuery } from '../../lib/client/queries/messages.ts'
import { type TableSource, UNSORTED, wholeSource } from '../../lib/client/table-view.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { Button } from '../ui/button.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { useBrowseColumns } from './browse-columns.tsx'
import { BrowseForm } from './browse-form.tsx'
import { MessageDialog } from './message-dialog.tsx'
import { ProduceMessage } from './produce-message.tsx'
import { useBrowseView } from './use-browse-view.ts'
import { type Tail, useTail } from './use-tail.ts'

interface BrowserProps {
  clusterId: string
  topic: TopicDetailAnswer
}

/** The messages of any topic. Nothing is asked but what a person asks for, and it always says how far it looked. */
export function MessageBrowser({ clusterId, topic }: BrowserProps): ReactElement {
  const t = useTranslations('messageBrowser')
  const [view, setView] = useBrowseView()
  const { seesPayloads } = useRights()
  const [isTailOn, setTailOn] = useQueryState('tail', parseAsBoolean.withDefault(false))
  const [open, setOpen] = useState<MessageAnswer | null>(null)
  const result = useInfiniteQuery({ ...browseQuery(clusterId, topic.name, view), enabled: !isTailOn })
  const tail = useTail(clusterId, topic.name, view, isTailOn)
  const pages = result.data?.pages
  const read = useMemo(() => rowsOf(pages, view), [pages, view])
  const rows = isTailOn ? tail.rows : read
  const source: TableSource<MessageAnswer> = {
    ...wholeSource(rows),
    status: isTailOn || pages !== undefined ? 'ready' : result.error !== null ? 'failed' : 'loading',
    error: result.error,
    retry: () => void result.refetch(),
  }
  const columns = useBrowseColumns(setOpen)
  return (
    <>
      <BrowseForm
        view={view}
        topic={topic}
        isTailOn={isTailOn}
        hasPayloads={seesPayloads({ clusterId, topic: topic.name })}
        isReading={result.isFetching}
        onRead={(next) => {
          const isSame = JSON.stringify({ ...view, ...next }) === JSON.stringify(view)
          void setTailOn(null)
          if (isSame && !isTailOn) void result.refetch()
          else setView(next)
        }}
      />
      <DataTable
        name="messages"
        label={t('title')}
        columns={columns}
        source={source}
        view={UNSORTED}
        rowKey={messageKey}
        empty={<NoMessages view={view} pages={pages} isTailOn={isTailOn} />}
      >
        <TailControls isOn={isTailOn} setOn={(isOn) => void setTailOn(isOn ? true : null)} tail={tail} />
        <ProduceMessage clusterId={clusterId} topic={topic} />
      </DataTable>
      {isTailOn ? (
        <TailFoot tail={tail} />
      ) : pages === undefined ? null : (
        <HowFar
          pages={pages}
          view={view}
          isReading={result.isFetchingNextPage}
          error={result.isFetchNextPageError ? result.error : null}
          {...(result.hasNextPage ? { onMore: () => void result.fetchNextPage() } : {})}
        />
      )}
      {open === null ? null : (
        <MessageDialog clusterId={clusterId} topic={topic.name} message={open} rows={rows} onOpen={setOpen} />
      )}
    </>
  )
}

/** From the end one wants to see the newest first. */
function rowsOf(pages: readonly MessageListAnswer[] | undefined, view: BrowseView): MessageAnswer[] {
  const rows = pages?.flatMap((page) => page.items) ?? []
  if (view.start !== 'latest') return rows
  return rows.toReversed()
}

function NoMessages({
  view,
  pages,
  isTailOn,
}: {
  view: BrowseView
  pages: readonly MessageListAnswer[] | undefined
  isTailOn: boolean
}): ReactElement {
  const t = useTranslations('messageBrowser.empty')
  if (isTailOn) return <EmptyState title={t('tail')} text={t('tailText')} />
  if (pages?.at(-1)?.complete === false) return <EmptyState title={t('notYet')} text={t('notYetText')} />
  if (isFiltered(view)) return <EmptyState title={t('noMatch')} text={t('noMatchText')} />
  return <EmptyState title={t('none')} text={t('noneText')} />
}

interface HowFarProps {
  pages: readonly MessageListAnswer[]
  view: BrowseView
  isReading: boolean
  error: unknown
  onMore?: () => void
}

const PLACES_SHOWN = 4

/** What was looked at, where it stopped, and the way on: a search that found nothing must not look like proof. */
function HowFar({ pages, view, isReading, error, onMore }: HowFarProps): ReactElement {
  const t = useTranslations('messageBrowser')
  const format = useFormat()
  const scanned = pages.reduce((sum, page) => sum + page.scanned, 0)
  const found = pages.reduce((sum, page) => sum + page.items.length, 0)
  const undecoded = pages.reduce((sum, page) => sum + page.undecoded, 0)
  const last = pages.at(-1)
  const places = last?.stoppedAt ?? []
  const names = places.slice(0, PLACES_SHOWN).map((place) => `${placeText(place)}: ${format.number(place.offset)}`)
  const more = places.length - names.length
  return (
    <div className="mt-2 space-y-2 px-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink2 text-xs">
        <p role="status" className="min-w-0 flex-1 basis-60">
          {isFiltered(view) ? t('foundOf', { found, scanned }) : t('read', { count: scanned })}{' '}
          {last?.complete === false ? (
            <span className="text-watch">
              {t('stopped', {
                places: more > 0 ? t('andMore', { places: names.join(', '), count: more }) : names.join(', '),
              })}
            </span>
          ) : (
            t(view.start === 'latest' ? 'completeLatest' : 'complete')
          )}
          {undecoded > 0 && <span className="text-watch"> {t('undecoded', { count: undecoded })}</span>}
        </p>
        {onMore === undefined ? null : (
          <Button onClick={onMore} disabled={isReading}>
            {isReading ? t('goingOn') : t('goOn')}
          </Button>
        )}
      </div>
      <NotRead pages={pages} />
      {error === null ? null : <ErrorState error={error} className="px-0 py-1" />}
    </div>
  )
}

/** What nobody can read, and who did not answer: it would otherwise look like nothing. */
function NotRead({ pages }: { pages: readonly MessageListAnswer[] }): ReactElement | null {
  const t = useTranslations('messageBrowser')
  const format = useFormat()
  const unreadable = pages.flatMap((page) => page.unreadable).slice(0, PLACES_SHOWN)
  const unreachable = pages.at(-1)?.unreachable.slice(0, PLACES_SHOWN) ?? []
  if (unreadable.length === 0 && unreachable.length === 0) return null
  return (
    <ul className="space-y-1 rounded-md bg-riskbg px-3 py-2">
      {unreachable.map(({ partition, broker, fault }) => (
        <li key={placeText({ partition, broker })} className="break-words">
          <span className="font-semibold">{t('unreachable', { place: placeText({ partition, broker }) })}</span>{' '}
          {fault.message} {fault.fix}
        </li>
      ))}
      {unreadable.map(({ partition, broker, fromOffset, toOffset, fault }) => (
        <li key={`${placeText({ partition, broker })}:${fromOffset}`} className="break-words">
          <span className="font-semibold">
            {t('unreadable', {
              place: placeText({ partition, broker }),
              from: format.number(fromOffset),
              to: format.number(toOffset - 1),
            })}
          </span>{' '}
          {fault.message}
        </li>
      ))}
    </ul>
  )
}

function TailControls({ isOn, setOn, tail }: { isOn: boolean; setOn(isOn: boolean): void; tail: Tail }): ReactElement {
  const t = useTranslations('messageBrowser.tail')
  return (
    <>
      <Button aria-pressed={isOn} className={isOn ? 'border-ink font-semibold' : ''} onClick={() => setOn(!isOn)}>
        <Radio aria-hidden className="size-4" />
        {t('follow')}
      </Button>
      {isOn ? (
        <Button onClick={() => tail.setFollowing(!tail.isFollowing)}>
          {tail.isFollowing ? <Pause aria-hidden className="size-4" /> : <Play aria-hidden className="size-4" />}
          {t(tail.isFollowing ? 'pause' : 'resume')}
        </Button>
      ) : null}
    </>
  )
}

function TailFoot({ tail }: { tail: Tail }): ReactElement {
  const t = useTranslations('messageBrowser.tail')
  return (
    <div className="mt-2 px-1 text-ink2 text-xs">
      <p role="status">
        {t(tail.isFollowing ? 'following' : 'paused')} {t('scanned', { count: tail.scanned })} {t('kept')}
      </p>
      {tail.error === null ? null : <ErrorState error={tail.error} className="px-0 py-1" />}
    </div>
  )
}
