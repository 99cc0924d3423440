/** Consoles that are killed at any moment of a hold, one after the other, over one real cluster. */
import { expect } from 'vitest'
import { createAuditLog } from '../../../lib/audit/audit-log.ts'
import type { TopicSettingsAccess } from '../../../lib/cluster/topic-settings.ts'
import type { Database } from '../../../lib/db.ts'
import { advanceHold, CLAIM_MS } from '../../../lib/holds/hold-keeper.ts'
import { createHoldStore, type HoldStore, type StoredHold } from '../../../lib/holds/hold-store.ts'
import { askedSettings, type PlannedTopic, planHold } from '../../../lib/holds/plan-hold.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { holdTask } from '../../../lib/worker/hold-task.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

/** A process that is killed before or after one of the things it does, and does nothing more then. */
export class Life {
  isOver = false
  #left: number

  /** @param steps lived; without them, for ever */
  constructor(steps: number = Number.MAX_SAFE_INTEGER) {
    this.#left = steps
  }

  /** What was not reached in this life is left for the next. */
  get left(): number {
    return this.#left
  }

  lend<Part extends object>(part: Part): Part {
    return new Proxy(part, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver)
        if (typeof value !== 'function' || name === 'close') return value
        return async (...args: unknown[]) => {
          this.#step()
          const answer: unknown = await value.apply(target, args)
          this.#step()
          return answer
        }
      },
    })
  }

  /** Whatever it did until it was killed. */
  async live(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!this.isOver) throw error
    }
  }

  #step(): void {
    if (!this.isOver && this.#left-- > 0) return
    this.isOver = true
    throw new Error('killed')
  }
}

const signal = (): AbortSignal => AbortSignal.timeout(60_000)

interface Bystanders {
  meanwhile?: () => Promise<void>
  held(): Promise<void>
}

/** What consoles do, each in a life of its own. */
export class Consoles {
  readonly #database: Database
  readonly #settings: TopicSettingsAccess
  readonly #about: PlannedTopic

  constructor(database: Database, settings: TopicSettingsAccess, about: PlannedTopic) {
    this.#database = database
    this.#settings = settings
    this.#about = about
  }

  /** As the API begins a hold of an hour. */
  async hold(life: Life, clusterId: string, topic: string): Promise<void> {
    const { store, settings } = this.#parts(life)
    await life.live(async () => {
      const read = await settings.read(topic, askedSettings(this.#about), signal())
      const wanted = { ...{ clusterId, topic, topicId: read.topicId, reason: 'why', createdBy: 'ana' } }
      const times = { createdAtMs: NOW_MS, untilAtMs: NOW_MS + HOUR_MS }
      const plan = planHold(this.#about, read.settings)
      const planned = await store.create({ ...wanted, ...times, settings: plan.settings }, NOW_MS + CLAIM_MS)
      const options = { store, now: () => NOW_MS, auditOf: null }
      await advanceHold(planned, { settings, readOnly: false }, options, signal())
    })
  }

  /** As the worker looks after holds. */
  async work(life: Life, clusterId: string, nowMs: number): Promise<void> {
    const { store, settings } = this.#parts(life)
    const topicsOf = async () => ({ settings, readOnly: false })
    const task = holdTask({ store, topicsOf, now: () => nowMs, clusterIds: async () => [clusterId] })
    await life.live(() => task.step(signal()))
  }

  /**
   * Whoever begins or ends a hold is killed after so many steps, and another one goes on. Each number of steps has a cluster of
   * its own in the database: `topic-steps`.
   *
   * @param meanwhile what somebody does after the kill; `held` is called while the hold is surely in effect
   * @returns whether anybody was killed
   */
  async liveAndDie(topic: string, steps: number, { meanwhile, held }: Bystanders): Promise<boolean> {
    const clusterId = `${topic}-${steps}`
    const first = new Life(steps)
    await this.hold(first, clusterId, topic)
    if (first.isOver) await meanwhile?.()
    await this.work(new Life(), clusterId, NOW_MS + CLAIM_MS)
    const isUndisturbed = meanwhile === undefined || !first.isOver
    if (isUndisturbed && (await this.newestOf(clusterId, topic)) !== null) {
      expect(await this.newestOf(clusterId, topic)).toMatchObject({ state: 'active', fault: null })
      await held()
    }
    const second = new Life(first.isOver ? undefined : first.left)
    await this.work(second, clusterId, NOW_MS + HOUR_MS)
    if (second.isOver) await meanwhile?.()
    await this.work(new Life(), clusterId, NOW_MS + HOUR_MS + CLAIM_MS)
    return first.isOver || second.isOver
  }

  newestOf(clusterId: string, topic: string): Promise<StoredHold | null> {
    return createHoldStore(this.#database).newestOf(clusterId, topic)
  }

  /** How holds of a cluster ended, as it was written down. */
  async endsOf(clusterId: string): Promise<string[]> {
    const { entries } = await createAuditLog(this.#database).list({
      limit: 99,
      beforeId: null,
      filter: { text: `${clusterId}/` },
    })
    return entries.filter(({ action }) => action === 'retention.restore').map(({ detail }) => String(detail?.state))
  }

  #parts(life: Life): { store: HoldStore; settings: TopicSettingsAccess } {
    const settings = this.#settings
    return {
      store: life.lend(createHoldStore(this.#database)),
      settings: life.lend<TopicSettingsAccess>({
        read: (...args) => settings.read(...args),
        change: (...args) => settings.change(...args),
        close: async () => undefined,
      }),
    }
  }
}
