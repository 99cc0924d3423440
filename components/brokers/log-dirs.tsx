'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { ForecastTime } from '../ui/forecast-time.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { Bytes, Unknown } from '../ui/values.tsx'
import { DiskBar } from './disk-bar.tsx'

type LogDir = NonNullable<BrokerAnswer['logDirs']>[number]

/** Each log directory with its volume: used, the broker's own part of it, and what is left. */
export function LogDirs({ broker }: { broker: BrokerAnswer }): ReactElement {
  const t = useTranslations('brokers')
  return (
    <section aria-labelledby="disks">
      <h2 id="disks" className="mb-2 font-semibold text-base">
        {t('one.disks')}
      </h2>
      <div className="panel divide-y divide-line2">
        {broker.logDirs === null ? (
          <p className="px-4 py-3">
            <Unknown why={broker.fault?.message ?? t('diskUnknown')} />{' '}
            <span className="text-ink2">{broker.fault?.message ?? t('diskUnknown')}</span>
          </p>
        ) : (
          broker.logDirs.map((logDir) => <LogDirRow key={logDir.path} logDir={logDir} />)
        )}
      </div>
    </section>
  )
}

function LogDirRow({ logDir }: { logDir: LogDir }): ReactElement {
  const t = useTranslations('brokers.one')
  const format = useFormat()
  const ratio = logDir.usedRatio
  const logRatio = logDir.logBytes === null || logDir.totalBytes === null ? null : logDir.logBytes / logDir.totalBytes
  return (
    <div className="px-4 py-3">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <code className="break-all font-mono">{logDir.path}</code>
        <span className="font-semibold">
          {ratio === null ? <Unknown why={t('sizeUnknown')} /> : format.percent(ratio)}
        </span>
      </div>
      {ratio === null ? (
        <div aria-hidden className="hatched h-3 rounded-sm border border-line" />
      ) : (
        <DiskBar ratio={ratio} logRatio={logRatio} className="h-3" />
      )}
      <dl className="mt-2 grid grid-cols-2 gap-x-6 gap-y-1 sm:flex sm:gap-8">
        <Size name={t('total')} bytes={logDir.totalBytes} />
        <Size name={t('used')} bytes={logDir.usedBytes} />
        <Size name={t('log')} bytes={logDir.logBytes} hint={t('logHint')} />
        <Size name={t('usable')} bytes={logDir.usableBytes} />
        <div>
          <dt className="text-ink3 text-xs">{t('fullAt')}</dt>
          <dd>
            <ForecastTime forecast={logDir.fullAt} />
          </dd>
        </div>
      </dl>
      {logDir.error === null ? null : (
        <p className="mt-2 flex gap-2">
          <StateGlyph level="atRisk" label={t('logDirFault')} sizePx={14} className="mt-0.5 shrink-0" />
          <span className="min-w-0 break-words">
            {logDir.error.message} <span className="text-ink2">{logDir.error.fix}</span>
          </span>
        </p>
      )}
    </div>
  )
}

function Size({ name, bytes, hint }: { name: string; bytes: number | null; hint?: string }): ReactElement {
  return (
    <div title={hint}>
      <dt className="text-ink3 text-xs">{name}</dt>
      <dd>
        <Bytes value={bytes} />
      </dd>
    </div>
  )
}
