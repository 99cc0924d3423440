'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { CauseAnswer, SelectionInput } from '../../lib/api/schemas/dead-letters.ts'
import { visibleText } from '../../lib/client/payload.ts'
import type { ReplayEdit } from '../../lib/client/replay-form.ts'
import type { SelectionFacts } from '../../lib/client/selection-facts.ts'
import { offsetText } from '../../lib/client/selection-url.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { CauseTemplate } from '../dead-letters/cause-text.tsx'
import { deadLettersHref } from '../shell/places.ts'
import { Num } from '../ui/values.tsx'
import { Switch } from './choice.tsx'
import { EditRecords } from './edit-records.tsx'
import type { FormPart } from './form-part.ts'
import { Big, Notice, Step } from './steps.tsx'
import type { ReplaySource } from './use-selection.ts'

interface WhatStepProps extends FormPart {
  source: ReplaySource
  facts: SelectionFacts
  edits: readonly ReplayEdit[]
  onEdit(edits: readonly ReplayEdit[]): void
  /** What is changed in all of them. */
  children: ReactNode
}

export function WhatStep({ form, change, source, facts, edits, onEdit, children }: WhatStepProps): ReactElement {
  const t = useTranslations('replays')
  const { selection } = source
  const { seesPayloads } = useRights()
  return (
    <Step id="step-what" number={1} title={t('steps.what')}>
      <Big>
        <HowMany facts={facts} isHandledToo={form.includeHandled} />
      </Big>
      <p className="text-ink2">
        {t.rich('new.from', {
          topic: source.topic,
          link: (name) => (
            <Link href={deadLettersHref(source.clusterId, source.topic)} className="underline">
              {name}
            </Link>
          ),
        })}{' '}
        {t('new.pinned')}
      </p>
      <SelectionWords selection={selection} causes={facts.causes} />
      <Switch
        id="include-handled"
        checked={form.includeHandled}
        onChange={(includeHandled) => change({ includeHandled })}
        label={t('form.includeHandled')}
        hint={t('form.includeHandledHint')}
      />
      {form.includeHandled ? <Notice look="warning">{t('form.includeHandledWarning')}</Notice> : null}
      {seesPayloads(source) ? (
        <>
          <EditRecords source={source} edits={edits} onEdit={onEdit} />
          {children}
        </>
      ) : (
        <p className="text-ink2">{t('form.noPayloads')}</p>
      )}
    </Step>
  )
}

function HowMany({ facts, isHandledToo }: { facts: SelectionFacts; isHandledToo: boolean }): ReactElement {
  const t = useTranslations('replays.new')
  const isBounded = facts.isUpperBound || isHandledToo
  if (facts.records === null || (isHandledToo && facts.isUpperBound === false)) return <>{t('countedByPlan')}</>
  return <>{t(isBounded ? 'atMost' : 'records', { count: facts.records })}</>
}

const CAUSES_SHOWN = 5
const OFFSETS_SHOWN = 12

/** A selection in words; also in the record of a job that ran long ago. */
export function SelectionWords({
  selection,
  causes = [],
  withCounts = true,
}: {
  selection: SelectionInput
  causes?: readonly CauseAnswer[]
  /** False: the numbers of today say nothing of a replay of then. */
  withCounts?: boolean
}): ReactElement {
  const t = useTranslations('replays.selection')
  const format = useFormat()
  const time = (at: string): string => format.exact(Date.parse(at))
  return (
    <ul className="space-y-1">
      {selection.all === true ? <li>{t('all')}</li> : null}
      {selection.causes === undefined ? null : (
        <li>
          {t('causes', { count: selection.causes.length })}
          <CauseList causes={causes} withCounts={withCounts} />
        </li>
      )}
      {selection.offsets === undefined ? null : (
        <li className="break-words">
          {t('offsets', { count: selection.offsets.length })}{' '}
          <span className="font-mono text-ink2 text-xs">
            {selection.offsets.slice(0, OFFSETS_SHOWN).map(offsetText).join(', ')}
            {selection.offsets.length > OFFSETS_SHOWN ? ' …' : ''}
          </span>
        </li>
      )}
      {selection.fromTime === undefined ? null : <li>{t('fromTime', { time: time(selection.fromTime) })}</li>}
      {selection.toTime === undefined ? null : <li>{t('toTime', { time: time(selection.toTime) })}</li>}
      {selection.key === undefined ? null : <li className="break-words">{t('key', { key: selection.key })}</li>}
      {selection.q === undefined ? null : <li className="break-words">{t('q', { q: selection.q })}</li>}
    </ul>
  )
}

function CauseList({
  causes,
  withCounts,
}: {
  causes: readonly CauseAnswer[]
  withCounts: boolean
}): ReactElement | null {
  const t = useTranslations('replays.selection')
  if (causes.length === 0) return null
  return (
    <ul className="mt-1 space-y-1 border-line border-l-2 pl-3">
      {causes.slice(0, CAUSES_SHOWN).map((cause) => (
        <li key={cause.fingerprint} className="break-words">
          {withCounts ? <Num value={cause.count} className="mr-2 font-semibold" /> : null}
          <span className="font-semibold">{visibleText(cause.exception ?? t('noException'))}</span>{' '}
          {cause.message === null ? null : <CauseTemplate message={cause.message} />}
          {withCounts && cause.fixFirst ? <p className="text-risk">{t('fixFirst')}</p> : null}
        </li>
      ))}
      {causes.length > CAUSES_SHOWN ? (
        <li className="text-ink2">{t('moreCauses', { count: causes.length - CAUSES_SHOWN })}</li>
      ) : null}
    </ul>
  )
}
