'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ChangePreviewAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { payloadText } from '../../lib/client/payload.ts'
import { offsetText } from '../../lib/client/selection-url.ts'
import { DiffView } from './diff-view.tsx'
import { Notice } from './steps.tsx'

type Sample = ChangePreviewAnswer['samples'][number]
type Content = Sample['before']

/** What the change makes of a few records, one below the other. */
export function ChangeSamples({ preview }: { preview: ChangePreviewAnswer }): ReactElement {
  const t = useTranslations('replays.change')
  const { samples, records } = preview
  if (samples.length === 0) return <p className="mt-2 text-ink2">{t('noSample')}</p>
  return (
    <section aria-label={t('samplesOf', { count: samples.length, records })} className="mt-3">
      <h3 className="font-semibold">{t('samplesOf', { count: samples.length, records })}</h3>
      <ul className="mt-1 space-y-3">
        {samples.map((sample) => (
          <li key={offsetText(sample)}>
            <p className="font-mono text-ink2 text-xs">{offsetText(sample)}</p>
            <SampleChange sample={sample} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function SampleChange({ sample: { before, after } }: { sample: Sample }): ReactElement {
  const t = useTranslations('replays')
  if (after === null) return <Notice look="warning">{t('change.leftOut')}</Notice>
  return (
    <>
      <DiffView before={valueText(before)} after={valueText(after)} label={t('edit.value')} />
      <DiffView before={headerText(before)} after={headerText(after)} label={t('edit.headers')} />
    </>
  )
}

function valueText({ value }: Content): string | null {
  return value === null ? null : payloadText(value)
}

function headerText({ headers }: Content): string {
  return headers.map(({ key, value }) => `${key}: ${value === null ? '' : payloadText(value)}`).join('\n')
}
