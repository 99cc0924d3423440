/** The API of one console without its HTTP server: the real handlers over a real SQLite file. */
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createAlertStore } from '../../lib/alerting/alert-store.ts'
import { createOwnRules } from '../../lib/alerting/own-rules.ts'
import { createSilences } from '../../lib/alerting/silences.ts'
import type { RouteHandler } from '../../lib/api/route.ts'
import { METHODS, type Method } from '../../lib/api/route-declaration.ts'
import { type ApiServices, provideServices } from '../../lib/api/services.ts'
import { createAuditLog } from '../../lib/audit/audit-log.ts'
import { type AuthStore, createAuthStore } from '../../lib/auth/auth-store.ts'
import { createAuthenticator } from '../../lib/auth/authenticator.ts'
import { createSecretBox } from '../../lib/auth/secret-box.ts'
import type { ClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { ClusterDriver } from '../../lib/cluster/cluster-driver.ts'
import type { MessageAccess } from '../../lib/cluster/messages.ts'
import type { TopicSettingsAccess } from '../../lib/cluster/topic-settings.ts'
import { labeller } from '../../lib/config/owners.ts'
import { type Config, loadConfig } from '../../lib/config.ts'
import { type Database, openDatabase } from '../../lib/db.ts'
import { allProfiles } from '../../lib/dlq/all-profiles.ts'
import { createEventHistory, type EventHistory } from '../../lib/history/event-history.ts'
import { createSnapshotReader } from '../../lib/history/snapshot-reader.ts'
import type { SnapshotWriter } from '../../lib/history/snapshot-store.ts'
import { createSnapshotWriter } from '../../lib/history/snapshot-writer.ts'
import { createHoldStore } from '../../lib/holds/hold-store.ts'
import { createInbox } from '../../lib/inbox/inbox.ts'
import { createLogger, secretsOf } from '../../lib/log.ts'
import { createLossLedger } from '../../lib/losses/loss-ledger.ts'
import { createOutbox } from '../../lib/outbox/outbox.ts'
import { PayloadDecoders } from '../../lib/payload/payload-decoders.ts'
import { createSender } from '../../lib/receivers/sender.ts'
import { type ClusterRegistry, createClusterRegistry } from '../../lib/registry/cluster-registry.ts'
import { createExpectedBrokers, type ExpectedBrokers } from '../../lib/registry/expected-brokers.ts'
import { createMutes } from '../../lib/registry/mutes.ts'
import { createReceivers } from '../../lib/registry/receivers.ts'
import { createProgressStore } from '../../lib/replay/progress-store.ts'
import { createReplayStore } from '../../lib/replay/replay-store.ts'
import { createReportStore } from '../../lib/reports/report-store.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { type MemoryHistory, memoryHistory } from './memory-history.ts'

export const ADMIN = 'admin-token-of-the-test'
export const APPROVER = 'approver-token-of-the-test'

const APP = resolve(import.meta.dirname, '../../app')

export interface CallOptions {
  token?: string | null
  headers?: Record<string, string>
  body?: unknown
  /** Sent as it is, instead of `body`. */
  rawBody?: string
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape, and the schemas are checked apart
  json: any
}

export interface TestConsole {
  services: ApiServices
  database: Database
  writer: SnapshotWriter
  history: MemoryHistory
  events: EventHistory
  authStore: AuthStore
  registry: ClusterRegistry
  expectedBrokers: ExpectedBrokers
  logLines: string[]
  setNow(nowMs: number): void
  call(method: Method, path: string, options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

export interface ConsoleOptions {
  env?: Record<string, string>
  clusters?: ClusterConfig[]
  config?: Partial<Config>
  createDriver?: (config: ClusterConfig) => ClusterDriver
  createMessageAccess?: (config: ClusterConfig) => MessageAccess
  createTopicSettings?: (config: ClusterConfig) => TopicSettingsAccess
}

export async function openConsole(options: ConsoleOptions = {}): Promise<TestConsole> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-contract-'))
  const env = { HOLDFAST_ADMIN_TOKEN: ADMIN, HOLDFAST_APPROVER_TOKEN: APPROVER, ...options.env }
  const config = { ...loadConfig(env, folder), clusters: options.clusters ?? [], ...options.config }
  const database = await openDatabase(config.databaseUrl)
  const handlers = await loadHandlers()
  const logLines: string[] = []
  let nowMs = NOW_MS
  const now = (): number => nowMs
  const history = memoryHistory()
  const events = createEventHistory(database)
  const authStore = createAuthStore(database)
  const secret = 'a secret of this test'
  const registry = createClusterRegistry(database, {
    ...{ fileClusters: config.clusters, box: createSecretBox(secret), now },
    onUnreadable: (clusterId, error) => {
      throw new Error(`cluster ${clusterId} cannot be read back`, { cause: error })
    },
  })
  const receivers = createReceivers(database, {
    ...{ fileReceivers: config.receivers, box: createSecretBox(secret), now },
    onUnreadable: (id, error) => {
      throw new Error(`receiver ${id} cannot be read back`, { cause: error })
    },
  })
  const expectedBrokers = createExpectedBrokers(database, now)
  const stored = {
    ...{ registry, history, events, audit: createAuditLog(database), snapshots: createSnapshotReader(database) },
    ...{ mutes: createMutes(database, config.rules.mutes, now), losses: createLossLedger(database) },
    alertRules: createOwnRules(database, config.alerts, now),
    ...{ alerts: createAlertStore(database), silences: createSilences(database, config.alerts.silences, now) },
  }
  const [replays, holds] = [createReplayStore(database, now), createHoldStore(database)]
  const services: ApiServices = {
    ...{ config, now, expectedBrokers, ...stored },
    authenticator: createAuthenticator(config, secret, authStore, now),
    log: createLogger({ logLevel: 'trace' }, secretsOf(config), { write: (line) => void logLines.push(line) }),
    outbox: createOutbox(database),
    receivers: { store: receivers, sender: createSender({ config, now, monotonicMs: now }) },
    createDriver: options.createDriver ?? refuseDriver,
    createMessageAccess: options.createMessageAccess ?? refuseDriver,
    createTopicSettings: options.createTopicSettings ?? refuseDriver,
    payloadDecoders: new PayloadDecoders(config.masking, now),
    inbox: createInbox({ database, profiles: allProfiles(config.dlq), knownTopics: () => ({}), now }),
    collectorStatus: () => null,
    holds: { store: holds, wake: () => undefined },
    replays: { store: replays, progress: createProgressStore(database), wake: () => undefined },
    reports: {
      store: createReportStore(database, config.reports.keep, config.reports.receivers),
      sources: { ...stored, replays, holds, labelsOf: labeller(config.owners) },
      now,
    },
    readiness: async () => {
      await database.client.session.count()
      return { database: true, collector: null }
    },
  }
  provideServices(services)
  return {
    ...{
      services,
      database,
      writer: createSnapshotWriter(database),
      history,
      events,
      authStore,
      registry,
      expectedBrokers,
      logLines,
    },
    setNow: (at) => {
      nowMs = at
    },
    call: (method, path, call = {}) => ask(handlers, method, path, call),
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function refuseDriver(): never {
  throw new Error('this test reaches no cluster')
}

interface HandlerFile {
  pattern: RegExp
  handlers: Record<Method, RouteHandler>
}

/** As the app router chooses: fixed names before parameters, and those before the file that takes all the rest. */
async function loadHandlers(): Promise<HandlerFile[]> {
  const files = globSync('**/route.ts', { cwd: APP })
  files.sort((left, right) => rank(left) - rank(right))
  return Promise.all(
    files.map(async (file) => {
      const path = `/${dirname(file)}`.replaceAll('.', '\\.')
      const pattern = path.includes('[[') ? '/api(/.*)?' : path.replaceAll(/\[\w+\]/g, '[^/]+')
      return {
        pattern: new RegExp(`^${pattern}$`),
        handlers: (await import(join(APP, file))) as HandlerFile['handlers'],
      }
    }),
  )
}

function rank(file: string): number {
  return file.includes('[[') ? 100 : (file.match(/\[/g)?.length ?? 0)
}

async function ask(files: HandlerFile[], method: Method, path: string, options: CallOptions): Promise<Answer> {
  const url = new URL(path, 'http://localhost:3000')
  const handler = files.find((file) => file.pattern.test(url.pathname))?.handlers[method]
  if (handler === undefined || !METHODS.includes(method)) throw new Error(`no file answers ${method} ${path}`)
  const headers = new Headers({ host: 'localhost:3000', 'x-holdfast-remote-address': '127.0.0.1' })
  if (options.token !== null) headers.set('authorization', `Bearer ${options.token ?? ADMIN}`)
  const body = options.rawBody ?? (options.body === undefined ? null : JSON.stringify(options.body))
  if (body !== null) headers.set('content-type', 'application/json')
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value)
  const response = await handler(new Request(url, { method, headers, body }))
  const text = await response.text()
  const isJson = text !== '' && /[/+]json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null }
}
