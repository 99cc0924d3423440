'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { RocketmqTopicAnswer } from '../../lib/api/schemas/rocketmq.ts'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { Permission } from '../brokers/permission.tsx'
import { groupHref } from '../shell/places.ts'
import { Bytes, Num, Rate, Unknown } from '../ui/values.tsx'
import { FactList } from './fact-list.tsx'
import { Retention } from './topic-columns.tsx'

/** The numbers that every part of the page is read against. */
export function TopicFacts({ clusterId, topic }: { clusterId: string; topic: TopicDetailAnswer }): ReactElement {
  const t = useTranslations('topics.facts')
  const why = topic.fault?.message ?? null
  const facts: [string, ReactNode][] = [
    [t('partitions'), <Num key="p" value={topic.partitions} />],
    [t('replicas'), <Num key="r" value={topic.replicationFactor} why={why} />],
    [t('minIsr'), <Num key="m" value={topic.minIsr} why={why} />],
    [t('messages'), <Num key="n" value={topic.messages} why={why} isPartial={topic.messagesIsPartial} />],
    [t('rate'), <Rate key="i" value={topic.produceRatePerSecond} />],
    [t('retention'), <Retention key="t" row={topic} />],
    ...(topic.rocketmq === null ? kafkaFacts(t, topic) : rocketmqFacts(t, clusterId, topic, topic.rocketmq)),
  ]
  return <FactList facts={facts} />
}

type Words = ReturnType<typeof useTranslations<'topics.facts'>>

function kafkaFacts(t: Words, topic: TopicDetailAnswer): [string, ReactNode][] {
  return [
    [t('size'), <Bytes key="s" value={topic.sizeBytes} isPartial={topic.sizeIsPartial} />],
    [t('unclean'), <Unclean key="u" value={topic.uncleanLeaderElection} />],
    [t('cleanup'), topic.cleanupPolicy ?? <Unknown why={topic.fault?.message ?? null} />],
  ]
}

/** The brokers need not agree; what they differ in stands among the settings. */
function rocketmqFacts(
  t: Words,
  clusterId: string,
  topic: TopicDetailAnswer,
  { brokers }: RocketmqTopicAnswer,
): [string, ReactNode][] {
  const permissions = [...new Set(brokers.map(({ permission }) => permission))]
  const types = [...new Set(brokers.flatMap(({ messageType }) => messageType ?? []))]
  const { group } = topic
  return [
    [t('permission'), permissions.length === 1 ? <Permission key="x" value={permissions[0] ?? null} /> : t('differs')],
    ...(types.length === 0 ? [] : ([[t('messageType'), types.join(', ')]] satisfies [string, ReactNode][])),
    ...(group === null
      ? []
      : ([
          [
            t(topic.kind === 'dlq' ? 'deadLettersOf' : 'retriesOf'),
            <Link key="g" href={groupHref(clusterId, group)} className="hover:underline">
              {group}
            </Link>,
          ],
        ] satisfies [string, ReactNode][])),
  ]
}

function Unclean({ value }: { value: boolean | null }): ReactElement {
  const t = useTranslations('topics.facts')
  if (value === null) return <Unknown />
  return value ? <span className="text-risk">{t('allowed')}</span> : <span>{t('refused')}</span>
}
