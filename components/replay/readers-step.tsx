'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { GroupRowAnswer } from '../../lib/api/schemas/groups.ts'
import type { ReplayForm } from '../../lib/client/replay-form.ts'
import type { SelectionFacts } from '../../lib/client/selection-facts.ts'
import { groupHref } from '../shell/places.ts'
import { Num } from '../ui/values.tsx'
import { Big, Notice, Step } from './steps.tsx'
import { useNameList } from './target-step.tsx'
import { type ReplaySource, type RetryOffer, useReaders } from './use-selection.ts'

interface ReadersStepProps {
  form: ReplayForm
  source: ReplaySource
  facts: SelectionFacts
  retry: RetryOffer
}

function targetTopics({ form, facts, retry }: ReadersStepProps): readonly string[] {
  switch (form.mode) {
    case 'retry':
      return retry.topics
    case 'origin':
      return facts.originTopics
    case 'topic':
      return form.topic.trim() === '' ? [] : [form.topic.trim()]
  }
}

/** The hazard of Kafka that people forget: everybody who reads the target gets the records, not only who failed. */
export function ReadersStep(props: ReadersStepProps): ReactElement {
  const { form, source, facts } = props
  const t = useTranslations('replays')
  const names = useNameList()
  const topics = targetTopics(props)
  const clusterId = form.mode === 'topic' && form.clusterId !== '' ? form.clusterId : source.clusterId
  const readers = useReaders(clusterId, topics)
  const groups = distinctGroups(readers.flatMap((reader) => reader.groups ?? []))
  const isKnown = topics.length > 0 && readers.every((reader) => reader.groups !== null)
  const others = groups.filter(({ id }) => !facts.groups.includes(id))
  return (
    <Step id="step-readers" number={3} title={t('steps.readers')}>
      {form.mode === 'retry' ? (
        <Big>
          {facts.groups.length === 0 ? t('readers.onlyFailed') : t('readers.only', { groups: names(facts.groups) })}
        </Big>
      ) : (
        <Big>{isKnown ? t('readers.groups', { count: groups.length }) : t('readers.notKnown')}</Big>
      )}
      {form.mode !== 'retry' && isKnown && others.length > 0 ? (
        <Notice look="warning" title={t('readers.others', { count: others.length })}>
          {t('readers.othersText')}
        </Notice>
      ) : null}
      {form.mode !== 'retry' && isKnown && groups.length === 0 ? (
        <Notice look="note">{t('readers.nobody')}</Notice>
      ) : null}
      <GroupList clusterId={clusterId} groups={groups} failed={facts.groups} />
      <p className="text-ink3 text-xs">{t('readers.checkedAgain')}</p>
    </Step>
  )
}

function distinctGroups(groups: readonly GroupRowAnswer[]): GroupRowAnswer[] {
  return [...new Map(groups.map((group) => [group.id, group])).values()]
}

const GROUPS_SHOWN = 8

function GroupList({
  clusterId,
  groups,
  failed,
}: {
  clusterId: string
  groups: readonly GroupRowAnswer[]
  failed: readonly string[]
}): ReactElement | null {
  const t = useTranslations('replays.readers')
  if (groups.length === 0) return null
  return (
    <ul className="space-y-1">
      {groups.slice(0, GROUPS_SHOWN).map((group) => (
        <li key={group.id} className="flex flex-wrap gap-x-3">
          <Link href={groupHref(clusterId, group.id)} className="break-all font-semibold hover:underline">
            {group.id}
          </Link>
          <span className={failed.includes(group.id) ? 'text-ink2' : 'text-risk'}>
            {failed.includes(group.id) ? t('failed') : t('other')}
          </span>
          <span className="text-ink3">
            {t('lag')} <Num value={group.lagMessages} />
          </span>
        </li>
      ))}
      {groups.length > GROUPS_SHOWN ? (
        <li className="text-ink2">{t('more', { count: groups.length - GROUPS_SHOWN })}</li>
      ) : null}
    </ul>
  )
}
