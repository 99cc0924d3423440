/** Where controllers elect the masters: which members they count as in sync. Only their leader knows. */
import type { FactBook } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { CONTROLLER_METADATA, SYNC_STATE_SETS, type SyncStateOfBroker } from './rocketmq-requests.ts'

export class SyncStateReader {
  readonly #paceMs: number
  #states: ReadonlyMap<string, SyncStateOfBroker> = new Map()
  #leader: string | null = null
  #faults: [controller: string, fault: Fault][] = []
  #readAtMs: number | null = null

  constructor(paceMs: number | null) {
    this.#paceMs = paceMs ?? 0
  }

  /** By broker name, as last told: a controller that is away does not change who was who. */
  get states(): ReadonlyMap<string, SyncStateOfBroker> {
    return this.#states
  }

  get leader(): string | null {
    return this.#leader
  }

  async read(
    caller: RocketmqCaller,
    controllers: readonly string[],
    brokerNames: string[],
    book: FactBook,
    nowMs: number,
  ): Promise<void> {
    if (controllers.length === 0) return
    if (this.#readAtMs === null || nowMs - this.#readAtMs >= this.#paceMs) {
      this.#readAtMs = nowMs
      if (await this.#readNow(caller, controllers, brokerNames)) book.wasRead('syncStateSets', nowMs)
    }
    for (const [controller, reason] of this.#faults) book.fail('syncStateSets', 'api', controller, reason)
  }

  async #readNow(caller: RocketmqCaller, controllers: readonly string[], brokerNames: string[]): Promise<boolean> {
    this.#faults = []
    this.#leader = null
    const leader = await this.#findLeader(caller, controllers)
    if (leader === null) return false
    const answer = await caller.call(leader, SYNC_STATE_SETS, brokerNames)
    if (answer.fault) {
      this.#faults.push([leader, answer.fault])
      return false
    }
    this.#leader = leader
    this.#states = answer.value
    return true
  }

  /** The first controller that names one knows. */
  async #findLeader(caller: RocketmqCaller, controllers: readonly string[]): Promise<string | null> {
    for (const controller of controllers) {
      const { value, fault } = await caller.call(controller, CONTROLLER_METADATA)
      if (value?.leaderAddress) return value.leaderAddress
      if (fault) this.#faults.push([controller, fault])
    }
    return null
  }
}
