import { deadLetterGroup } from '../../dlq/rocketmq-names.ts'
import type { ObservedDlq } from '../../durability/observation.ts'
import { type ListDefinition, NOT_KNOWN_YET } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import { createRowCache } from '../row-cache.ts'
import type { ListQuery } from '../schemas/common.ts'
import type { DlqAnswer, DlqListAnswer } from '../schemas/dlqs.ts'
import { round, toForecastAnswer, toIsoOrNull, toNumberOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

const cache = createRowCache<ObservedDlq>((snapshots, clusterId) => snapshots.dlqs(clusterId))

interface DlqRow {
  id: string
  clusterId: string
  dlq: ObservedDlq
}

const DLQ_LIST: ListDefinition<DlqRow> = {
  key: 'id',
  defaultSort: '-depth',
  aliases: { name: ['topic'], cluster: ['clusterId'], rate: ['arrivalsPerMinute'] },
  fields: {
    id: { type: 'text', get: (row) => row.id },
    clusterId: { type: 'word', get: (row) => row.clusterId },
    topic: { type: 'text', get: (row) => row.dlq.topic },
    groups: { type: 'text', get: (row) => groupsOf(row.dlq.topic) },
    isReadable: { type: 'boolean', get: (row) => row.dlq.isReadable },
    depth: { type: 'number', get: (row) => depthOf(row.dlq) },
    isPartial: { type: 'boolean', get: (row) => row.dlq.isPartial },
    stored: { type: 'number', get: (row) => row.dlq.stored },
    format: NOT_KNOWN_YET,
    oldestAt: { type: 'number', get: (row) => row.dlq.oldestAtMs },
    expiresAt: { type: 'number', get: (row) => row.dlq.expiry.earliestAtMs },
    arrivalsPerMinute: { type: 'number', get: (row) => row.dlq.arrivalsPerMinute },
  },
}

export async function listDlqs(services: ApiServices, query: ListQuery): Promise<DlqListAnswer> {
  const [registered, summaries] = await Promise.all([services.registry.list(), services.snapshots.summaries()])
  const wanted = new Set(registered.map((cluster) => cluster.config.id))
  const polled = summaries.filter((summary) => wanted.has(summary.clusterId) && summary.lastPollAtMs !== null)
  const lists = await Promise.all(
    polled.map(async (summary) => {
      const rows = await cache.rows(services.snapshots, summary)
      return rows.map((row) => toRow(summary.clusterId, row))
    }),
  )
  const page = pageOf(lists.flat(), DLQ_LIST, query)
  const oldestMs = polled.length === 0 ? null : Math.min(...polled.map((summary) => summary.lastPollAtMs ?? 0))
  return {
    items: page.rows.map(toDlqAnswer),
    nextCursor: page.nextCursor,
    asOf: toIsoOrNull(oldestMs),
    total: page.total,
  }
}

function toRow(clusterId: string, dlq: ObservedDlq): DlqRow {
  return { id: `${encodeURIComponent(clusterId)}/${encodeURIComponent(dlq.topic)}`, clusterId, dlq }
}

function toDlqAnswer({ id, clusterId, dlq }: DlqRow): DlqAnswer {
  return {
    ...{ id, clusterId },
    topic: dlq.topic,
    format: null,
    sourceTopics: dlq.sourceTopics,
    groups: groupsOf(dlq.topic),
    isReadable: dlq.isReadable,
    depth: toNumberOrNull(depthOf(dlq)),
    depthIsUpperBound: true,
    stored: toNumberOrNull(dlq.stored),
    isPartial: dlq.isPartial,
    oldestAt: toIsoOrNull(dlq.oldestAtMs),
    expiresAt: toForecastAnswer(dlq.expiry),
    arrivalsPerMinute: round(dlq.arrivalsPerMinute),
  }
}

/** Until a queue's records were scanned, what it stores is all that is known: an upper bound of what is open. */
function depthOf({ stored, isPartial }: ObservedDlq): bigint | null {
  return isPartial ? null : stored
}

function groupsOf(topic: string): string[] {
  const group = deadLetterGroup(topic)
  return group === null ? [] : [group]
}
