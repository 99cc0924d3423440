/** A console that watches one real cluster as the collector does, with a database of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ClusterPoller } from '../../../lib/collector/cluster-poller.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import type { Finding } from '../../../lib/durability/observation.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import type { History } from '../../../lib/history/history.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import type { SnapshotReader } from '../../../lib/history/snapshot-store.ts'
import { KafkaDriver } from '../../../lib/kafka/kafka-driver.ts'
import { createLossLedger, type StoredLoss } from '../../../lib/losses/loss-ledger.ts'
import { clusterConfig, EVERY_POLL } from '../../servers/kafka-clients.ts'
import { storedPoller } from '../../servers/stored-poller.ts'

const POLL_DEADLINE_MS = 60_000
const KEEP_ALL = { rawHours: 1_000, fiveMinuteDays: 1_000, hourlyDays: 1_000 }

export class LossConsole {
  readonly clusterId = 'test'
  readonly database: Database
  readonly snapshots: SnapshotReader
  readonly history: History
  readonly #bootstrapServers: readonly string[]
  readonly #folder: string
  #poller: ClusterPoller

  private constructor(bootstrapServers: readonly string[], folder: string, database: Database) {
    this.#bootstrapServers = bootstrapServers
    this.#folder = folder
    this.database = database
    this.snapshots = createSnapshotReader(database)
    this.history = createChunkHistory(database, { ...KEEP_ALL, now: Date.now })
    this.#poller = this.#createPoller()
  }

  static async open(bootstrapServers: readonly string[]): Promise<LossConsole> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-losses-'))
    return new LossConsole(bootstrapServers, folder, await openDatabase(`file:${join(folder, 'holdfast.db')}`))
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

  /** Of the newest poll, as `code type name`, and the part where a subject has several; sorted. */
  async findings(): Promise<string[]> {
    const text = ({ code, subject, part }: Finding): string =>
      [code, subject.type, subject.name, part].filter((word) => word !== null).join(' ')
    return ((await this.snapshots.findings(this.clusterId)) ?? []).map(text).sort()
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#poller.close()])
    await Promise.allSettled([this.database.close()])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #createPoller(): ClusterPoller {
    const { database, history } = this
    const config = clusterConfig(this.#bootstrapServers)
    const createDriver = (): KafkaDriver => new KafkaDriver(config, { paces: EVERY_POLL })
    return storedPoller({ config, createDriver, database, history, complain: (text) => expect.fail(text) })
  }
}
