'use client'

import { Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { keptLabels, type SeriesPick } from '../../lib/client/explore-view.ts'
import type { MetricLabel } from '../../lib/history/metrics.ts'
import { Button } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import { LabelField } from './label-field.tsx'
import { isKeptOf, type ListedMetric, labelsOf } from './metric-look.ts'
import { MetricSelect } from './metric-select.tsx'

interface PickFormProps {
  pick: SeriesPick
  /** The one that is picked; undefined while none is. */
  metric: ListedMetric | undefined
  metrics: readonly ListedMetric[]
  clusters: readonly ClusterAnswer[]
  onChange: (pick: SeriesPick) => void
  /** Null for the only one. */
  onRemove: (() => void) | null
}

/** Which series a chart draws: cluster, metric, and as many labels as it is to be narrowed down by. */
export function PickForm(props: PickFormProps): ReactElement {
  const { pick, metric, metrics, clusters, onChange, onRemove } = props
  const t = useTranslations('explore')
  const labels = metric === undefined ? [] : labelsOf(pick, metric, clusters)
  return (
    <div className="mb-2 grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
      <Labelled label={t('cluster')} className="sm:w-44">
        <Select
          aria-label={t('cluster')}
          value={pick.cluster}
          options={clusterOptions(pick, clusters, t('allClusters'))}
          onValueChange={(cluster) => onChange({ ...pick, cluster })}
        />
      </Labelled>
      <Labelled label={t('metric')} className="sm:w-72">
        <MetricSelect
          metrics={metrics.filter((each) => each === metric || isKeptOf(each, pick, clusters))}
          value={pick.metric}
          onChange={(chosen) =>
            onChange({ ...pick, metric: chosen.metric, labels: keptLabels(pick.labels, chosen.labels) })
          }
        />
      </Labelled>
      {labels.map((label) => (
        <div key={label} className={label === 'partition' ? 'sm:w-24' : 'sm:w-48'}>
          <LabelField
            label={label}
            pick={pick}
            isPartitionMetric={metric?.labels.includes('partition') === true}
            onChange={(value) => onChange({ ...pick, labels: withLabel(pick.labels, label, value) })}
          />
        </div>
      ))}
      {onRemove !== null && (
        <Button
          look="quiet"
          square
          className="justify-self-end max-sm:col-start-2 sm:ml-auto"
          aria-label={t('remove')}
          title={t('remove')}
          onClick={onRemove}
        >
          <Trash2 aria-hidden className="size-4" />
        </Button>
      )}
    </div>
  )
}

function Labelled(props: { label: string; className: string; children: ReactNode }): ReactElement {
  return (
    <div className={`flex min-w-0 flex-col gap-0.5 text-ink3 text-xs ${props.className}`}>
      <span aria-hidden="true">{props.label}</span>
      {props.children}
    </div>
  )
}

function clusterOptions(
  pick: SeriesPick,
  clusters: readonly ClusterAnswer[],
  all: string,
): { value: string; label: string }[] {
  const known = clusters.map(({ id, name }) => ({ value: id, label: name }))
  const isKnown = pick.cluster === '' || clusters.some(({ id }) => id === pick.cluster)
  return [{ value: '', label: all }, ...known, ...(isKnown ? [] : [{ value: pick.cluster, label: pick.cluster }])]
}

function withLabel(labels: SeriesPick['labels'], label: MetricLabel, value: string): SeriesPick['labels'] {
  const { [label]: _, ...others } = labels
  return value === '' ? others : { ...others, [label]: value }
}
