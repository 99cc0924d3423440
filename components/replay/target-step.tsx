'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type ReactElement, useDeferredValue } from 'react'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { topicNamesQuery } from '../../lib/client/queries/names.ts'
import type { SelectionFacts } from '../../lib/client/selection-facts.ts'
import { useClusterKind } from '../../lib/client/use-cluster-kind.ts'
import { Field, TextInput } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { Choice, Choices, Switch } from './choice.tsx'
import type { FormPart } from './form-part.ts'
import { Big, Notice, Step } from './steps.tsx'
import type { ReplaySource, RetryOffer } from './use-selection.ts'

interface TargetStepProps extends FormPart {
  source: ReplaySource
  facts: SelectionFacts
  retry: RetryOffer
  isTried: boolean
}

const NAMES_SHOWN = 3

/** A few names, and how many more there are. */
export function useNameList(): (names: readonly string[]) => string {
  const t = useTranslations('replays')
  return (names) => {
    const shown = names.slice(0, NAMES_SHOWN).join(', ')
    return names.length <= NAMES_SHOWN ? shown : t('andMore', { names: shown, count: names.length - NAMES_SHOWN })
  }
}

/** The narrowest target comes first: what only the failed group sees cannot surprise anybody else. */
export function TargetStep(props: TargetStepProps): ReactElement {
  const { form, change, facts, retry } = props
  const t = useTranslations('replays')
  const names = useNameList()
  const origins = facts.originTopics.length === 0 ? t('target.theirOrigins') : names(facts.originTopics)
  const title = {
    retry: retry.topics.length === 0 ? t('target.retryTopics') : names(retry.topics),
    origin: origins,
    topic: form.topic.trim() === '' ? t('target.unnamed') : form.topic.trim(),
  }[form.mode]
  return (
    <Step id="step-target" number={2} title={t('steps.target')}>
      <Big>{title}</Big>
      <Choices legend={t('steps.target')}>
        <Choice
          name="target"
          value="retry"
          title={t('target.retry')}
          text={retry.state === 'none' ? t('target.retryNone') : t('target.retryText')}
          checked={form.mode === 'retry'}
          disabled={retry.state === 'none'}
          onChoose={() => change({ mode: 'retry' })}
        />
        <Choice
          name="target"
          value="origin"
          title={t('target.origin')}
          text={t('target.originText')}
          checked={form.mode === 'origin'}
          onChoose={() => change({ mode: 'origin' })}
        />
        <Choice
          name="target"
          value="topic"
          title={t('target.topic')}
          text={t('target.topicText')}
          checked={form.mode === 'topic'}
          onChoose={() => change({ mode: 'topic' })}
        >
          <OtherTopic {...props} />
        </Choice>
      </Choices>
      {form.mode === 'topic' ? null : (
        <div className="mt-3">
          <Switch
            id="accept-guessed"
            checked={form.acceptGuessedOrigins}
            onChange={(acceptGuessedOrigins) => change({ acceptGuessedOrigins })}
            label={t('form.acceptGuessed')}
            hint={t('form.acceptGuessedHint')}
          />
        </div>
      )}
    </Step>
  )
}

const NAMES_OFFERED = 20

function OtherTopic({ form, change, source, isTried }: TargetStepProps): ReactElement {
  const t = useTranslations('replays.form')
  const clusterId = form.clusterId === '' ? source.clusterId : form.clusterId
  const text = useDeferredValue(form.topic.trim())
  const names = useQuery(topicNamesQuery(clusterId, text, NAMES_OFFERED)).data?.items ?? []
  const isMissing = isTried && form.topic.trim() === ''
  return (
    <div className="mt-3 space-y-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field id="replay-topic" label={t('topic')}>
          <TextInput
            id="replay-topic"
            list="replay-topics"
            aria-invalid={isMissing}
            aria-describedby={isMissing ? 'replay-topic-fault' : undefined}
            value={form.topic}
            onChange={(event) => change({ topic: event.target.value })}
          />
        </Field>
        <TargetCluster form={form} change={change} source={source} />
      </div>
      <datalist id="replay-topics">
        {names.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {isMissing ? (
        <p id="replay-topic-fault" role="alert" className="text-losing text-xs">
          {t('topicMissing')}
        </p>
      ) : null}
      {form.clusterId === '' || form.clusterId === source.clusterId ? null : (
        <Notice look="warning">{t('otherCluster')}</Notice>
      )}
      <Switch
        id="accept-queues"
        checked={form.acceptQueueTargets}
        onChange={(acceptQueueTargets) => change({ acceptQueueTargets })}
        label={t('acceptQueues')}
        hint={t('acceptQueuesHint')}
      />
    </div>
  )
}

/** Only clusters of the same system can take the records. */
function TargetCluster({ form, change, source }: FormPart & { source: ReplaySource }): ReactElement | null {
  const t = useTranslations('replays.form')
  const kind = useClusterKind(source.clusterId)
  const clusters = useQuery(clustersQuery()).data?.items.filter((cluster) => cluster.kind === kind) ?? []
  if (clusters.length < 2) return null
  return (
    <Field id="replay-cluster" label={t('cluster')}>
      <Select
        id="replay-cluster"
        aria-label={t('cluster')}
        className="w-full"
        value={form.clusterId === '' ? source.clusterId : form.clusterId}
        options={clusters.map(({ id, name }) => ({ value: id, label: name }))}
        onValueChange={(clusterId) => change({ clusterId: clusterId === source.clusterId ? '' : clusterId })}
      />
    </Field>
  )
}
