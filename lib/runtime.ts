/** Puts the console together: the one place that names the drivers. */

import { createAlertStore } from './alerting/alert-store.ts'
import { createOwnRules } from './alerting/own-rules.ts'
import { createSilences } from './alerting/silences.ts'
import { routesOf } from './alerts/route.ts'
import { closeMessages } from './api/messages/cluster-messages.ts'
import type { ApiServices, CollectorStatus, Readiness } from './api/services.ts'
import { createAuditLog } from './audit/audit-log.ts'
import { createAuthStore } from './auth/auth-store.ts'
import { createAuthenticator } from './auth/authenticator.ts'
import { createSecretBox } from './auth/secret-box.ts'
import { loadOrCreateSecret } from './auth/secret-key.ts'
import type { ClusterConfig } from './cluster/cluster-config.ts'
import type { ClusterDriver } from './cluster/cluster-driver.ts'
import type { MessageAccess } from './cluster/messages.ts'
import type { TopicSettingsAccess } from './cluster/topic-settings.ts'
import { systemClock } from './collector/clock.ts'
import { Collector } from './collector/collector.ts'
import { CollectorLease, HEARTBEAT_MS, isCollectorAlive } from './collector/lease.ts'
import type { StoreTrouble } from './collector/store-watch.ts'
import { unreadPaths } from './config/config-file.ts'
import { labeller } from './config/owners.ts'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db.ts'
import { allProfiles } from './dlq/all-profiles.ts'
import { topicKindClassifier } from './dlq/topic-kind.ts'
import { anyGlobMatcher } from './glob.ts'
import { createChunkHistory } from './history/chunk-history.ts'
import { createEventHistory, type EventHistory } from './history/event-history.ts'
import type { History } from './history/history.ts'
import { createSnapshotReader } from './history/snapshot-reader.ts'
import { createSnapshotWriter } from './history/snapshot-writer.ts'
import { readStoredPoll } from './history/stored-poll.ts'
import { createHoldStore } from './holds/hold-store.ts'
import { troubledHolds } from './holds/troubled-holds.ts'
import { DlqDiscovery } from './inbox/dlq-discovery.ts'
import { createInbox, type Inbox } from './inbox/inbox.ts'
import { readOpenCounts } from './inbox/open-counts.ts'
import { readPurges } from './inbox/purges.ts'
import { queueOf } from './inbox/queues.ts'
import { UNLIMITED } from './inbox/selection.ts'
import { KafkaDriver } from './kafka/kafka-driver.ts'
import { KafkaMessages } from './kafka/kafka-messages.ts'
import { KafkaTopicSettings } from './kafka/kafka-topic-settings.ts'
import { createLogger, type Logger, secretsOf } from './log.ts'
import { createLossLedger } from './losses/loss-ledger.ts'
import { createOutbox } from './outbox/outbox.ts'
import { PayloadDecoders } from './payload/payload-decoders.ts'
import { systemResolve } from './receivers/dial.ts'
import { sendHeartbeat } from './receivers/heartbeat.ts'
import { createSender } from './receivers/sender.ts'
import { type ClusterRegistry, createClusterRegistry } from './registry/cluster-registry.ts'
import { createExpectedBrokers, type ExpectedBrokers } from './registry/expected-brokers.ts'
import { createMutes, type Mutes } from './registry/mutes.ts'
import { createReceivers, type Receivers } from './registry/receivers.ts'
import { createProgressStore } from './replay/progress-store.ts'
import { createReplayStore } from './replay/replay-store.ts'
import { periodsDue, type ReportMaker } from './reports/make-report.ts'
import { createReportStore } from './reports/report-store.ts'
import { RocketmqBrokerSettings } from './rocketmq/rocketmq-broker-settings.ts'
import { RocketmqDriver } from './rocketmq/rocketmq-driver.ts'
import { RocketmqMessages } from './rocketmq/rocketmq-messages.ts'
import { ReceiverWatch } from './telling/receiver-watch.ts'
import { Teller } from './telling/teller.ts'
import { DAY_MS, SECOND_MS } from './units.ts'
import { deliveryTasks } from './worker/delivery-task.ts'
import { discoveryTask } from './worker/discovery-task.ts'
import { heartbeatTask, pollsWork } from './worker/heartbeat-task.ts'
import { holdTask } from './worker/hold-task.ts'
import { inboxTask } from './worker/inbox-task.ts'
import { type ClusterAccess, replayTasks } from './worker/replay-tasks.ts'
import { reportTask } from './worker/report-task.ts'
import { tellingTasks } from './worker/telling-task.ts'
import { Worker, type WorkerTask } from './worker/worker.ts'

