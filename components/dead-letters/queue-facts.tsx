'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { DlqAnswer } from '../../lib/api/schemas/dlqs.ts'
import { groupHref, topicHref } from '../shell/places.ts'
import { FactList } from '../topics/fact-list.tsx'
import { Num, Rate } from '../ui/values.tsx'
import { Depth, Expiry, FormatName, Moment } from './depth.tsx'
import { NameList } from './name-list.tsx'

/** The three numbers of a queue, how long its records still have, and where they come from. */
export function QueueFacts({ dlq }: { dlq: DlqAnswer }): ReactElement {
  const t = useTranslations('deadLetters')
  const facts: [string, ReactNode][] = [
    [t('columns.depth'), <Depth key="d" dlq={dlq} />],
    [t('columns.stored'), <Num key="s" value={dlq.stored} why={t('storedUnknown')} isPartial={dlq.isPartial} />],
    [t('columns.arrivals'), <Rate key="a" value={dlq.arrivalsPerMinute} per="minute" why={t('arrivalsUnknown')} />],
    [t('columns.oldest'), <Moment key="o" dlq={dlq} at={dlq.oldestAt} />],
    [t('columns.expires'), <Expiry key="e" dlq={dlq} />],
    [t('queue.facts.format'), <FormatName key="f" format={dlq.format} />],
    [
      t('queue.facts.origins'),
      <NameList
        key="t"
        names={dlq.sourceTopics}
        hrefOf={(name) => topicHref(dlq.clusterId, name)}
        why={t('queue.originsUnknown')}
      />,
    ],
    [
      t('queue.facts.groups'),
      <NameList
        key="g"
        names={dlq.groups}
        hrefOf={(name) => groupHref(dlq.clusterId, name)}
        why={t('queue.groupsUnknown')}
      />,
    ],
  ]
  return <FactList facts={facts} />
}
