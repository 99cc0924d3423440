import { queueExpiry } from '../../durability/forecasts/queue-expiry.ts'
import type { Forecast, ObservedDlq } from '../../durability/observation.ts'
import { type DlqDepth, dlqDepth, type OpenCount, storedNow } from '../../durability/unresolved.ts'
import type { ClusterSummary } from '../../history/snapshot-store.ts'
import { readOpenCounts } from '../../inbox/open-counts.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
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
  depth: DlqDepth
  format: string | null
  sourceTopics: string[]
  groups: string[]
  oldestAtMs: number | null
  expiry: Forecast
}

const DLQ_LIST: ListDefinition<DlqRow> = {
  key: 'id',
  defaultSort: '-depth',
  aliases: { name: ['topic'], cluster: ['clusterId'], rate: ['arrivalsPerMinute'] },
  fields: {
    id: { type: 'text', get: (row) => row.id },
    clusterId: { type: 'word', get: (row) => row.clusterId },
    topic: { type: 'text', get: (row) => row.dlq.topic },
    groups: { type: 'text', get: (row) => row.groups },
    sourceTopics: { type: 'text', get: (row) => row.sourceTopics },
    isReadable: { type: 'boolean', get: (row) => row.dlq.isReadable },
    depth: { type: 'number', get: (row) => row.depth.depth },
    isPartial: { type: 'boolean', get: (row) => row.dlq.isPartial },
    stored: { type: 'number', get: ({ dlq, depth }) => storedNow(dlq.stored, depth) },
    format: { type: 'word', get: (row) => row.format },
    oldestAt: { type: 'number', get: (row) => row.oldestAtMs },
    expiresAt: { type: 'number', get: (row) => row.expiry.earliestAtMs },
    arrivalsPerMinute: { type: 'number', get: (row) => row.dlq.arrivalsPerMinute },
  },
}

export async function listDlqs(services: ApiServices, query: ListQuery): Promise<DlqListAnswer> {
  const [registered, summaries] = await Promise.all([services.registry.list(), services.snapshots.summaries()])
  const wanted = new Set(registered.map((cluster) => cluster.config.id))
  const polled = summaries.filter((summary) => wanted.has(summary.clusterId) && summary.lastPollAtMs !== null)
  const lists = await Promise.all(polled.map((summary) => rowsOf(services, summary)))
  const page = pageOf(lists.flat(), DLQ_LIST, query)
  const oldestMs = polled.length === 0 ? null : Math.min(...polled.map((summary) => summary.lastPollAtMs ?? 0))
  return {
    items: page.rows.map(toDlqAnswer),
    nextCursor: page.nextCursor,
    asOf: toIsoOrNull(oldestMs),
    total: page.total,
  }
}

/** The counts are read anew each time: what a person archived a moment ago is not in the last poll. */
async function rowsOf({ snapshots, inbox }: ApiServices, summary: ClusterSummary): Promise<DlqRow[]> {
  const { clusterId } = summary
  const dlqs = await cache.rows(snapshots, summary)
  if (dlqs.length === 0) return []
  const counts = await readOpenCounts(inbox.database, clusterId)
  const nowMs = summary.lastPollAtMs ?? 0
  return dlqs.map((dlq) => toRow(clusterId, dlq, counts.get(dlq.topic) ?? null, nowMs))
}

function toRow(clusterId: string, dlq: ObservedDlq, count: OpenCount | null, nowMs: number): DlqRow {
  const depth = dlqDepth(dlq, count)
  const known = depth.isCounted ? count : null
  return {
    id: `${encodeURIComponent(clusterId)}/${encodeURIComponent(dlq.topic)}`,
    ...{ clusterId, dlq, depth },
    format: known?.format ?? null,
    sourceTopics: distinct([...dlq.sourceTopics, ...(known?.originTopics ?? [])]),
    groups: distinct([...dlq.groups, ...(known?.groups ?? [])]),
    oldestAtMs: known === null ? dlq.oldestAtMs : known.oldestOpenAtMs,
    expiry: queueExpiry(dlq, depth, known?.oldestOpenAtMs ?? null, nowMs),
  }
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)]
}

function toDlqAnswer(row: DlqRow): DlqAnswer {
  const { dlq, depth } = row
  return {
    ...{ id: row.id, clusterId: row.clusterId, topic: dlq.topic, format: row.format },
    ...{ sourceTopics: row.sourceTopics, groups: row.groups, isReadable: dlq.isReadable },
    depth: toNumberOrNull(depth.depth),
    depthIsUpperBound: depth.isUpperBound,
    stored: toNumberOrNull(storedNow(dlq.stored, depth)),
    isPartial: dlq.isPartial,
    oldestAt: toIsoOrNull(row.oldestAtMs),
    expiresAt: toForecastAnswer(row.expiry),
    arrivalsPerMinute: round(dlq.arrivalsPerMinute),
  }
}
