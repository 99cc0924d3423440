/** Settings of brokers, at their own pace. */
import { type FactBook, PacedCache } from '../cluster/fact-book.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { type BrokerConfig, readBrokerConfig } from './config-mapping.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { BROKER_CONFIG } from './rocketmq-requests.ts'

/** A member at an address, in its present role: a new master has new settings. */
export interface ConfiguredMember {
  address: string
  isMaster: boolean
}

export class ConfigReader {
  readonly #configs: PacedCache<BrokerConfig>

  constructor(paceMs: number | null) {
    this.#configs = new PacedCache(paceMs)
  }

  /** @param isChanging somebody changes them: all are read, whatever their pace */
  async read(
    caller: RocketmqCaller,
    members: readonly ConfiguredMember[],
    book: FactBook,
    nowMs: number,
    isChanging = false,
  ): Promise<void> {
    const byKey = new Map(members.map((member) => [keyOf(member), member]))
    this.#configs.retain((key) => byKey.has(key))
    const due = isChanging ? [...byKey.keys()] : this.#configs.due(byKey.keys(), nowMs)
    await Promise.all(
      due.map(async (key) => {
        const address = byKey.get(key)?.address ?? ''
        const answer = await caller.call(address, BROKER_CONFIG)
        this.#configs.set(key, answer.fault ? answer : { value: readBrokerConfig(answer.value), fault: null }, nowMs)
      }),
    )
    if (due.length > 0) book.wasRead('configs', nowMs)
  }

  of(member: ConfiguredMember): Outcome<BrokerConfig> | undefined {
    return this.#configs.get(keyOf(member))
  }
}

function keyOf({ address, isMaster }: ConfiguredMember): string {
  return `${address}${isMaster ? ' master' : ''}`
}
