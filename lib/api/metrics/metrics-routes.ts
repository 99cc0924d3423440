import { z } from 'zod'
import type { ClusterSummary } from '../../history/snapshot-store.ts'
import { readOpenAlerts } from '../alerts/alert-rows.ts'
import { type OpenLosses, openLosses } from '../losses/open-losses.ts'
import { defineRoute } from '../route-declaration.ts'
import type { ApiServices } from '../services.ts'
import { METRICS_CONTENT_TYPE, metricsText, type ObservedCluster, type Told } from './metrics-text.ts'

export const metricsRoute = defineRoute({
  method: 'GET',
  path: '/metrics',
  summary: 'The newest observation for Prometheus; needs metrics:read unless metrics.public is set',
  permission: 'metrics:read',
  isPublic: (config) => config.metrics.public,
  answer: z.string(),
  contentType: METRICS_CONTENT_TYPE,
  handler: async (_input, { services }) =>
    metricsText(await readObserved(services), services.collectorStatus(), await readTold(services), services.now()),
})

async function readTold(services: ApiServices): Promise<Told> {
  const [alerts, receivers, backlogs] = await Promise.all([
    readOpenAlerts(services),
    services.receivers.store.list(),
    services.outbox.backlogs(),
  ])
  return { alerts, receivers: receivers.map(({ receiver }) => receiver.id), backlogs }
}

async function readObserved(services: ApiServices): Promise<ObservedCluster[]> {
  const [registered, summaries, losses] = await Promise.all([
    services.registry.list(),
    services.snapshots.summaries(),
    openLosses(services),
  ])
  const wanted = new Set(registered.map((cluster) => cluster.config.id))
  return Promise.all(
    summaries
      .filter((summary) => wanted.has(summary.clusterId))
      .map((row) => readRows(services, row, losses.get(row.clusterId) ?? null)),
  )
}

async function readRows(
  services: ApiServices,
  summary: ClusterSummary,
  losses: OpenLosses | null,
): Promise<ObservedCluster> {
  const { clusterId } = summary
  const [brokers, topics, groups] = await Promise.all([
    services.snapshots.brokers(clusterId),
    services.snapshots.topics(clusterId),
    services.snapshots.groups(clusterId),
  ])
  return { clusterId, summary, losses, brokers: brokers ?? [], topics: topics ?? [], groups: groups ?? [] }
}
