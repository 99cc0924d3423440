import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import type { ConnectionStep } from '../../cluster/cluster-driver.ts'
import { fault } from '../../cluster/fault.ts'
import { type ClusterInput, TLS_FILE_KEYS, toClusterConfig } from '../../config/cluster-schema.ts'
import { VERDICT_LEVELS } from '../../durability/observation.ts'
import { HoldfastError } from '../../errors.ts'
import type { Locale } from '../../i18n/locale.ts'
import { hideInLogs, secretsOfCluster } from '../../log.ts'
import { SECOND_MS } from '../../units.ts'
import { firingAlerts } from '../alerts/firing-alerts.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import { openLosses } from '../losses/open-losses.ts'
import type { ClusterAnswer, ClusterListAnswer } from '../schemas/clusters.ts'
import type { ListQuery } from '../schemas/common.ts'
import { toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { type ClusterRow, levelOf, toClusterAnswer } from './cluster-serializers.ts'

/** The whole test, all steps; a driver bounds each of its requests by itself. */
const TEST_DEADLINE_MS = 20 * SECOND_MS

const totals = (
  name: 'topics' | 'partitions' | 'groups' | 'underReplicated' | 'atMinIsr' | 'underMinIsr' | 'offline',
) => ({ type: 'number', get: (row: ClusterRow) => row.summary?.totals?.[name] ?? null }) as const

/** Worst first: what nobody knows could be anything. */
const LEVEL_RANK = Object.fromEntries(VERDICT_LEVELS.map((level, index) => [level, index]))

const CLUSTER_LIST: ListDefinition<ClusterRow> = {
  key: 'id',
  defaultSort: 'id',
  aliases: { level: ['verdict'], state: ['verdict'], lag: ['lagSecondsMax'] },
  fields: {
    id: { type: 'text', get: (row) => row.registered.config.id },
    name: { type: 'text', get: (row) => row.registered.config.name },
    kind: { type: 'word', get: (row) => row.registered.config.kind },
    version: { type: 'text', get: (row) => row.summary?.version ?? null },
    verdict: {
      type: 'word',
      get: levelOf,
      rank: (row) => LEVEL_RANK[levelOf(row)] ?? null,
    },
    lastPollAt: { type: 'number', get: (row) => row.summary?.lastPollAtMs ?? null },
    pollMs: { type: 'number', get: (row) => row.summary?.pollMs ?? null },
    readOnly: { type: 'boolean', get: (row) => row.registered.config.readOnly },
    source: { type: 'word', get: (row) => row.registered.source },
    brokersExpected: { type: 'number', get: (row) => row.summary?.totals?.brokersExpected ?? null },
    brokersOnline: { type: 'number', get: (row) => row.summary?.totals?.brokersOnline ?? null },
    topics: totals('topics'),
    partitions: totals('partitions'),
    groups: totals('groups'),
    underReplicated: totals('underReplicated'),
    atMinIsr: totals('atMinIsr'),
    underMinIsr: totals('underMinIsr'),
    offline: totals('offline'),
    unknownPartitions: { type: 'number', get: (row) => row.summary?.totals?.unknownPartitions ?? null },
    openLosses: { type: 'number', get: (row) => row.losses?.open ?? 0 },
    firingAlerts: { type: 'number', get: (row) => row.firingAlerts },
    dlqDepth: { type: 'number', get: (row) => row.summary?.totals?.dlqDepth ?? null },
    diskUsedRatioMax: { type: 'number', get: (row) => row.summary?.totals?.diskUsedRatioMax ?? null },
    lagSecondsMax: { type: 'number', get: (row) => row.summary?.totals?.lagSecondsMax ?? null },
  },
}

export async function listClusters(
  services: ApiServices,
  query: ListQuery,
  locale: Locale,
): Promise<ClusterListAnswer> {
  const rows = await readRows(services)
  const page = pageOf(rows, CLUSTER_LIST, query)
  const polls = rows.flatMap((row) => row.summary?.lastPollAtMs ?? [])
  return {
    items: page.rows.map((row) => toAnswer(services, row, locale)),
    nextCursor: page.nextCursor,
    // The list is as old as the cluster that was read longest ago.
    asOf: toIsoOrNull(polls.length === 0 ? null : Math.min(...polls)),
    total: page.total,
  }
}

export async function getCluster(services: ApiServices, clusterId: string, locale: Locale): Promise<ClusterAnswer> {
  const registered = await getClusterOrThrow(services, clusterId)
  const [summary, losses, firing] = await Promise.all([
    services.snapshots.summary(clusterId),
    openLosses(services),
    firingAlerts(services),
  ])
  const counts = { losses: losses.get(clusterId) ?? null, firingAlerts: firing.get(clusterId) ?? 0 }
  return toAnswer(services, { registered, summary, ...counts }, locale)
}

async function readRows(services: ApiServices): Promise<ClusterRow[]> {
  const [registered, summaries, losses, firing] = await Promise.all([
    services.registry.list(),
    services.snapshots.summaries(),
    openLosses(services),
    firingAlerts(services),
  ])
  const byId = new Map(summaries.map((summary) => [summary.clusterId, summary]))
  return registered.map((cluster) => {
    const { id } = cluster.config
    const counts = { losses: losses.get(id) ?? null, firingAlerts: firing.get(id) ?? 0 }
    return { registered: cluster, summary: byId.get(id) ?? null, ...counts }
  })
}

function toAnswer(services: ApiServices, row: ClusterRow, locale: Locale): ClusterAnswer {
  return toClusterAnswer(row, services.config.poll.intervalSeconds * SECOND_MS, services.now(), locale)
}

/** @throws HoldfastError `conflict`, `cluster_configured_in_file` */
export async function addCluster(
  services: ApiServices,
  input: ClusterInput,
  actor: string,
  locale: Locale,
): Promise<ClusterAnswer> {
  const known = (await services.registry.list()).find((cluster) => cluster.config.id === input.id)
  if (known?.source === 'file') throw new HoldfastError('cluster_configured_in_file', { cluster: input.id })
  if (known !== undefined) throw new HoldfastError('conflict', { id: input.id })
  await services.registry.add(toRuntimeConfig(input), actor)
  return getCluster(services, input.id, locale)
}

/** @throws HoldfastError `cluster_not_found`, `cluster_configured_in_file` */
export async function removeCluster(services: ApiServices, clusterId: string): Promise<void> {
  const known = await getClusterOrThrow(services, clusterId)
  if (known.source === 'file') throw new HoldfastError('cluster_configured_in_file', { cluster: clusterId })
  await services.registry.remove(clusterId)
}

export async function testCluster(services: ApiServices, input: ClusterInput): Promise<ConnectionStep[]> {
  const signal = AbortSignal.timeout(TEST_DEADLINE_MS)
  const driver = services.createDriver(toRuntimeConfig(input))
  try {
    return await Promise.race([driver.test(signal), afterDeadline(signal)])
  } finally {
    // Nobody waits for the sockets of a test to close; a failure there changes nothing of the answer.
    driver.close().catch((err: unknown) => services.log.debug({ err }, 'driver of a connection test not closed'))
  }
}

function afterDeadline(signal: AbortSignal): Promise<ConnectionStep[]> {
  const step: ConnectionStep = {
    name: 'connect',
    ok: false,
    fault: fault('requestTimeout', { timeoutMs: TEST_DEADLINE_MS }),
  }
  return new Promise((done) => signal.addEventListener('abort', () => done([step]), { once: true }))
}

/**
 * Nothing is expanded and no file of the server is read for what comes over the network: `${env:…}` or a
 * path would let a caller send the console's own secrets to a broker of their choice.
 */
function toRuntimeConfig(input: ClusterInput): ClusterConfig {
  const named = TLS_FILE_KEYS.find((key) => input.tls?.[key])
  if (named !== undefined) throw new HoldfastError('bad_request', { path: `body.tls.${named}`, issue: 'inlinePem' })
  const config = toClusterConfig(input, () => '')
  hideInLogs(secretsOfCluster(config))
  return config
}
