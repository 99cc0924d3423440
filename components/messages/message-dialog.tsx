'use client'

import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import type { MessageAnswer } from '../../lib/api/schemas/messages.ts'
import { messageKey, placeText } from '../../lib/client/message-browse.ts'
import { oneLine, payloadText } from '../../lib/client/payload.ts'
import { messageQuery } from '../../lib/client/queries/messages.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { FactList } from '../topics/fact-list.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Bytes, Num, Unknown } from '../ui/values.tsx'
import { isWithheld, Withheld } from '../ui/withheld.tsx'
import { PayloadView } from './payload-view.tsx'

interface MessageDialogProps {
  clusterId: string
  topic: string
  message: MessageAnswer
  /** The list it stands in, to go from one to the next. */
  rows: readonly MessageAnswer[]
  onOpen(message: MessageAnswer | null): void
}

/** One message in full: where it lies, its value, its key, and its headers in their order. */
export function MessageDialog({ clusterId, topic, message, rows, onOpen }: MessageDialogProps): ReactElement {
  const t = useTranslations('messageBrowser.one')
  const at = rows.findIndex((row) => messageKey(row) === messageKey(message))
  const before = at > 0 ? rows[at - 1] : undefined
  const behind = at >= 0 ? rows[at + 1] : undefined
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => (open ? undefined : onOpen(null))}
      title={t('title', { topic, place: messageKey(message) })}
      actions={
        <>
          <Button disabled={before === undefined} onClick={() => onOpen(before ?? null)}>
            <ChevronUp aria-hidden className="size-4" />
            {t('previous')}
          </Button>
          <Button disabled={behind === undefined} onClick={() => onOpen(behind ?? null)}>
            <ChevronDown aria-hidden className="size-4" />
            {t('next')}
          </Button>
        </>
      }
    >
      <Facts message={message} />
      <Part title={t('value')}>
        <Value key={messageKey(message)} clusterId={clusterId} topic={topic} message={message} />
      </Part>
      <Part title={t('key')}>
        <PayloadView key={messageKey(message)} payload={message.key} part="key" />
      </Part>
      <Headers message={message} />
    </Dialog>
  )
}

/** A large value is fetched whole only when a person asks for it. */
function Value({
  clusterId,
  topic,
  message,
}: Pick<MessageDialogProps, 'clusterId' | 'topic' | 'message'>): ReactElement {
  const [isWanted, setWanted] = useState(false)
  const { data, error, isFetching } = useQuery({ ...messageQuery(clusterId, topic, message, true), enabled: isWanted })
  const payload = data?.value ?? message.value
  return (
    <>
      <PayloadView
        payload={payload}
        part="value"
        isLoadingMore={isFetching}
        {...(data === undefined ? { onMore: () => setWanted(true) } : {})}
      />
      {error === null ? null : <ErrorState error={error} className="px-3 py-2" />}
    </>
  )
}

function Part({ title, children }: { title: string; children: ReactElement }): ReactElement {
  return (
    <section className="mt-4">
      <h3 className="mb-1 font-semibold">{title}</h3>
      <div className="rounded-md border border-line">{children}</div>
    </section>
  )
}

function Facts({ message }: { message: MessageAnswer }): ReactElement {
  const t = useTranslations('messageBrowser.one')
  const format = useFormat()
  const { rocketmq, timestamp } = message
  const timeText = (at: string | null) => (at === null ? <Unknown key="time" /> : format.exact(Date.parse(at)))
  return (
    <FactList
      facts={[
        [t('partition'), placeText(message)],
        [t('offset'), <Num key="offset" value={message.offset} />],
        [t('time'), timeText(timestamp)],
        [t('size'), <Bytes key="size" value={message.sizeBytes} />],
        ...(rocketmq === null
          ? []
          : ([
              [
                t('messageId'),
                <code key="id" className="break-all font-mono font-normal text-xs">
                  {rocketmq.messageId}
                </code>,
              ],
              [t('bornAt'), timeText(rocketmq.bornAt)],
              [t('reconsumeTimes'), <Num key="times" value={rocketmq.reconsumeTimes} />],
              ...(rocketmq.isBodyIntact === false ? ([[t('body'), t('damaged')]] as const) : []),
            ] as const)),
      ]}
    />
  )
}

const HEADER_LETTERS = 2_000

function Headers({ message }: { message: MessageAnswer }): ReactElement {
  const t = useTranslations('messageBrowser.one')
  const format = useFormat()
  if (message.headers.length === 0) return <p className="mt-4 text-ink2">{t('noHeaders')}</p>
  return (
    <section className="mt-4">
      <h3 className="mb-1 font-semibold">{t('headers', { count: message.headerCount })}</h3>
      <dl className="divide-y divide-line2 rounded-md border border-line">
        {message.headers.map(({ key, value }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header is its place; names may come several times.
          <div key={place} className="grid gap-x-4 px-3 py-1 sm:grid-cols-[14rem_minmax(0,1fr)]">
            <dt className="break-all text-ink2">{oneLine(key, HEADER_LETTERS)}</dt>
            <dd className="break-all font-mono text-xs leading-5">
              {value === null ? (
                <span className="text-ink3">{t('nullHeader')}</span>
              ) : isWithheld(value) ? (
                <Withheld payload={value} />
              ) : value.encoding === 'utf8' ? (
                oneLine(payloadText(value), HEADER_LETTERS)
              ) : (
                <span className="text-ink3">{t('binaryHeader', { size: format.bytes(value.sizeBytes) })}</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
