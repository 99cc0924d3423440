'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { Forecast } from '../../lib/api/schemas/common.ts'
import type { RocketmqBrokerAnswer } from '../../lib/api/schemas/rocketmq.ts'
import { commitLogLevel, commitLogLevels } from '../../lib/client/rocketmq-views.ts'
import { STATE_TEXT } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from '../ui/cn.ts'
import { ForecastTime } from '../ui/forecast-time.tsx'
import { PanelSection } from '../ui/panel-section.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { Unknown } from '../ui/values.tsx'
import { DiskBar } from './disk-bar.tsx'

interface CommitLogDiskProps {
  /** Null when the broker did not tell. */
  ratio: number | null
  marks: RocketmqBrokerAnswer['diskMarks']
  fullAt: Forecast
}

/** How full the commit log's volume is, against the levels at which the broker begins to act. */
export function CommitLogDisk({ ratio, marks, fullAt }: CommitLogDiskProps): ReactElement {
  const t = useTranslations('brokers.commitLog')
  const format = useFormat()
  const reached = ratio === null ? null : commitLogLevel(ratio, marks)
  const levels = commitLogLevels(marks)
  return (
    <PanelSection id="commit-log" title={t('title')} note={t(marks === null ? 'defaultMarks' : 'ownMarks')}>
      <div className="px-4 py-3">
        <p className="mb-2 font-semibold">
          {ratio === null ? <Unknown why={t('unknown')} /> : t('used', { share: format.percent(ratio) })}
        </p>
        <div className="relative">
          {ratio === null ? (
            <div aria-hidden className="hatched h-3 rounded-sm border border-line" />
          ) : (
            <DiskBar ratio={ratio} logRatio={null} level={reached?.level ?? 'safe'} className="h-3" />
          )}
          {levels.map(({ code, ratio: at }) =>
            at === null ? null : (
              <span
                key={code}
                aria-hidden
                className="absolute -top-1 h-5 border-ink2 border-l border-dashed"
                style={{ left: `${at * 100}%` }}
              />
            ),
          )}
        </div>
        <p className="mt-3 text-ink2">
          {t('costsMessages')} <ForecastTime forecast={fullAt} />
        </p>
        <ul className="mt-3 space-y-1">
          {levels.map(({ code, ratio: at, level }) => {
            const isReached = ratio !== null && at !== null && ratio >= at
            return (
              <li key={code} className={cn('flex gap-2', isReached ? STATE_TEXT[level] : 'text-ink3')}>
                <StateGlyph
                  level={isReached ? level : 'safe'}
                  label={t(isReached ? 'reached' : 'notReached')}
                  sizePx={14}
                  className={cn('mt-0.5 shrink-0', !isReached && 'opacity-40 grayscale')}
                />
                {at === null ? t('keepsUnexpired') : t(code, { share: format.percent(at) })}
              </li>
            )
          })}
        </ul>
      </div>
    </PanelSection>
  )
}