/** What both processes need. */
interface Runtime {
  config: Config
  log: Logger
  secret: string
  database: Database
  history: History
  events: EventHistory
  registry: ClusterRegistry
  expectedBrokers: ExpectedBrokers
  mutes: Mutes
  receivers: Receivers
}

/** @throws HoldfastError `database_…` */
async function createRuntime(config: Config): Promise<Runtime> {
  const secret = loadOrCreateSecret(config)
  const log = createLogger(config, [...secretsOf(config), secret])
  const database = await openDatabase(config.databaseUrl)
  const now = Date.now
  const box = createSecretBox(secret)
  return {
    config,
    log,
    secret,
    database,
    history: createChunkHistory(database, { ...config.history, now }),
    events: createEventHistory(database),
    registry: createClusterRegistry(database, {
      fileClusters: config.clusters,
      ...{ box, now },
      onUnreadable: (cluster, err) =>
        log.error(
          { cluster, err },
          'a stored cluster cannot be decrypted with the present HOLDFAST_SECRET; add it anew',
        ),
    }),
    expectedBrokers: createExpectedBrokers(database, now),
    mutes: createMutes(database, config.rules.mutes, now),
    receivers: createReceivers(database, {
      fileReceivers: config.receivers,
      ...{ box, now },
      onUnreadable: (receiver, err) =>
        log.error(
          { receiver, err },
          'a stored receiver cannot be decrypted with the present HOLDFAST_SECRET; add it anew',
        ),
    }),
  }
}

function createDriver(config: ClusterConfig): ClusterDriver {
  return config.kind === 'kafka' ? new KafkaDriver(config) : new RocketmqDriver(config)
}

/** Reading and writing messages of one cluster; connects when first used. */
function createMessageAccess(config: ClusterConfig): MessageAccess {
  return config.kind === 'kafka' ? new KafkaMessages(config) : new RocketmqMessages(config)
}

/** The settings that single topics are kept by; connects when first used. */
function createTopicSettings(config: ClusterConfig): TopicSettingsAccess {
  return config.kind === 'kafka' ? new KafkaTopicSettings(config) : new RocketmqBrokerSettings(config)
}

/** Other processes of the console, as far as the web server can reach them. */
export interface WebNeighbours {
  /** Asks whoever started the collector; answers null where nobody here did. */
  collectorStatus(): CollectorStatus | null
  /** Tells the worker that there is something to do; does nothing where it runs elsewhere. */
  wakeWorker(): void
}

function createDiscovery(config: Config, database: Database): DlqDiscovery {
  const isExcluded = anyGlobMatcher(config.dlq.exclude)
  return new DlqDiscovery({ database, profiles: allProfiles(config.dlq), isExcluded, now: Date.now })
}

/** What web server and worker know of dead letters; one for each process. */
function createInboxOf(config: Config, database: Database): Inbox {
  const kindOf = topicKindClassifier(config.dlq)
  return createInbox({
    database,
    profiles: allProfiles(config.dlq),
    knownTopics: () => ({ kindOf: (topic) => kindOf(topic, false, null, false) }),
    now: Date.now,
  })
}

