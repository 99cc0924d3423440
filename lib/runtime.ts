/** Puts the console together: the one place that names the drivers. */

import type { ApiServices, CollectorStatus, Readiness } from './api/services.ts'
import { createAuditLog } from './audit/audit-log.ts'
import { createAuthStore } from './auth/auth-store.ts'
import { createAuthenticator } from './auth/authenticator.ts'
import { createSecretBox } from './auth/secret-box.ts'
import { loadOrCreateSecret } from './auth/secret-key.ts'
import type { ClusterConfig } from './cluster/cluster-config.ts'
import type { ClusterDriver } from './cluster/cluster-driver.ts'
import { systemClock } from './collector/clock.ts'
import { Collector } from './collector/collector.ts'
import { CollectorLease, isCollectorAlive } from './collector/lease.ts'
import type { StoreTrouble } from './collector/store-watch.ts'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db.ts'
import { topicKindClassifier } from './dlq/topic-kind.ts'
import { createChunkHistory } from './history/chunk-history.ts'
import { createEventHistory, type EventHistory } from './history/event-history.ts'
import type { History } from './history/history.ts'
import { createSnapshotReader } from './history/snapshot-reader.ts'
import { createSnapshotWriter } from './history/snapshot-writer.ts'
import { KafkaDriver } from './kafka/kafka-driver.ts'
import { createLogger, type Logger, secretsOf } from './log.ts'
import { type ClusterRegistry, createClusterRegistry } from './registry/cluster-registry.ts'
import { createExpectedBrokers, type ExpectedBrokers } from './registry/expected-brokers.ts'
import { RocketmqDriver } from './rocketmq/rocketmq-driver.ts'
import { SECOND_MS } from './units.ts'

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
}

/** @throws HoldfastError `database_…` */
async function createRuntime(config: Config): Promise<Runtime> {
  const secret = loadOrCreateSecret(config)
  const log = createLogger(config, [...secretsOf(config), secret])
  const database = await openDatabase(config.databaseUrl)
  const now = Date.now
  return {
    config,
    log,
    secret,
    database,
    history: createChunkHistory(database, { ...config.history, now }),
    events: createEventHistory(database),
    registry: createClusterRegistry(database, {
      fileClusters: config.clusters,
      box: createSecretBox(secret),
      now,
      onUnreadable: (cluster, err) =>
        log.error(
          { cluster, err },
          'a stored cluster cannot be decrypted with the present HOLDFAST_SECRET; add it anew',
        ),
    }),
    expectedBrokers: createExpectedBrokers(database, now),
  }
}

function createDriver(config: ClusterConfig): ClusterDriver {
  return config.kind === 'kafka' ? new KafkaDriver(config) : new RocketmqDriver(config)
}

export interface WebRuntime {
  services: ApiServices
  close(): Promise<void>
}

/**
 * Everything that pages and the API need.
 *
 * @param collectorStatus asks whoever started the collector; answers null where nobody here did
 * @throws HoldfastError `database_…`
 */
export async function startWeb(config: Config, collectorStatus: () => CollectorStatus | null): Promise<WebRuntime> {
  const runtime = await createRuntime(config)
  const { database, log, secret, history, events, registry, expectedBrokers } = runtime
  const services: ApiServices = {
    config,
    log,
    now: Date.now,
    snapshots: createSnapshotReader(database),
    history,
    events,
    registry,
    expectedBrokers,
    createDriver,
    authenticator: createAuthenticator(config, secret, createAuthStore(database), Date.now),
    audit: createAuditLog(database),
    readiness: () => readinessOf(runtime),
    collectorStatus,
  }
  return { services, close: () => database.close() }
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
  const { database, events, expectedBrokers, history, log, registry } = await createRuntime(config)
  const ended = Promise.withResolvers<never>()
  // Whoever does not wait for it must not be ended by it.
  ended.promise.catch(() => undefined)
  const collector = new Collector({
    lease: new CollectorLease(database, systemClock),
    registry,
    history,
    events,
    expectedBrokers,
    snapshots: createSnapshotWriter(database),
    createDriver,
    kindOf: topicKindClassifier(config.dlq),
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
    ended: ended.promise,
    async stop() {
      await collector.stop()
      await database.close()
    },
  }
}
