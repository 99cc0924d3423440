/** The newest observation in Prometheus' text form. What is unknown is left out, never written as 0. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { ObservedBroker } from '../../durability/observation.ts'
import { VERDICT_LEVELS } from '../../durability/observation.ts'
import type { ClusterSummary, GroupRow, TopicRow } from '../../history/snapshot-store.ts'
import { isStale } from '../../history/staleness.ts'
import type { Backlog } from '../../outbox/outbox.ts'
import { isFiring, type PlacedAlert } from '../alerts/alert-rows.ts'
import { levelOf } from '../clusters/cluster-serializers.ts'
import type { OpenLosses } from '../losses/open-losses.ts'
import type { CollectorStatus } from '../services.ts'

export interface ObservedCluster {
  clusterId: string
  summary: ClusterSummary
  /** Null: no loss is open. */
  losses: OpenLosses | null
  brokers: readonly ObservedBroker[]
  topics: readonly TopicRow[]
  groups: readonly GroupRow[]
}

/** Of alerts, and of those who are told. */
export interface Told {
  alerts: readonly PlacedAlert[]
  /** Their ids. */
  receivers: readonly string[]
  backlogs: readonly Backlog[]
}

/** Rows per cluster and kind: beyond it the rest is counted in `holdfast_rows_left_out`. */
const MAX_ROWS = 10_000

type Value = number | bigint | boolean | null | undefined
type SetValue = (labels: Record<string, string>, value: Value) => void

/** Made for the process once: Prometheus' own process metrics need a registry that lives on. */
let processRegistry: Registry | null = null

/** @param collector null where nobody here knows of it: its rows are then left out */
export async function metricsText(
  clusters: readonly ObservedCluster[],
  collector: CollectorStatus | null,
  told: Told,
  nowMs: number,
): Promise<string> {
  if (processRegistry === null) {
    processRegistry = new Registry()
    collectDefaultMetrics({ register: processRegistry, prefix: 'holdfast_' })
  }
  const observed = new Registry()
  for (const write of [writeClusters, writeBrokers, writeRocketmq, writeTopics, writeGroups])
    write(observed, clusters, nowMs)
  writeAlerts(observed, clusters, told)
  writeReceivers(observed, told, nowMs)
  if (collector !== null) writeCollector(observed, collector)
  return `${await observed.metrics()}\n${await processRegistry.metrics()}`
}

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

interface Row {
  labels: Record<string, string>
  value: number
}

/** Rows are unique here, so the library's own bookkeeping by label, a second for 10,000 topics, is left out. */
class RowGauge extends Gauge {
  readonly rows: Row[] = []

  override async get(): Promise<Awaited<ReturnType<Gauge['get']>>> {
    return { ...(await super.get()), values: this.rows }
  }
}

function gauge(register: Registry, name: string, help: string, labelNames: string[]): SetValue {
  const metric = new RowGauge({ name: `holdfast_${name}`, help, labelNames, registers: [register] })
  return (labels, value) => {
    if (value !== null && value !== undefined) metric.rows.push({ labels, value: Number(value) })
  }
}

function writeCollector(register: Registry, { stopped, storeTrouble }: CollectorStatus): void {
  gauge(register, 'collector_running', '1 while the collector runs', [])({}, stopped === null)
  if (stopped !== null) return
  const { waitingPolls = 0, droppedPolls = 0 } = storeTrouble ?? {}
  gauge(register, 'store_failing', '1 while polls cannot be stored', [])({}, storeTrouble !== null)
  gauge(register, 'store_waiting_polls', 'Polls in memory that could not be stored yet', [])({}, waitingPolls)
  gauge(register, 'store_dropped_polls', 'Older ones that had to make room for them', [])({}, droppedPolls)
}

