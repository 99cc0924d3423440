'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useEffect, useId, useMemo, useState } from 'react'
import type { AlertPreviewAnswer } from '../../lib/api/schemas/alerts.ts'
import { recordsBeginMs } from '../../lib/client/alert-views.ts'
import { ApiError } from '../../lib/client/api.ts'
import { rulePreviewQuery } from '../../lib/client/queries/alerts.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import {
  faultsOf,
  NO_FAULTS,
  notNumbers,
  type RuleBody,
  type RuleFaults,
  type RuleForm,
} from '../../lib/client/rule-form.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { useSettled } from '../../lib/client/use-settled.ts'
import { SECOND_MS } from '../../lib/units.ts'
import type { ListedMetric } from '../explore/metric-look.ts'
import { cn } from '../ui/cn.ts'
import { Select } from '../ui/select.tsx'
import { ErrorState } from '../ui/states.tsx'
import { PreviewChart } from './preview-chart.tsx'
import { PreviewEpisodes } from './preview-episodes.tsx'

interface RulePreviewProps {
  form: RuleForm
  metrics: readonly ListedMetric[]
  /** Null while too little is said of the rule. */
  body: RuleBody | null
  /** What is wrong with the rule, to be shown at its fields. */
  onFaults(faults: RuleFaults): void
}

/** A week of a cluster is read anew when whoever types rests. */
const REST_MS = 600

/** What the rule would have told of a cluster in the last week. */
export function RulePreview({ form, metrics, body, onFaults }: RulePreviewProps): ReactElement {
  const t = useTranslations('ruleEditor.preview')
  const id = useId()
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  const [chosen, setChosen] = useState('')
  const clusterId = chosen || (clusters[0]?.id ?? '')
  const { data, error, isPlaceholderData, isFetching, retry } = usePreview(clusterId, body, onFaults)
  const shown = metrics.find(({ metric }) => metric === data?.chart?.metric)
  return (
    <section aria-labelledby={id} className="panel min-w-0" aria-busy={isFetching}>
      <div className="flex flex-wrap items-center justify-between gap-2 border-line border-b px-4 py-2">
        <h2 id={id} className="font-semibold">
          {t('title')}
        </h2>
        <Select
          aria-label={t('cluster')}
          value={clusterId}
          options={clusters.map(({ id: value, name }) => ({ value, label: name }))}
          onValueChange={setChosen}
        />
      </div>
      {body === null ? (
        <Rest>{t(whyNot(form))}</Rest>
      ) : error !== null ? (
        <Trouble error={error} onRetry={retry} />
      ) : data === undefined ? (
        <Rest>{t('running')}</Rest>
      ) : (
        <div className={cn('space-y-4 p-4 transition-opacity', isPlaceholderData && 'opacity-60')}>
          <Summary preview={data} />
          {shown === undefined || data?.chart == null ? null : (
            <PreviewChart preview={data} chart={data.chart} form={form} metric={shown} clusters={clusters} />
          )}
          <PreviewEpisodes preview={data} />
        </div>
      )}
    </section>
  )
}

/** Why a rule is not run over the history. */
function whyNot(form: RuleForm): 'faulty' | 'tooLittle' {
  return notNumbers(form).length > 0 ? 'faulty' : 'tooLittle'
}

function usePreview(clusterId: string, body: RuleBody | null, onFaults: (faults: RuleFaults) => void) {
  // The same rule is the same text, however often the page draws itself anew.
  const text = useSettled(JSON.stringify(body), REST_MS)
  const rule = useMemo(() => JSON.parse(text) as RuleBody | null, [text])
  const { data, error, isPlaceholderData, isFetching, refetch } = useQuery(rulePreviewQuery(clusterId, rule))
  const isAsked = rule !== null
  useEffect(() => onFaults(isAsked ? faultsOf(error) : NO_FAULTS), [error, isAsked, onFaults])
  return { data, error: isAsked ? error : null, isPlaceholderData, isFetching, retry: () => void refetch() }
}

function Rest({ children }: { children: ReactNode }): ReactElement {
  return (
    <p role="status" className="px-4 py-10 text-center text-ink2">
      {children}
    </p>
  )
}

function Trouble({ error, onRetry }: { error: Error; onRetry(): void }): ReactElement {
  const t = useTranslations('ruleEditor.preview')
  if (error instanceof ApiError && error.code === 'range_too_large') return <Rest>{t('tooMany')}</Rest>
  return faultsOf(error).hasMore ? <ErrorState error={error} onRetry={onRetry} /> : <Rest>{t('faulty')}</Rest>
}

/** How often it would have fired, and how much of that anybody can know. */
function Summary({ preview }: { preview: AlertPreviewAnswer }): ReactElement {
  const t = useTranslations('ruleEditor.preview')
  const notes = useNotes(preview)
  const { times, subjects, recordedFrom, chart } = preview
  const isUnknown = recordedFrom === null || chart?.total === 0
  return (
    <div>
      <p role="status" className={cn('text-base', isUnknown ? 'text-ink2' : 'font-semibold')}>
        {recordedFrom === null
          ? t('nothingStored')
          : chart?.total === 0
            ? t('noSeries')
            : t('summary', { times, subjects })}
      </p>
      {notes.map((note) => (
        <p key={note} className="text-ink3 text-xs">
          {note}
        </p>
      ))}
    </div>
  )
}

function useNotes(preview: AlertPreviewAnswer): string[] {
  const t = useTranslations('ruleEditor.preview')
  const format = useFormat()
  const { recordedFrom, unseenSeconds, stepSeconds } = preview
  if (recordedFrom === null) return []
  const beginMs = recordsBeginMs(preview)
  return [
    ...(beginMs === null ? [] : [t('recordedFrom', { time: format.exact(beginMs) })]),
    ...(unseenSeconds > 0 ? [t('unseen', { time: format.duration(unseenSeconds * SECOND_MS) })] : []),
    ...(stepSeconds === null ? [] : [t('step', { step: format.duration(stepSeconds * SECOND_MS) })]),
  ]
}
