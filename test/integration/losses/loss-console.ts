/** A console that watches one real cluster as the collector does, with a database of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import type { ClusterDriver } from '../../../lib/cluster/cluster-driver.ts'
import type { ClusterPoller } from '../../../lib/collector/cluster-poller.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import type { Finding } from '../../../lib/durability/observation.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import type { History } from '../../../lib/history/history.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import type { SnapshotReader } from '../../../lib/history/snapshot-store.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { createLossLedger, type StoredLoss } from '../../../lib/losses/loss-ledger.ts'
import { EVERY_POLL } from '../../servers/kafka-clients.ts'
import { rocketmqDriver } from '../../servers/rocketmq-polls.ts'
import { storedPoller } from '../../servers/stored-poller.ts'

const POLL_DEADLINE_MS = 60_000
const KEEP_ALL = { rawHours: 1_000, fiveMinuteDays: 1_000, hourlyDays: 1_000 }

export class LossConsole {
  readonly clusterId: string
  readonly database: Database
  readonly snapshots: SnapshotReader
  readonly history: History
  readonly #config: ClusterConfig
  readonly #folder: string
  #poller: ClusterPoller

  private constructor(config: ClusterConfig, folder: string, database: Database) {
    this.#config = config
    this.#folder = folder
    this.clusterId = config.id
    this.database = database
    this.snapshots = createSnapshotReader(database)
    this.history = createChunkHistory(database, { ...KEEP_ALL, now: Date.now })
    this.#poller = this.#createPoller()
  }

  static async open(config: ClusterConfig): Promise<LossConsole> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-losses-'))
    return new LossConsole(config, folder, await openDatabase(`file:${join(folder, 'holdfast.db')}`))
  }

  async poll(times = 1): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      expect(await this.#poller.poll(AbortSignal.timeout(POLL_DEADLINE_MS))).toBe(true)
    }
  }

  /** Its process ends; what it stored is all that the next one knows. */
  async restart(): Promise<void> {
    await this.#poller.close()
    this.#poller = this.#createPoller()
  }

  async ledger(): Promise<readonly StoredLoss[]> {
    return createLossLedger(this.database).list()
  }

  /** Of the newest poll, as `severity code type name`, and the part where a subject has several; sorted. */
  async findings(): Promise<string[]> {
    const text = ({ severity, code, subject, part }: Finding): string =>
      [severity, code, subject.type, subject.name, part].filter((word) => word !== null).join(' ')
    return ((await this.snapshots.findings(this.clusterId)) ?? []).map(text).sort()
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#poller.close()])
    await Promise.allSettled([this.database.close()])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #createPoller(): ClusterPoller {
    const { database, history } = this
    const config = this.#config
    const createDriver = (): ClusterDriver => driverOf(config)
    return storedPoller({ config, createDriver, database, history, complain: (text) => expect.fail(text) })
  }
}

function driverOf(config: ClusterConfig): ClusterDriver {
  return config.kind === 'kafka' ? new KafkaDriver(config, { paces: EVERY_POLL }) : rocketmqDriver(config)
}