function createReportMaker({ config, database, history, events, registry, mutes }: Runtime): ReportMaker {
  return {
    store: createReportStore(database, config.reports.keep, config.reports.receivers),
    sources: {
      ...{ registry, history, events, mutes, labelsOf: labeller(config.owners) },
      snapshots: createSnapshotReader(database),
      losses: createLossLedger(database),
      replays: createReplayStore(database),
      holds: createHoldStore(database),
      audit: createAuditLog(database),
    },
    now: Date.now,
  }
}

/** Who is told of alerts; each process has one. */
function createTeller({ config, database, receivers, registry, mutes }: Runtime): Teller {
  return new Teller({
    ...{ database, receivers, mutes, routes: routesOf(config.alerts.routes), clusters: registry },
    silences: createSilences(database, config.alerts.silences, Date.now),
    ...{ labelsOf: labeller(config.owners), now: Date.now },
  })
}

export interface WebRuntime {
  services: ApiServices
  /** Whether there is anything for the worker; null while the database does not tell. */
  needsWorker(): Promise<boolean | null>
  close(): Promise<void>
}

/**
 * Everything that pages and the API need.
 *
 * @throws HoldfastError `database_…`
 */
export async function startWeb(config: Config, { collectorStatus, wakeWorker }: WebNeighbours): Promise<WebRuntime> {
  const runtime = await createRuntime(config)
  const { database, log, secret, history, events, registry, expectedBrokers, mutes, receivers } = runtime
  const services: ApiServices = {
    config,
    log,
    now: Date.now,
    snapshots: createSnapshotReader(database),
    history,
    events,
    registry,
    expectedBrokers,
    mutes,
    outbox: createOutbox(database),
    receivers: { store: receivers, sender: createSender({ config, ...systemClock }) },
    createDriver,
    createMessageAccess,
    createTopicSettings,
    payloadDecoders: new PayloadDecoders(config.masking, Date.now),
    inbox: createInboxOf(config, database),
    losses: createLossLedger(database),
    alerts: createAlertStore(database, createTeller(runtime)),
    alertRules: createOwnRules(database, config.alerts, Date.now),
    silences: createSilences(database, config.alerts.silences, Date.now),
    replays: { store: createReplayStore(database), progress: createProgressStore(database), wake: wakeWorker },
    holds: { store: createHoldStore(database), wake: wakeWorker },
    reports: createReportMaker(runtime),
    authenticator: createAuthenticator(config, secret, createAuthStore(database), Date.now),
    audit: createAuditLog(database),
    readiness: () => readinessOf(runtime),
    collectorStatus,
  }
  return {
    services,
    needsWorker: () => needsWorker(runtime),
    close: async () => {
      await closeMessages(services)
      await database.close()
    },
  }
}

/**
 * Fleets without dead letters do not pay for a process that reads them, nor for one that waits for an hour, or until a hold or
 * a day is over. Whoever wants to be called of alerts is called within a second or two, and not after a process was started.
 */
async function needsWorker({ config, database, receivers, registry, log }: Runtime): Promise<boolean | null> {
  try {
    const { routes, heartbeat } = config.alerts
    if (heartbeat !== null) return true
    if (routes?.length !== 0 && (await receivers.list()).length > 0) return true
    if (await createReplayStore(database).hasWork()) return true
    if (await createOutbox(database).hasDue(Date.now())) return true
    const { reports } = config
    if ((await periodsDue(createReportStore(database, reports.keep), reports, Date.now())).length > 0) return true
    const known = new Set((await registry.list()).map(({ config }) => config.id))
    if ((await createHoldStore(database).due([...known], Date.now())).length > 0) return true
    const summaries = await createSnapshotReader(database).summaries()
    // Null: there are queues, and nobody knows what they hold.
    return summaries.some(({ clusterId, totals }) => known.has(clusterId) && totals !== null && totals.dlqDepth !== 0n)
  } catch (err) {
    log.debug({ err }, 'the database does not tell whether the worker is needed')
    return null
  }
}

