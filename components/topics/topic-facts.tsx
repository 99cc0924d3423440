'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { Bytes, Num, Rate, Unknown } from '../ui/values.tsx'
import { FactList } from './fact-list.tsx'
import { Retention } from './topic-columns.tsx'

/** The numbers that every part of the page is read against. */
export function TopicFacts({ topic }: { topic: TopicDetailAnswer }): ReactElement {
  const t = useTranslations('topics.facts')
  const why = topic.fault?.message ?? null
  const facts: [string, ReactNode][] = [
    [t('partitions'), <Num key="p" value={topic.partitions} />],
    [t('replicas'), <Num key="r" value={topic.replicationFactor} why={why} />],
    [t('minIsr'), <Num key="m" value={topic.minIsr} why={why} />],
    [t('messages'), <Num key="n" value={topic.messages} why={why} isPartial={topic.messagesIsPartial} />],
    [t('rate'), <Rate key="i" value={topic.produceRatePerSecond} />],
    [t('size'), <Bytes key="s" value={topic.sizeBytes} isPartial={topic.sizeIsPartial} />],
    [t('retention'), <Retention key="t" row={topic} />],
    [t('unclean'), <Unclean key="u" value={topic.uncleanLeaderElection} />],
    [t('cleanup'), topic.cleanupPolicy ?? <Unknown why={why} />],
  ]
  return <FactList facts={facts} />
}

function Unclean({ value }: { value: boolean | null }): ReactElement {
  const t = useTranslations('topics.facts')
  if (value === null) return <Unknown />
  return value ? <span className="text-risk">{t('allowed')}</span> : <span>{t('refused')}</span>
}
