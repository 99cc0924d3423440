'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { DeadLetterAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { shortCause } from '../../lib/client/dead-letter-views.ts'
import { visibleText } from '../../lib/client/payload.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { PayloadView } from '../messages/payload-view.tsx'
import { PanelSection } from '../ui/panel-section.tsx'
import { StaleBanner } from '../ui/states.tsx'
import { RelativeTime } from '../ui/values.tsx'
import { CauseTemplate, ClassName } from './cause-text.tsx'
import { ExceptionPanel } from './exception-panel.tsx'
import { HeaderTable } from './header-table.tsx'
import { WayHere } from './way-here.tsx'

interface RecordViewProps {
  record: DeadLetterAnswer
  /** Asks for more of a payload that was cut; left out where there is no more to have. */
  onMoreBytes?: () => void
  isLoadingMore?: boolean
}

/** Everything that is known of one dead letter. The wizard of a replay shows it as well. */
export function RecordView({ record, onMoreBytes, isLoadingMore = false }: RecordViewProps): ReactElement {
  const t = useTranslations('deadLetters.record')
  if (record.gone !== null) return <GoneRecord record={record} by={record.gone.by} />
  const more = onMoreBytes === undefined ? {} : { onMore: onMoreBytes, isLoadingMore }
  return (
    <div className="grid gap-5">
      <RecordNotices record={record} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_minmax(0,2fr)] [&>*]:min-w-0">
        <WayHere record={record} />
        <ExceptionPanel exception={record.exception} />
      </div>
      <PanelSection id="payload-title" title={t('payload.title')}>
        <Part record={record} part="key" more={more} />
        <Part record={record} part="value" more={more} />
      </PanelSection>
      <HeaderTable record={record} />
      {record.faults.length > 0 && <HeaderFaults faults={record.faults} />}
      <StatusHistory record={record} />
    </div>
  )
}

/** What was noted of one that lies in the queue no more. */
function GoneRecord({ record, by }: { record: DeadLetterAnswer; by: 'retention' | 'purge' }): ReactElement {
  const t = useTranslations('deadLetters')
  const { name, message } = shortCause(record)
  return (
    <div className="grid gap-5">
      <div className="-mb-4">
        <StaleBanner level={record.status === 'expired' ? 'losing' : 'unknown'} title={t(`record.goneBy.${by}`)}>
          {t('record.goneText')}
        </StaleBanner>
      </div>
      <div className="grid items-start gap-5 xl:grid-cols-2 [&>*]:min-w-0">
        <WayHere record={record} />
        <PanelSection id="cause-title" title={t('causes.by.cause')}>
          <div className="px-3 py-2.5">
            {name !== null && <ClassName name={name} />}
            {message !== null && <CauseTemplate message={message} className="block [overflow-wrap:anywhere]" />}
            {name === null && message === null && <p className="text-ink2">{t('causes.none')}</p>}
          </div>
        </PanelSection>
      </div>
      <StatusHistory record={record} />
    </div>
  )
}

interface PartProps {
  record: DeadLetterAnswer
  part: 'key' | 'value'
  more: { onMore?: () => void; isLoadingMore?: boolean }
}

function Part({ record, part, more }: PartProps): ReactElement {
  const t = useTranslations('payload.part')
  const words = useTranslations('deadLetters.record.pointer')
  // Share groups leave the payload where it was: a missing one is no tombstone then.
  const missing = record.pointer === null ? {} : { missing: words('here') }
  return (
    <div className="border-line border-b last:border-0">
      <h3 className="px-3 pt-2.5 font-semibold text-sm">{t(part)}</h3>
      <PayloadView payload={record[part]} part={part} layout="pair" {...more} {...(part === 'value' ? missing : {})} />
    </div>
  )
}

/** Where the payload of a share group's record lies, and whether it is still there. */
function usePointerText({ pointer }: DeadLetterAnswer): string | null {
  const t = useTranslations('deadLetters')
  const format = useFormat()
  if (pointer === null) return null
  const { topic, partition, offset } = pointer
  const place = t('record.pointer.place', { topic: visibleText(topic), partition, offset: format.number(offset) })
  return t(`record.pointer.${pointer.state}`, { place })
}

function RecordNotices({ record }: { record: DeadLetterAnswer }): ReactNode {
  const t = useTranslations('deadLetters.record')
  const pointer = usePointerText(record)
  const isDamaged = record.rocketmq?.isBodyIntact === false
  if (pointer === null && !isDamaged) return null
  return (
    <div className="-mb-4">
      {isDamaged && <StaleBanner level="losing" title={t('bodyDamaged')} />}
      {pointer !== null && (
        <StaleBanner level={record.pointer?.state === 'gone' ? 'losing' : 'unknown'} title={t('pointer.title')}>
          {pointer}
        </StaleBanner>
      )}
    </div>
  )
}

const FAULT_CODES = [
  ...(['undecodable', 'notUtf8', 'outOfRange', 'empty', 'tooLong', 'illegalName', 'otherEncoding'] as const),
  ...(['ambiguous', 'shortened', 'uneven', 'stale', 'tooMany', 'impossible', 'pointsAtItself'] as const),
  'perhapsTopicId',
] as const

function HeaderFaults({ faults }: { faults: DeadLetterAnswer['faults'] }): ReactElement {
  const t = useTranslations('deadLetters')
  return (
    <PanelSection id="faults-title" title={t('record.faults.title')} note={t('record.faults.text')}>
      <ul className="grid gap-1 px-3 py-2">
        {faults.map(({ code, header }, index) => {
          const known = FAULT_CODES.find((one) => one === code)
          const name = visibleText(header)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same fault may be there twice.
            <li key={index} className="[overflow-wrap:anywhere]">
              {known === undefined ? `${name}: ${code}` : t(`headerFault.${known}`, { header: name })}
            </li>
          )
        })}
      </ul>
    </PanelSection>
  )
}

const ACTIONS = ['archive', 'restore', 'replay', 'return'] as const

/** Who did what with it last. */
function StatusHistory({ record: { handled, status } }: { record: DeadLetterAnswer }): ReactElement {
  const t = useTranslations('deadLetters')
  const action = ACTIONS.find((one) => one === handled?.action) ?? 'other'
  return (
    <PanelSection id="status-title" title={t('record.history.title')}>
      <div className="px-3 py-2">
        {handled === null ? (
          <p className="text-ink2">
            {status === 'open' || status === 'expired' ? t(`record.history.${status}`) : t(`status.${status}`)}
          </p>
        ) : (
          <>
            <p>
              {t('record.history.by', { action: t(`record.action.${action}`), name: handled.by })}
              {' · '}
              <RelativeTime at={handled.at} />
              {handled.replayId !== null && (
                <>
                  {' · '}
                  <a href={`/replays/${encodeURIComponent(handled.replayId)}`} className="underline">
                    {t('record.history.job', { job: handled.replayId })}
                  </a>
                </>
              )}
            </p>
            {handled.note !== null && (
              <p className="text-ink2 [overflow-wrap:anywhere]">
                {t('record.history.note', { note: visibleText(handled.note) })}
              </p>
            )}
          </>
        )}
      </div>
    </PanelSection>
  )
}
