'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import {
  type NumberField,
  PACE_PER_SECOND,
  PACES,
  type Pace,
  recordsPerSecondOf,
  waitSecondsOf,
} from '../../lib/client/replay-form.ts'
import { estimateMs } from '../../lib/client/replay-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { Choice, Choices, Switch } from './choice.tsx'
import type { FormPart } from './form-part.ts'
import { NumberInput } from './number-field.tsx'
import { Big, Notice, Step } from './steps.tsx'

/** How fast, and what makes it stop by itself. */
export function PaceStep({ form, change, records }: FormPart & { records: number | null }): ReactElement {
  const t = useTranslations('replays')
  const format = useFormat()
  const rate = recordsPerSecondOf(form)
  const takesMs = estimateMs(records, rate, waitSecondsOf(form))
  return (
    <Step id="step-pace" number={4} title={t('steps.pace')}>
      <Big>
        {form.pace === 'unlimited'
          ? t('pace.asFastAsItGoes')
          : rate === null
            ? t('pace.noRate')
            : format.perSecond(rate)}
        {takesMs === null ? null : (
          <span className="font-normal text-ink2 text-lg">
            {' '}
            {t('pace.takes', { duration: format.duration(takesMs) })}
          </span>
        )}
      </Big>
      <Choices legend={t('pace.records')}>
        <div className="grid gap-2 sm:grid-cols-2 xl:grid-cols-5">
          {PACES.map((pace) => (
            <Choice
              key={pace}
              name="pace"
              value={pace}
              title={t(`pace.${pace}`)}
              text={paceText(pace, format.perSecond) ?? t(`pace.${pace === 'custom' ? 'customText' : 'unlimitedText'}`)}
              checked={form.pace === pace}
              onChoose={() => change({ pace })}
            />
          ))}
        </div>
      </Choices>
      {form.pace === 'custom' ? (
        <FormNumber form={form} change={change} field="recordsPerSecond" unit={t('pace.recordsPerSecond')} />
      ) : null}
      {form.pace === 'unlimited' ? <Notice look="warning">{t('pace.unlimitedWarning')}</Notice> : null}
      <GraceField form={form} change={change} />
      <CanaryFields form={form} change={change} />
      <BrakeFields form={form} change={change} />
      <MoreFields form={form} change={change} />
    </Step>
  )
}

function paceText(pace: Pace, perSecond: (rate: number) => string): string | null {
  return pace === 'custom' || pace === 'unlimited' ? null : perSecond(PACE_PER_SECOND[pace])
}

function FormNumber(props: FormPart & { field: NumberField; unit: string; isOptional?: boolean }): ReactElement {
  const { form, change, field, unit, isOptional = false } = props
  const t = useTranslations('replays.form')
  return (
    <NumberInput
      field={field}
      value={form[field]}
      label={t(`numbers.${field}`)}
      unit={unit}
      isOptional={isOptional}
      onChange={(text) => change({ [field]: text })}
    />
  )
}

function GraceField({ form, change }: FormPart): ReactElement {
  const t = useTranslations('replays.grace')
  return (
    <div>
      <p className="mb-1 font-semibold">{t('title')}</p>
      <FormNumber form={form} change={change} field="graceSeconds" unit={t('unit')} />
      <p className="mt-1 text-ink3 text-xs">{t('hint')}</p>
    </div>
  )
}

function CanaryFields({ form, change }: FormPart): ReactElement {
  const t = useTranslations('replays.canary')
  return (
    <div className="space-y-2">
      <Switch
        id="canary"
        checked={form.canary}
        onChange={(canary) => change({ canary })}
        label={<span className="font-semibold">{t('label')}</span>}
        hint={t('hint')}
      />
      {form.canary ? (
        <div className="flex flex-wrap gap-x-6 gap-y-2 pl-6.5">
          <FormNumber form={form} change={change} field="canaryCount" unit={t('first')} />
          <FormNumber form={form} change={change} field="canaryWaitSeconds" unit={t('wait')} />
        </div>
      ) : (
        <Notice look="warning">{t('without')}</Notice>
      )}
    </div>
  )
}

function BrakeFields({ form, change }: FormPart): ReactElement {
  const t = useTranslations('replays.brake')
  return (
    <fieldset className="space-y-2">
      <legend className="mb-1 font-semibold">{t('title')}</legend>
      <Switch id="brake-isr" checked={form.brakeIsr} onChange={(brakeIsr) => change({ brakeIsr })} label={t('isr')} />
      <Switch id="brake-lag" checked={form.brakeLag} onChange={(brakeLag) => change({ brakeLag })} label={t('lag')} />
      {form.brakeLag ? (
        <div className="pl-6.5">
          <FormNumber form={form} change={change} field="maxAddedLag" unit={t('lagUnit')} />
        </div>
      ) : null}
      <Switch
        id="brake-returns"
        checked={form.brakeReturns}
        onChange={(brakeReturns) => change({ brakeReturns })}
        label={t('returns')}
      />
      {form.brakeReturns ? (
        <div className="pl-6.5">
          <FormNumber form={form} change={change} field="maxReturnPercent" unit={t('returnsUnit')} />
        </div>
      ) : null}
      {form.brakeIsr && form.brakeLag && form.brakeReturns ? null : <Notice look="warning">{t('off')}</Notice>}
    </fieldset>
  )
}

/** What is right as it is for nearly everybody. */
function MoreFields({ form, change }: FormPart): ReactElement {
  const t = useTranslations('replays.form')
  return (
    <details>
      <summary className="rounded-sm py-1 text-ink2 hover:text-ink">{t('more')}</summary>
      <div className="mt-2 space-y-3">
        <div>
          <FormNumber form={form} change={change} field="mebibytesPerSecond" unit={t('mebibytes')} isOptional />
          <p className="mt-1 text-ink3 text-xs">{t('mebibytesHint')}</p>
        </div>
        <div>
          <FormNumber form={form} change={change} field="maxAttempts" unit={t('attempts')} />
          <p className="mt-1 text-ink3 text-xs">{t('attemptsHint')}</p>
        </div>
        <Switch
          id="accept-stale"
          checked={form.acceptStaleKeys}
          onChange={(acceptStaleKeys) => change({ acceptStaleKeys })}
          label={t('acceptStale')}
          hint={t('acceptStaleHint')}
        />
        <Switch
          id="keep-headers"
          checked={form.keepHeaders}
          onChange={(keepHeaders) => change({ keepHeaders })}
          label={t('keepHeaders')}
          hint={t('keepHeadersHint')}
        />
        {form.keepHeaders ? <Notice look="warning">{t('keepHeadersWarning')}</Notice> : null}
      </div>
    </details>
  )
}