function writeClusters(register: Registry, clusters: readonly ObservedCluster[], nowMs: number): void {
  const make = (name: string, help: string, more: string[] = []): SetValue =>
    gauge(register, `cluster_${name}`, help, ['cluster', ...more])
  const verdict = make('verdict', '1 for the level that holds: safe, watch, atRisk, losing, unknown', ['level'])
  const openLosses = make('open_losses', 'Losses in the ledger that nobody has acknowledged')
  const stale = make('stale', '1 when the last good poll is older than three intervals')
  const pollFailed = make('poll_failed', '1 when the newest poll failed')
  const lastPoll = make('last_poll_timestamp_seconds', 'Time of the last good poll')
  const pollSeconds = make('poll_duration_seconds', 'Duration of the last good poll')
  const partitions = make('partitions_by_durability', 'Partitions by their place on the ladder', ['durability'])
  const totals = TOTALS.map(([field, name, help]) => [field, make(name, help)] as const)
  for (const { clusterId: cluster, summary, losses } of clusters) {
    for (const level of VERDICT_LEVELS) {
      verdict({ cluster, level }, levelOf({ summary, losses }) === level)
    }
    openLosses({ cluster }, losses?.open ?? 0)
    stale({ cluster }, isStale(summary.lastPollAtMs, summary.pollIntervalMs, nowMs))
    pollFailed({ cluster }, summary.pollError !== null)
    lastPoll({ cluster }, summary.lastPollAtMs === null ? null : summary.lastPollAtMs / 1000)
    pollSeconds({ cluster }, summary.pollMs === null ? null : summary.pollMs / 1000)
    for (const [field, set] of totals) set({ cluster }, summary.totals?.[field])
    for (const [durability, field] of LADDER_FIELDS) partitions({ cluster, durability }, summary.totals?.[field])
  }
}

const TOTALS = [
  ['brokersOnline', 'brokers_online', 'Brokers that answer'],
  ['brokersExpected', 'brokers_expected', 'Brokers that were seen and not retired'],
  ['topics', 'topics', 'Topics, internal ones included'],
  ['partitions', 'partitions', 'Partitions, internal ones included'],
  ['groups', 'groups', 'Consumer groups'],
  ['dlqDepth', 'dlq_depth', 'Records in dead-letter topics; an upper bound of the open ones'],
  ['diskUsedRatioMax', 'disk_used_ratio_max', 'Fullest volume, 0 to 1'],
  ['lagSecondsMax', 'lag_seconds_max', 'Lag of the group that is furthest behind'],
] as const

const LADDER_FIELDS = [
  ['underReplicated', 'underReplicated'],
  ['atMinIsr', 'atMinIsr'],
  ['underMinIsr', 'underMinIsr'],
  ['offline', 'offline'],
  ['unknown', 'unknownPartitions'],
] as const

/** Without those that are muted, as the list has them. */
function writeAlerts(register: Registry, clusters: readonly ObservedCluster[], { alerts }: Told): void {
  const firing = gauge(register, 'cluster_firing_alerts', 'Alerts that fire', ['cluster'])
  const open = gauge(register, 'alerts', 'Open alerts of a rule, by their state', [
    'cluster',
    'code',
    'severity',
    'state',
  ])
  for (const { clusterId } of clusters) {
    firing({ cluster: clusterId }, alerts.filter((one) => one.cluster.id === clusterId && isFiring(one)).length)
  }
  const shown = alerts.filter(({ mutes }) => mutes.length === 0)
  const alike = Map.groupBy(shown, ({ cluster, alert, state }) =>
    JSON.stringify({ cluster: cluster.id, code: alert.ruleCode, severity: alert.severity, state }),
  )
  for (const [labels, some] of alike) open(JSON.parse(labels), some.length)
}

/** Whether those who are to be told are: a receiver that takes nothing must be seen by others than itself. */
function writeReceivers(register: Registry, { receivers, backlogs }: Told, nowMs: number): void {
  const make = (name: string, help: string): SetValue => gauge(register, `receiver_${name}`, help, ['receiver'])
  const waiting = make('waiting_deliveries', 'Messages that wait to be sent, or sent again')
  const oldest = make('waiting_seconds', 'Since when the oldest of them waits; 0 when none does')
  const failed = make('failed_deliveries', 'Messages of the last 30 days that were refused or given up')
  for (const receiver of receivers) {
    const backlog = backlogs.find(({ receiverId }) => receiverId === receiver)
    const sinceMs = backlog?.waitingSinceMs ?? null
    waiting({ receiver }, backlog?.waiting ?? 0)
    oldest({ receiver }, sinceMs === null ? 0 : Math.max(0, nowMs - sinceMs) / 1_000)
    failed({ receiver }, backlog?.failed ?? 0)
  }
}

