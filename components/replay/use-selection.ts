'use client'

import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { SelectionInput } from '../../lib/api/schemas/dead-letters.ts'
import type { GroupRowAnswer } from '../../lib/api/schemas/groups.ts'
import { causesQuery } from '../../lib/client/queries/dead-letters.ts'
import { dlqQuery } from '../../lib/client/queries/dlqs.ts'
import { groupNamesQuery, topicNamesQuery } from '../../lib/client/queries/names.ts'
import { retryTopicsOf, type SelectionFacts, selectionFacts } from '../../lib/client/selection-facts.ts'

export interface ReplaySource {
  clusterId: string
  topic: string
  selection: SelectionInput
}

const CAUSES_MAX = 1_000

/** What the stored answers tell of a selection; the plan counts it exactly. */
export function useSelectionFacts({
  clusterId,
  topic,
  selection,
}: ReplaySource): SelectionFacts & { isLoading: boolean } {
  const causes = useQuery(causesQuery({ clusterId, topic }, { limit: CAUSES_MAX }))
  const dlq = useQuery(dlqQuery(clusterId, topic))
  const facts = useMemo(
    () =>
      selectionFacts(
        selection,
        causes.data,
        dlq.data?.items.find((row) => row.topic === topic),
      ),
    [selection, causes.data, dlq.data, topic],
  )
  return { ...facts, isLoading: causes.isLoading || dlq.isLoading }
}

const GROUPS_PER_TOPIC = 100
const TOPICS_ASKED = 5

export interface TopicReaders {
  topic: string
  /** Null while they are not known. */
  groups: readonly GroupRowAnswer[] | null
}

/** Who reads these topics now; of very many only the first few are asked. */
export function useReaders(clusterId: string, topics: readonly string[]): TopicReaders[] {
  const asked = topics.slice(0, TOPICS_ASKED)
  const answers = useQueries({
    queries: asked.map((topic) => groupNamesQuery(clusterId, `topic="${topic}"`, GROUPS_PER_TOPIC)),
  })
  return asked.map((topic, index) => ({ topic, groups: answers[index]?.data?.items ?? null }))
}

const RETRY_TOPICS_MAX = 200

export interface RetryOffer {
  /** `unknown`: not asked yet, or nobody answered. */
  state: 'offered' | 'none' | 'unknown'
  topics: readonly string[]
  isLoading: boolean
}

/** Whether there is a place that only the failed group reads. RocketMQ has one for each group. */
export function useRetryOffer(clusterId: string, topic: string, origins: readonly string[]): RetryOffer {
  const isRocketmq = topic.startsWith('%DLQ%')
  const { data, isLoading } = useQuery({
    ...topicNamesQuery(clusterId, 'kind:retry', RETRY_TOPICS_MAX),
    enabled: !isRocketmq,
  })
  if (isRocketmq) return { state: 'offered', topics: [`%RETRY%${topic.slice('%DLQ%'.length)}`], isLoading: false }
  if (data === undefined) return { state: 'unknown', topics: [], isLoading }
  const topics = retryTopicsOf(
    origins,
    data.items.map(({ name }) => name),
  )
  return { state: topics.length === 0 ? 'none' : 'offered', topics, isLoading: false }
}
