/** A console of one real cluster, with rules that wait for nothing but the brokers. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type AlertStore, createAlertStore, type StoredAlert } from '../../../lib/alerting/alert-store.ts'
import type { AlertRule } from '../../../lib/alerts/alert-rule.ts'
import { BUILT_IN_RULES } from '../../../lib/alerts/built-in-rules.ts'
import type { ClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import type { ClusterDriver } from '../../../lib/cluster/cluster-driver.ts'
import type { ClusterPoller } from '../../../lib/collector/cluster-poller.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { storedPoller } from '../../servers/stored-poller.ts'

const POLL_DEADLINE_MS = 60_000
const SEEN = { timeout: 90_000, interval: 500 }

/** Told at once, and from one missing copy on. */
const RULES = BUILT_IN_RULES.map((rule): AlertRule => {
  const quick = { ...rule, forMs: 0, keepFiringForMs: 0 }
  const { when } = rule
  return when.kind === 'finding' && rule.code === 'partition.atMinIsr'
    ? { ...quick, when: { ...when, from: 'warning' } }
    : quick
})

export class AlertConsole {
  readonly #folder: string
  readonly #database: Database
  readonly #store: AlertStore
  readonly #aPoller: () => ClusterPoller
  #poller: ClusterPoller

  private constructor(folder: string, database: Database, aPoller: () => ClusterPoller) {
    this.#folder = folder
    this.#database = database
    this.#store = createAlertStore(database)
    this.#aPoller = aPoller
    this.#poller = aPoller()
  }

  static async open(config: ClusterConfig, createDriver: () => ClusterDriver): Promise<AlertConsole> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-alerts-'))
    const database = await openDatabase(`file:${join(folder, 'console.db')}`)
    const alertRules = { holding: async () => RULES }
    const complain = (text: string): never => expect.fail(text)
    return new AlertConsole(folder, database, () =>
      storedPoller({ config, createDriver, database, alertRules, complain }),
    )
  }

  async poll(times = 1): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      expect(await this.#poller.poll(AbortSignal.timeout(POLL_DEADLINE_MS))).toBe(true)
    }
  }

  /** Polls until it is so. */
  async pollUntil<T>(look: () => Promise<T>, expected: T): Promise<void> {
    await expect
      .poll(async () => {
        await this.poll()
        return look()
      }, SEEN)
      .toEqual(expected)
  }

  /** Of what a test is about, each code once: settings of a small cluster are found as well. */
  async found(codes: readonly string[]): Promise<string[]> {
    const findings = (await createSnapshotReader(this.#database).findings('test')) ?? []
    return [...new Set(findings.map(({ code }) => code as string))].filter((code) => codes.includes(code)).sort()
  }

  async alertsOf(codes: readonly string[]): Promise<StoredAlert[]> {
    return (await this.#store.list(0)).filter(({ ruleCode }) => codes.includes(ruleCode))
  }

  /** What became of it, in words. */
  async told(alert: StoredAlert): Promise<string[]> {
    const transitions = await this.#store.transitions(alert.id)
    return transitions.map(({ reason, to, isInhibited }) => `${reason} ${to}${isInhibited ? ', inhibited' : ''}`)
  }

  /** The broker was seen so long ago, by the clock of the store; it takes a restart of the console to read that. */
  async missFor(brokerId: string, minutes: number): Promise<void> {
    await this.#poller.close()
    const lastSeenAtMs = BigInt(Date.now() - minutes * MINUTE_MS)
    await this.#database.client.expectedBroker.updateMany({ where: { brokerId }, data: { lastSeenAtMs } })
    this.#poller = this.#aPoller()
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#poller.close(), this.#database.close()])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