function writeBrokers(register: Registry, clusters: readonly ObservedCluster[]): void {
  const labels = ['cluster', 'broker']
  const online = gauge(register, 'broker_online', '1 when it answers; left out when unknown', labels)
  const leaders = gauge(register, 'broker_leader_partitions', 'Partitions it leads', labels)
  const total = gauge(register, 'broker_disk_total_bytes', 'Size of the volume', [...labels, 'log_dir'])
  const used = gauge(register, 'broker_disk_used_bytes', 'Total less usable', [...labels, 'log_dir'])
  const ratio = gauge(register, 'broker_disk_used_ratio', 'Used share of the volume, 0 to 1', [...labels, 'log_dir'])
  for (const { clusterId: cluster, brokers } of clusters) {
    for (const broker of brokers) {
      online({ cluster, broker: broker.id }, broker.online)
      leaders({ cluster, broker: broker.id }, broker.leaderPartitions)
      for (const dir of broker.logDirs ?? []) {
        total({ cluster, broker: broker.id, log_dir: dir.path }, dir.totalBytes)
        used({ cluster, broker: broker.id, log_dir: dir.path }, dir.usedBytes)
        ratio({ cluster, broker: broker.id, log_dir: dir.path }, dir.usedRatio)
      }
    }
  }
}

function writeRocketmq(register: Registry, clusters: readonly ObservedCluster[]): void {
  const labels = ['cluster', 'broker']
  const server = gauge(register, 'name_server_online', '1 when it answers; left out when it does not', [
    'cluster',
    'name_server',
  ])
  const missing = gauge(register, 'name_server_missing_brokers', 'Brokers that another NameServer lists', [
    'cluster',
    'name_server',
  ])
  const behind = gauge(register, 'broker_replication_behind_bytes', 'Commit log that a slave lacks', labels)
  const dispatch = gauge(register, 'broker_dispatch_behind_bytes', 'Stored and not in the queues yet', labels)
  const half = gauge(register, 'broker_half_messages', 'Transactional messages without a decision', labels)
  for (const { clusterId: cluster, summary, brokers } of clusters) {
    for (const { address, online, missingBrokers } of summary.nameServers ?? []) {
      server({ cluster, name_server: address }, online)
      missing({ cluster, name_server: address }, missingBrokers?.length)
    }
    for (const { id: broker, role, rocketmq } of brokers) {
      if (role === 'SLAVE') behind({ cluster, broker }, rocketmq?.replication?.behindBytes)
      dispatch({ cluster, broker }, rocketmq?.runtime?.dispatchBehindBytes)
      half({ cluster, broker }, rocketmq?.halfMessages)
    }
  }
}

function writeTopics(register: Registry, clusters: readonly ObservedCluster[]): void {
  const labels = ['cluster', 'topic']
  const messages = gauge(register, 'topic_messages', 'End less start offsets, an upper bound', labels)
  const sizeBytes = gauge(register, 'topic_size_bytes', 'All replicas', labels)
  const rate = gauge(register, 'topic_produce_rate_per_second', 'Records appended per second', labels)
  const leftOut = gauge(register, 'rows_left_out', 'Topics and groups beyond the limit of this page', [
    'cluster',
    'kind',
  ])
  for (const { clusterId: cluster, topics, groups } of clusters) {
    leftOut({ cluster, kind: 'topic' }, Math.max(0, topics.length - MAX_ROWS))
    leftOut({ cluster, kind: 'group' }, Math.max(0, groups.length - MAX_ROWS))
    for (const topic of topics.slice(0, MAX_ROWS)) {
      messages({ cluster, topic: topic.name }, topic.messages)
      sizeBytes({ cluster, topic: topic.name }, topic.sizeBytes)
      rate({ cluster, topic: topic.name }, topic.produceRatePerSecond)
    }
  }
}

function writeGroups(register: Registry, clusters: readonly ObservedCluster[]): void {
  const labels = ['cluster', 'group']
  const members = gauge(register, 'group_members', 'Members', labels)
  const lag = gauge(register, 'group_lag_messages', 'Unread records, the known partitions', labels)
  const lagSeconds = gauge(register, 'group_lag_seconds', 'Lag of the worst partition', labels)
  const lost = gauge(register, 'group_lost_messages', 'Unread records that retention deleted, an upper bound', labels)
  for (const { clusterId: cluster, groups } of clusters) {
    for (const { id: group, ...row } of groups.slice(0, MAX_ROWS)) {
      members({ cluster, group }, row.memberCount)
      lag({ cluster, group }, row.lagMessages)
      lagSeconds({ cluster, group }, row.lagSeconds)
      lost({ cluster, group }, row.lostMessages)
    }
  }
}
