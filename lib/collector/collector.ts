/** The process that polls: one scheduler per cluster, following the registry, under the lease. */
import { isDeepStrictEqual } from 'node:util'
import type { AlertStore } from '../alerting/alert-store.ts'
import { bookOf, evaluateRemoval } from '../alerts/evaluate.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { HoldfastError } from '../errors.ts'
import type { History } from '../history/history.ts'
import type { ClusterRegistry } from '../registry/cluster-registry.ts'
import type { Mutes } from '../registry/mutes.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../units.ts'
import { ClusterPoller, type PollerOptions } from './cluster-poller.ts'
import { ClusterScheduler } from './cluster-scheduler.ts'
import { type CollectorLease, HEARTBEAT_MS } from './lease.ts'
import { restAfterPoll } from './rest-after-poll.ts'
import { type StoreTrouble, StoreWatch } from './store-watch.ts'

export interface CollectorOptions extends Omit<PollerOptions, 'alerts' | 'config' | 'history' | 'mutes' | 'stores'> {
  lease: Pick<CollectorLease, 'acquire' | 'renew' | 'release'>
  registry: Pick<ClusterRegistry, 'list'>
  history: Pick<History, 'append' | 'maintain' | 'read'>
  alerts: Pick<AlertStore, 'read' | 'openClusters' | 'record' | 'prune'>
  /** How long alerts that have ended are kept. */
  keepAlertsMs: number
  mutes: Pick<Mutes, 'list' | 'removeEnded'>
  random(): number
  /** Somebody else took the lease, as after this machine was suspended. Called once; the collector has stopped polling. */
  onLeaseLost(error: HoldfastError): void
  /** Hears of each change of what keeps polls from being stored; null: nothing does. */
  onStoreTrouble(trouble: StoreTrouble | null): void
}

const FOLLOW_REGISTRY_MS = 5 * SECOND_MS
const MAINTAIN_EVERY_MS = 5 * MINUTE_MS
const REMOVE_MUTES_EVERY_MS = HOUR_MS

interface Watched {
  config: ClusterConfig
  poller: ClusterPoller
  scheduler: ClusterScheduler
}

export class Collector {
  readonly #options: CollectorOptions
  readonly #stopping = new AbortController()
  readonly #watched = new Map<string, Watched>()
  readonly #stores: StoreWatch
  /** Clusters outside of which no alert is open any more; null: not known. */
  #endedAllBut: readonly string[] | null = null
  #loops: Promise<unknown> = Promise.resolve()

  constructor(options: CollectorOptions) {
    this.#options = options
    this.#stores = new StoreWatch(options.onStoreTrouble)
  }

  /** Resolves once the clusters of the configuration are being polled. @throws HoldfastError `second_instance` */
  async start(): Promise<void> {
    await this.#options.lease.acquire(this.#stopping.signal)
    await this.#followRegistry()
    this.#loops = Promise.all([
      this.#every(HEARTBEAT_MS, 'renewing the lease failed', () => this.#renew()),
      this.#every(FOLLOW_REGISTRY_MS, 'reading the list of clusters failed', () => this.#followRegistry()),
      this.#every(FOLLOW_REGISTRY_MS, 'ending alerts of removed clusters failed', () => this.#endUnwatched()),
      this.#every(MAINTAIN_EVERY_MS, 'sealing the history failed', () => this.#maintain()),
      this.#every(REMOVE_MUTES_EVERY_MS, 'removing ended mutes failed', () => this.#options.mutes.removeEnded()),
    ])
  }

  /** Ends running polls, waits for them and for what is being stored, and gives the lease back. */
  async stop(): Promise<void> {
    await this.#end()
    await this.#loops
    await this.#options.lease.release()
  }

  async #end(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([...this.#watched.keys()].map((id) => this.#unwatch(id)))
  }

  async #renew(): Promise<void> {
    if (await this.#options.lease.renew()) return
    this.#options.log.error({}, 'another collector took over; this one stops')
    await this.#end()
    this.#options.onLeaseLost(new HoldfastError('second_instance'))
  }

  async #followRegistry(): Promise<void> {
    const clusters = await this.#options.registry.list()
    const wanted = new Map(clusters.map(({ config }) => [config.id, config]))
    const changed = [...this.#watched.values()].filter(
      ({ config }) => !isDeepStrictEqual(config, wanted.get(config.id)),
    )
    await Promise.all(changed.map(({ config }) => this.#unwatch(config.id)))
    if (this.#stopping.signal.aborted) return
    for (const config of wanted.values()) if (!this.#watched.has(config.id)) this.#watch(config)
  }

  /** One may also have been removed while no collector ran. */
  async #endUnwatched(): Promise<void> {
    const { alerts, clock } = this.#options
    const watched = [...this.#watched.keys()].sort()
    if (isDeepStrictEqual(watched, this.#endedAllBut)) return
    for (const clusterId of await alerts.openClusters()) {
      if (this.#watched.has(clusterId)) continue
      const nowMs = clock.now()
      await alerts.record(clusterId, evaluateRemoval(bookOf(await alerts.read(clusterId, nowMs)), nowMs))
    }
    this.#endedAllBut = watched
  }

  #watch(config: ClusterConfig): void {
    const { clock, intervalMs, random } = this.#options
    const poller = new ClusterPoller({ ...this.#options, config, stores: this.#stores })
    const poll = async (signal: AbortSignal): Promise<boolean> => {
      const isGood = await poller.poll(signal)
      restAfterPoll()
      return isGood
    }
    const scheduler = new ClusterScheduler({ clock, intervalMs, random, poll })
    this.#watched.set(config.id, { config, poller, scheduler })
    scheduler.start()
  }

  async #unwatch(clusterId: string): Promise<void> {
    const watched = this.#watched.get(clusterId)
    this.#watched.delete(clusterId)
    await watched?.scheduler.stop()
    await watched?.poller.close()
    this.#stores.ended(clusterId)
  }

  async #maintain(): Promise<void> {
    const { alerts, clock, history, keepAlertsMs } = this.#options
    await history.maintain(clock.now())
    await alerts.prune(clock.now() - keepAlertsMs)
  }

  /** The same trouble is told once, and that it is over. */
  async #every(intervalMs: number, trouble: string, work: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopping
    let told: string | null = null
    for (;;) {
      await clock.sleep(intervalMs, signal)
      if (signal.aborted) return
      try {
        await work()
        if (told !== null) log.info({ trouble }, 'that trouble is over')
        told = null
      } catch (error) {
        const cause = error instanceof HoldfastError ? error.code : String(error)
        if (cause !== told) log.error({ err: error }, trouble)
        told = cause
      }
    }
  }
}