async function readinessOf({ config, database, log }: Runtime): Promise<Readiness> {
  const hasCollector = config.role !== 'web'
  try {
    const isAlive = await isCollectorAlive(database, Date.now())
    return { database: true, collector: hasCollector ? isAlive : null }
  } catch (error) {
    log.warn({ err: error }, 'the database does not answer')
    return { database: false, collector: hasCollector ? false : null }
  }
}

export interface RunningCollector {
  /** As of the web server. */
  needsWorker(): Promise<boolean | null>
  /** Ends running polls and waits until all is stored. */
  stop(): Promise<void>
  /** Rejects with HoldfastError `second_instance` when another collector took over, as after this machine slept. */
  ended: Promise<never>
}

/**
 * @param onStoreTrouble hears of each change of what keeps polls from being stored; null: nothing does
 * @throws HoldfastError `second_instance`, `database_…`
 */
export async function startCollector(
  config: Config,
  onStoreTrouble: (trouble: StoreTrouble | null) => void,
): Promise<RunningCollector> {
  const runtime = await createRuntime(config)
  const { database, events, expectedBrokers, history, log, mutes, registry } = runtime
  const ended = Promise.withResolvers<never>()
  // Whoever does not wait for it must not be ended by it.
  ended.promise.catch(() => undefined)
  for (const path of unreadPaths(config)) log.warn({ path }, 'this part of the configuration is not read yet')
  const discovery = createDiscovery(config, database)
  const snapshots = createSnapshotReader(database)
  const holds = createHoldStore(database)
  const collector = new Collector({
    lease: new CollectorLease(database, systemClock),
    registry,
    history,
    events,
    expectedBrokers,
    mutes,
    severities: config.rules.severity,
    tunings: config.rules.tunings,
    snapshots: createSnapshotWriter(database),
    createDriver,
    kindOf: topicKindClassifier(config.dlq),
    inboxFacts: async (clusterId) => ({
      counts: await readOpenCounts(database, clusterId),
      discovered: await discovery.discovered(clusterId),
      purged: await readPurges(database, clusterId),
    }),
    holdFacts: async (clusterId) => {
      const unsettled = await holds.unsettled(clusterId)
      return { troubled: troubledHolds(unsettled, Date.now()), topics: new Set(unsettled.map(({ topic }) => topic)) }
    },
    findingsBefore: (clusterId) => snapshots.findings(clusterId),
    losses: createLossLedger(database),
    alerts: createAlertStore(database, createTeller(runtime)),
    alertRules: createOwnRules(database, config.alerts, Date.now),
    keepAlertsMs: config.history.hourlyDays * DAY_MS,
    pollBefore: (clusterId) => readStoredPoll(database, clusterId),
    intervalMs: config.poll.intervalSeconds * SECOND_MS,
    clock: systemClock,
    random: Math.random,
    log,
    onLeaseLost: ended.reject,
    onStoreTrouble,
  })
  try {
    await collector.start()
  } catch (error) {
    await database.close()
    throw error
  }
  return {
    needsWorker: () => needsWorker(runtime),
    ended: ended.promise,
    async stop() {
      await collector.stop()
      await database.close()
    },
  }
}

/** None where nobody waits for one. */
function heartbeatTasks({ config, database, log, registry }: Runtime): WorkerTask[] {
  const { heartbeat } = config.alerts
  if (heartbeat === null) return []
  const { now, monotonicMs } = systemClock
  const snapshots = createSnapshotReader(database)
  const settings = { allowedNetworks: config.receiverAllowedNetworks, resolve: systemResolve }
  return [
    heartbeatTask({
      ...{ everyMs: heartbeat.everyMs, monotonicMs, log },
      send: (signal) => sendHeartbeat(heartbeat.url, settings, now(), signal),
      async isWell() {
        const clusterIds = (await registry.list()).map((cluster) => cluster.config.id)
        if (!(await isCollectorAlive(database, now()))) return false
        return pollsWork(await snapshots.summaries(), clusterIds, now())
      },
    }),
  ]
}

