'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { HoldPreviewAnswer } from '../../lib/api/schemas/holds.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { DialogSection } from '../ui/dialog-section.tsx'
import { ScrollPanel } from '../ui/scroll-panel.tsx'
import { Bytes, Unknown } from '../ui/values.tsx'
import { useSettingValue } from './setting-words.ts'

/** What a hold would change, what restores it, and how much disk it takes. */
export function HoldPreview({ preview }: { preview: HoldPreviewAnswer }): ReactElement {
  const t = useTranslations('holds.dialog')
  return (
    <>
      <DialogSection title={t('changes')}>
        <Changes settings={preview.settings} />
        {preview.warnings.map(({ code, message }) => (
          <p key={code}>{message}</p>
        ))}
        {preview.isCompacted === true ? <p>{t('compacted')}</p> : null}
      </DialogSection>
      <DialogSection title={t('cost')}>
        <Growth bytesPerDay={preview.growthBytesPerDay} />
        {preview.brokers.length === 0 ? null : <Brokers brokers={preview.brokers} />}
        <p className="text-ink3 text-xs">{t('alone')}</p>
      </DialogSection>
    </>
  )
}

function Changes({ settings }: Pick<HoldPreviewAnswer, 'settings'>): ReactElement {
  const t = useTranslations('holds.dialog')
  const shown = useSettingValue()
  if (settings.length === 0) return <p>{t('changesUnknown')}</p>
  return (
    <ul className="list-disc space-y-1 pl-5">
      {settings.map(({ name, before, effectiveBefore, held }) => {
        const value = effectiveBefore.map((one) => shown(name, one)).join(' / ')
        return (
          <li key={name}>
            {t('change', {
              name,
              before: before === null ? t('default', { value }) : value,
              held: shown(name, held),
            })}
            ; {before === null ? t('restoredByDelete') : t('restoredTo', { before: shown(name, before) })}
          </li>
        )
      })}
    </ul>
  )
}

function Growth({ bytesPerDay }: { bytesPerDay: number | null }): ReactElement {
  const t = useTranslations('holds.dialog')
  const format = useFormat()
  if (bytesPerDay === null) return <p>{t('growthUnknown')}</p>
  return <p>{bytesPerDay === 0 ? t('noGrowth') : t('growth', { bytes: format.bytes(bytesPerDay) })}</p>
}

function Brokers({ brokers }: Pick<HoldPreviewAnswer, 'brokers'>): ReactElement {
  const t = useTranslations('holds.dialog')
  return (
    <ScrollPanel labelledBy="hold-brokers">
      <table className="mt-1 text-sm">
        <caption id="hold-brokers" className="sr-only">
          {t('brokers')}
        </caption>
        <thead>
          <tr className="text-left text-ink3 text-xs">
            <th className="py-1 pr-6 font-normal">{t('broker')}</th>
            <th className="py-1 pr-6 text-right font-normal">{t('brokerGrowth')}</th>
            <th className="py-1 pr-6 text-right font-normal">{t('free')}</th>
            <th className="py-1 text-right font-normal">{t('fullIn')}</th>
          </tr>
        </thead>
        <tbody>
          {brokers.map((one) => (
            <tr key={one.broker}>
              <th scope="row" className="py-0.5 pr-6 text-left font-normal text-ink">
                {one.broker}
              </th>
              <td className="py-0.5 pr-6 text-right">
                <Bytes value={one.growthBytesPerDay} />
              </td>
              <td className="py-0.5 pr-6 text-right">
                <Bytes value={one.usableBytes} />
              </td>
              <td className="py-0.5 text-right">
                <FullAfter broker={one} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollPanel>
  )
}

function FullAfter({ broker }: { broker: HoldPreviewAnswer['brokers'][number] }): ReactElement {
  const t = useTranslations('holds.dialog')
  const { fullInDays, growthBytesPerDay } = broker
  if (fullInDays !== null) return <span>{t('days', { days: Math.floor(fullInDays) })}</span>
  return growthBytesPerDay === 0 ? <span>{t('notByThis')}</span> : <Unknown />
}
