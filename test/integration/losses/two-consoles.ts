/** What happens to a real cluster, seen by two consoles: each finds exactly that and nothing else. */
import { expect, vi } from 'vitest'
import type { ClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import { LossConsole } from './loss-console.ts'

const systemNow = Date.now

export class TwoConsoles {
  /** Watches all the time. */
  readonly watching: LossConsole
  /** Began with the other one, and is restarted whenever something has happened. */
  readonly restarted: LossConsole
  #atRest: readonly string[] = []
  #aheadMs = 0

  private constructor(watching: LossConsole, restarted: LossConsole) {
    this.watching = watching
    this.restarted = restarted
  }

  static async open(config: ClusterConfig): Promise<TwoConsoles> {
    return new TwoConsoles(await LossConsole.open(config), await LossConsole.open(config))
  }

  async poll(): Promise<void> {
    await Promise.all([this.watching.poll(), this.restarted.poll()])
  }

  /** What is found now is so all the time, and not what happens later. */
  async rest(): Promise<void> {
    await this.poll()
    this.#atRest = await this.watching.findings()
    await this.find([])
  }

  /** For the consoles; brokers have clocks of their own. */
  goAhead(ms: number): void {
    this.#aheadMs += ms
    vi.spyOn(Date, 'now').mockImplementation(() => systemNow() + this.#aheadMs)
  }

  /** What is found beyond what was found at rest, and what of that is not found any more. */
  async changesOf(holdfast: LossConsole): Promise<{ more: string[]; less: string[] }> {
    const found = await holdfast.findings()
    return {
      more: found.filter((finding) => !this.#atRest.includes(finding)),
      less: this.#atRest.filter((finding) => !found.includes(finding)),
    }
  }

  /** Two polls: what one of them finds it must not find twice, or take back. */
  async find(more: readonly string[], less: readonly string[] = []): Promise<void> {
    await this.restarted.restart()
    for (let poll = 0; poll < 2; poll += 1) {
      await this.poll()
      for (const holdfast of [this.watching, this.restarted]) {
        expect(await this.changesOf(holdfast)).toEqual({ more: [...more].sort(), less: [...less].sort() })
      }
    }
  }

  async haveLost(losses: readonly object[]): Promise<void> {
    expect(await this.watching.ledger()).toMatchObject(losses)
    expect(await this.restarted.ledger()).toMatchObject(losses)
  }

  async close(): Promise<void> {
    vi.restoreAllMocks()
    await Promise.all([this.watching.close(), this.restarted.close()])
  }
}