export interface RunningWorker {
  /** There is something to do. */
  wake(): void
  /** Ends what runs where it can be taken up again. */
  stop(): Promise<void>
  /** Rejects when another worker took over (HoldfastError `second_instance`), or it cannot work at all. */
  ended: Promise<never>
}

/** Reads dead letters, replays them, ends holds of retention, makes reports and tells receivers, as soon as no other worker does. @throws HoldfastError `database_…` */
export async function startWorker(config: Config): Promise<RunningWorker> {
  const runtime = await createRuntime(config)
  const { database, log, receivers, registry } = runtime
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => undefined)
  const snapshots = createSnapshotReader(database)
  const profiles = allProfiles(config.dlq)
  const { now, monotonicMs } = systemClock
  const decoders = new PayloadDecoders(config.masking, now)
  const clusterOf = async (id: string): Promise<ClusterAccess | null> => {
    const found = (await registry.list()).find((cluster) => cluster.config.id === id)?.config
    if (found === undefined) return null
    return { kind: found.kind, open: () => createMessageAccess(found), decoder: decoders.of(found) }
  }
  const inbox = createInboxOf(config, database)
  const store = createReplayStore(database)
  const clusterIds = async (): Promise<string[]> => (await registry.list()).map((cluster) => cluster.config.id)
  const worker = new Worker({
    lease: new CollectorLease(database, systemClock, undefined, 'worker'),
    heartbeatMs: HEARTBEAT_MS,
    clock: systemClock,
    log,
    onLeaseLost: ended.reject,
    tasks: [
      holdTask({
        store: createHoldStore(database),
        clusterIds,
        now,
        topicsOf: async (id) => {
          const found = (await registry.list()).find((cluster) => cluster.config.id === id)?.config
          return found === undefined ? null : { settings: createTopicSettings(found), readOnly: found.readOnly }
        },
      }),
      reportTask(createReportMaker(runtime), config.reports),
      ...tellingTasks(
        createTeller(runtime),
        new ReceiverWatch({ database, receivers, routes: routesOf(config.alerts.routes), now }),
      ),
      ...heartbeatTasks(runtime),
      ...deliveryTasks({
        outbox: createOutbox(database),
        receiverOf: (id) => receivers.find(id),
        sender: createSender({ config, now, monotonicMs }),
        ...{ now, monotonicMs, log },
      }),
      discoveryTask({ discovery: createDiscovery(config, database), snapshots, clusterIds, clusterOf }),
      inboxTask({
        scanner: inbox.scanner,
        counter: inbox.counter,
        snapshots,
        clusterIds,
        clusterOf,
        monotonicMs,
      }),
      ...replayTasks({
        ...{ store, snapshots, clusterOf, profiles, log, now, monotonicMs, ledger: inbox.ledger },
        progress: createProgressStore(database),
        pin: async ({ request: { clusterId, topic, selection } }, reader, signal) => {
          const decoder = (await clusterOf(clusterId))?.decoder ?? null
          const pinned = await inbox.resolve({ clusterId, topic, reader, decoder }, selection, UNLIMITED, signal)
          return { ...pinned, topicId: pinned.queue.topicId || null }
        },
        queueIdOf: async ({ request: { clusterId, topic }, facts }) =>
          (await queueOf(database, { clusterId, topic, topicId: facts?.sourceTopicId ?? null }, now())).id,
        policy: config.replayApproval,
      }),
    ],
  })
  worker.start().catch(ended.reject)
  return {
    wake: () => worker.wake(),
    ended: ended.promise,
    async stop() {
      await worker.stop()
      await database.close()
    },
  }
}
