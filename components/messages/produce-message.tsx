'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Send, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useRef, useState } from 'react'
import type { SentMessageAnswer } from '../../lib/api/schemas/messages.ts'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { apiSend } from '../../lib/client/api.ts'
import { placeText } from '../../lib/client/message-browse.ts'
import { draftBytes, EMPTY_DRAFT, type MessageDraft, produceBody } from '../../lib/client/message-draft.ts'
import { clusterPath, clustersQuery } from '../../lib/client/queries/clusters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Checkbox, Field, TextArea, TextInput } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { ErrorState } from '../ui/states.tsx'

interface ProduceProps {
  clusterId: string
  topic: TopicDetailAnswer
}

/** Offered only where it is allowed; where the cluster is read-only, the button says so instead of being missing. */
export function ProduceMessage({ clusterId, topic }: ProduceProps): ReactElement | null {
  const t = useTranslations('messageBrowser.produce')
  const cluster = useQuery(clustersQuery()).data?.items.find(({ id }) => id === clusterId)
  const rights = useRights()
  const [isOpen, setOpen] = useState(false)
  const mayProduce = rights.mayChange('messages:produce', { clusterId, topic: topic.name })
  if (!mayProduce || cluster === undefined) return null
  return (
    <>
      <Button
        disabled={cluster.readOnly}
        title={cluster.readOnly ? t('readOnly', { cluster: cluster.name }) : undefined}
        onClick={() => setOpen(true)}
      >
        <Send aria-hidden className="size-4" />
        {t('open')}
      </Button>
      {isOpen ? <ProduceDialog clusterId={clusterId} topic={topic} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

function useProduce(clusterId: string, topic: string) {
  const client = useQueryClient()
  const isSent = useRef(false)
  const { mutate, ...send } = useMutation({
    mutationFn: (draft: MessageDraft) =>
      apiSend<SentMessageAnswer>(
        'POST',
        clusterPath(clusterId, `/topics/${encodeURIComponent(topic)}/messages`),
        produceBody(draft),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['messages', clusterId, topic] }),
    onSettled: () => {
      isSent.current = false
    },
  })
  const once = (draft: MessageDraft): void => {
    if (isSent.current) return
    isSent.current = true
    mutate(draft)
  }
  return { ...send, once }
}

/** Typed first, then looked at, then sent. */
function ProduceDialog({ clusterId, topic, onClose }: ProduceProps & { onClose(): void }): ReactElement {
  const t = useTranslations('messageBrowser.produce')
  const [draft, setDraft] = useState(EMPTY_DRAFT)
  const [isLooking, setLooking] = useState(false)
  const { once, isPending, data, error, reset } = useProduce(clusterId, topic.name)
  const change = (part: Partial<MessageDraft>): void => setDraft((before) => ({ ...before, ...part }))
  const back = (): void => {
    reset()
    setLooking(false)
  }
  const actions =
    data !== undefined ? (
      <Button onClick={onClose}>{t('done')}</Button>
    ) : isLooking ? (
      <>
        <Button onClick={back}>{t('back')}</Button>
        <Button look="primary" disabled={isPending} onClick={() => once(draft)}>
          {isPending ? t('sending') : t('send', { topic: topic.name })}
        </Button>
      </>
    ) : (
      <>
        <Button onClick={onClose}>{t('close')}</Button>
        <Button look="primary" disabled={draft.headers.some(({ key }) => key === '')} onClick={() => setLooking(true)}>
          {t('look')}
        </Button>
      </>
    )
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t('title', { topic: topic.name })}
      description={t('text')}
      actions={actions}
    >
      {data !== undefined ? (
        <Sent answer={data} />
      ) : isLooking ? (
        <Preview draft={draft} topic={topic.name} />
      ) : (
        <DraftFields draft={draft} change={change} topic={topic} />
      )}
      {error === null ? null : <ErrorState error={error} className="px-0 py-2" />}
    </Dialog>
  )
}

interface DraftProps {
  draft: MessageDraft
  change(part: Partial<MessageDraft>): void
  topic: TopicDetailAnswer
}

