import { retryGroup } from '../../dlq/rocketmq-names.ts'
import { isActive, isMutedNow } from '../../durability/mutes.ts'
import { type Finding, LADDER, type ObservedTopic } from '../../durability/observation.ts'
import { HoldfastError } from '../../errors.ts'
import type { ClusterSummary, TopicRow } from '../../history/snapshot-store.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { Mute } from '../../registry/mutes.ts'
import { getSummaryOrThrow } from '../get-cluster-or-throw.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import { createRowCache } from '../row-cache.ts'
import type { ListQuery } from '../schemas/common.ts'
import type { TopicDetailAnswer, TopicListAnswer } from '../schemas/topics.ts'
import { toIsoOrNull, wordsOf } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { type Counted, toTopicDetailAnswer, toTopicRowAnswer } from './topic-serializers.ts'

type CountedRow = Counted<TopicRow>

/** A topic with what is found there; null when findings are not known. */
interface JudgedRow {
  topic: TopicRow
  found: readonly Finding[] | null
}

const cache = createRowCache<JudgedRow>(async (snapshots, clusterId) => {
  const [topics, findings] = await Promise.all([snapshots.topics(clusterId), snapshots.findings(clusterId)])
  const byTopic = findings && Map.groupBy(findings.filter(isCounted), ({ subject }) => subject.name)
  return topics?.map((topic) => ({ topic, found: byTopic && (byTopic.get(topic.name) ?? []) })) ?? null
})

/** What is merely good to know is not counted. */
function isCounted({ subject, severity }: Finding): boolean {
  return subject.type === 'topic' && severity !== 'info'
}

/** Kept until other rows come or other mutes hold, so that the orders made from them are kept too. */
const counted = new WeakMap<readonly JudgedRow[], { mutes: string; rows: readonly CountedRow[] }>()

async function countedRows(services: ApiServices, summary: ClusterSummary | null): Promise<readonly CountedRow[]> {
  const [judged, active] = await Promise.all([cache.rows(services.snapshots, summary), activeMutes(services)])
  const mutes = active.map(({ id }) => id).join('\n')
  const known = counted.get(judged)
  if (known?.mutes === mutes) return known.rows
  const isMuted = isMutedNow(active, summary?.clusterId ?? '', services.now())
  const rows = judged.map(({ topic, found }) => ({ ...topic, findings: countShown(found, isMuted) }))
  counted.set(judged, { mutes, rows })
  return rows
}

async function activeMutes({ mutes, now }: ApiServices): Promise<Mute[]> {
  const nowMs = now()
  return (await mutes.list()).filter((mute) => isActive(mute, nowMs))
}

function countShown(found: readonly Finding[] | null, isMuted: (finding: Finding) => boolean): number | null {
  return found?.filter((finding) => !isMuted(finding)).length ?? null
}

/** Best first; unknown has no place on the ladder and sorts last, as all that is unknown does. */
const LADDER_RANK = new Map<string, number>(LADDER.map((step, index) => [step, index]))

const TOPIC_LIST: ListDefinition<CountedRow> = {
  key: 'name',
  defaultSort: 'name',
  aliases: {
    state: ['durability'],
    size: ['sizeBytes'],
    rate: ['produceRatePerSecond'],
    retention: ['retentionTimeMs'],
    rf: ['replicationFactor'],
  },
  fields: {
    name: { type: 'text', get: (row) => row.name },
    kind: { type: 'word', get: (row) => row.kind },
    internal: { type: 'boolean', get: (row) => row.internal },
    partitions: { type: 'number', get: (row) => row.partitionCount },
    replicationFactor: { type: 'number', get: (row) => row.replicationFactor },
    minIsr: { type: 'number', get: (row) => row.settings.minIsr },
    durability: { type: 'word', get: (row) => row.durability, rank: (row) => LADDER_RANK.get(row.durability) ?? null },
    messages: { type: 'number', get: (row) => row.messages },
    sizeBytes: { type: 'number', get: (row) => row.sizeBytes },
    leaderSizeBytes: { type: 'number', get: (row) => row.leaderSizeBytes },
    produceRatePerSecond: { type: 'number', get: (row) => row.produceRatePerSecond },
    retentionTimeMs: { type: 'number', get: (row) => row.settings.retentionMs },
    retentionSizeBytes: { type: 'number', get: (row) => row.settings.retentionBytes },
    cleanupPolicy: { type: 'text', get: (row) => row.settings.cleanupPolicy },
    isPartial: { type: 'boolean', get: (row) => row.isPartial || row.messagesIsPartial || row.sizeIsPartial },
    durabilityIsPartial: { type: 'boolean', get: (row) => row.isPartial },
    messagesIsPartial: { type: 'boolean', get: (row) => row.messagesIsPartial },
    sizeIsPartial: { type: 'boolean', get: (row) => row.sizeIsPartial },
    findings: { type: 'number', get: (row) => row.findings },
  },
}

export interface TopicQuery extends ListQuery {
  internal: boolean
}

/** Rows without the internal ones, kept with the rows they were taken from, so that their orders are kept too. */
const visibleRows = new WeakMap<readonly CountedRow[], readonly CountedRow[]>()

function withoutInternal(rows: readonly CountedRow[]): readonly CountedRow[] {
  const visible = visibleRows.get(rows) ?? rows.filter((row) => !row.internal)
  visibleRows.set(rows, visible)
  return visible
}

export async function listTopics(
  services: ApiServices,
  clusterId: string,
  query: TopicQuery,
  locale: Locale,
): Promise<TopicListAnswer> {
  const summary = await getSummaryOrThrow(services, clusterId)
  const rows = await countedRows(services, summary)
  const page = pageOf(query.internal ? rows : withoutInternal(rows), TOPIC_LIST, query)
  const words = wordsOf(summary, locale)
  return {
    items: page.rows.map((row) => toTopicRowAnswer(row, words)),
    nextCursor: page.nextCursor,
    asOf: toIsoOrNull(summary?.lastPollAtMs ?? null),
    total: page.total,
  }
}

/** @throws HoldfastError `cluster_not_found`, `topic_not_found` */
export async function getTopic(
  services: ApiServices,
  clusterId: string,
  name: string,
  locale: Locale,
): Promise<TopicDetailAnswer> {
  const summary = await getSummaryOrThrow(services, clusterId)
  const [topic, findings, mutes] = await Promise.all([
    services.snapshots.topic(clusterId, name),
    services.snapshots.findings(clusterId),
    services.mutes.list(),
  ])
  if (topic === null) throw new HoldfastError('topic_not_found', { cluster: clusterId, topic: name })
  const found = findings?.filter((finding) => isCounted(finding) && finding.subject.name === name) ?? null
  return toTopicDetailAnswer(
    { ...topic, findings: countShown(found, isMutedNow(mutes, clusterId, services.now())) },
    await groupOf(services, clusterId, topic),
    summary?.lastPollAtMs ?? null,
    wordsOf(summary, locale),
  )
}

async function groupOf(services: ApiServices, clusterId: string, topic: ObservedTopic): Promise<string | null> {
  if (topic.rocketmq === null || topic.kind === 'normal') return null
  if (topic.kind !== 'retry') return topic.rocketmq.deadLetterGroup
  const groups = (await services.snapshots.groups(clusterId)) ?? []
  return retryGroup(
    topic.name,
    groups.map(({ id }) => id),
  )
}