function DraftFields({ draft, change, topic }: DraftProps): ReactElement {
  const t = useTranslations('messageBrowser.produce')
  const places = topic.partitionStates.map((state) => placeText(state))
  return (
    <div className="space-y-4">
      <Field id="produce-partition" label={t('partition')}>
        <Select
          id="produce-partition"
          aria-label={t('partition')}
          className="w-full sm:w-64"
          value={draft.partition}
          options={['', ...places].map((value) => ({ value, label: value === '' ? t('anyPartition') : value }))}
          onValueChange={(partition) => change({ partition })}
        />
      </Field>
      <div>
        <Checkbox
          id="produce-has-key"
          label={t('hasKey')}
          checked={draft.hasKey}
          onChange={(hasKey) => change({ hasKey })}
        />
        {draft.hasKey ? (
          <Field id="produce-key" label={t('key')}>
            <TextInput
              id="produce-key"
              aria-describedby={undefined}
              value={draft.key}
              onChange={(event) => change({ key: event.target.value })}
            />
          </Field>
        ) : null}
      </div>
      <div>
        <Field id="produce-value" label={t('value')}>
          <TextArea
            id="produce-value"
            rows={7}
            aria-describedby={undefined}
            disabled={draft.isTombstone}
            value={draft.isTombstone ? '' : draft.value}
            onChange={(event) => change({ value: event.target.value })}
          />
        </Field>
        <Checkbox
          id="produce-tombstone"
          label={t('tombstone')}
          checked={draft.isTombstone}
          onChange={(isTombstone) => change({ isTombstone })}
        />
      </div>
      <HeaderFields draft={draft} change={change} />
    </div>
  )
}

function HeaderFields({ draft, change }: Omit<DraftProps, 'topic'>): ReactElement {
  const t = useTranslations('messageBrowser.produce')
  const put = (at: number, part: Partial<MessageDraft['headers'][number]>): void =>
    change({ headers: draft.headers.map((header, index) => (index === at ? { ...header, ...part } : header)) })
  return (
    <fieldset>
      <legend className="mb-1 font-semibold">{t('headers')}</legend>
      <ul className="space-y-1.5">
        {draft.headers.map((header, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header is its place; names may come several times.
          <li key={at} className="flex gap-1.5">
            <TextInput
              id={`produce-header-${at}`}
              aria-describedby={undefined}
              aria-label={t('headerKey', { number: at + 1 })}
              value={header.key}
              onChange={(event) => put(at, { key: event.target.value })}
            />
            <TextInput
              id={`produce-header-value-${at}`}
              aria-describedby={undefined}
              aria-label={t('headerValue', { number: at + 1 })}
              value={header.value}
              onChange={(event) => put(at, { value: event.target.value })}
            />
            <Button
              look="quiet"
              square
              aria-label={t('removeHeader', { number: at + 1 })}
              onClick={() => change({ headers: draft.headers.filter((_, index) => index !== at) })}
            >
              <Trash2 aria-hidden className="size-4" />
            </Button>
          </li>
        ))}
      </ul>
      <Button className="mt-1" onClick={() => change({ headers: [...draft.headers, { key: '', value: '' }] })}>
        <Plus aria-hidden className="size-4" />
        {t('addHeader')}
      </Button>
    </fieldset>
  )
}

/** What will be sent, as it will be sent, and what that means. */
function Preview({ draft, topic }: { draft: MessageDraft; topic: string }): ReactElement {
  const t = useTranslations('messageBrowser.produce')
  const format = useFormat()
  const body = produceBody(draft)
  return (
    <div className="space-y-3">
      <p className="rounded-md bg-riskbg px-3 py-2">{t('warning', { topic })}</p>
      <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
        <dt className="text-ink3">{t('partition')}</dt>
        <dd>{draft.partition === '' ? t('anyPartition') : draft.partition}</dd>
        <dt className="text-ink3">{t('key')}</dt>
        <dd className="break-all font-mono text-xs leading-5">
          {body.key ?? <span className="text-ink3">{t('noKey')}</span>}
        </dd>
        <dt className="text-ink3">{t('value')}</dt>
        <dd className="max-h-64 overflow-y-auto whitespace-pre-wrap break-all font-mono text-xs leading-5">
          {body.value ?? <span className="text-ink3">{t('noValue')}</span>}
        </dd>
        <dt className="text-ink3">{t('headers')}</dt>
        <dd className="break-all font-mono text-xs leading-5">
          {body.headers.length === 0 ? <span className="text-ink3">{t('noHeaders')}</span> : null}
          {body.headers.map(({ key, value }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a header is its place.
            <span key={at} className="block">
              {key}: {value}
            </span>
          ))}
        </dd>
        <dt className="text-ink3">{t('size')}</dt>
        <dd>{format.bytes(draftBytes(draft))}</dd>
      </dl>
    </div>
  )
}

function Sent({ answer }: { answer: SentMessageAnswer }): ReactElement {
  const t = useTranslations('messageBrowser.produce')
  const format = useFormat()
  return (
    <div role="status">
      <p className="font-semibold">
        {answer.offset === null
          ? t('sentTo', { place: placeText(answer) })
          : t('sent', { place: placeText(answer), offset: format.number(answer.offset) })}
      </p>
      {answer.confirmed ? null : <p className="text-risk">{t('sentUnconfirmed')}</p>}
    </div>
  )
}
