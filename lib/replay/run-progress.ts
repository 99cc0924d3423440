/** How far a run has come, in memory as in the database: what is not written down is not done. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isHoldfastError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { countOutcomes } from './outcome-codec.ts'
import type { AlsoWrite, PartProgress, ProgressStore } from './progress-store.ts'
import type { ReplayStore } from './replay-store.ts'
import type { ReplayJob, ReplayPart } from './replay-types.ts'
import { RunFailed } from './run-guard.ts'
import { LONGEST_RETRY_MS } from './run-trouble.ts'
import { SpeedMeter } from './speed-meter.ts'

export interface RunProgressOptions {
  store: Pick<ReplayStore, 'parts'>
  progress: Pick<ProgressStore, 'save'>
  alsoWrite: AlsoWrite
  log: Logger
  monotonicMs(): number
}

export class RunProgress {
  readonly #options: RunProgressOptions
  readonly #id: string
  readonly #speed = new SpeedMeter()
  #parts: ReplayPart[]
  #sent: number

  constructor({ id, counts }: ReplayJob, parts: ReplayPart[], options: RunProgressOptions) {
    this.#options = options
    this.#id = id
    this.#parts = parts
    this.#sent = Number(counts.produced)
  }

  get parts(): readonly ReplayPart[] {
    return this.#parts
  }

  /** Also what an earlier life had sent. What was refused is not sent. */
  get sent(): number {
    return this.#sent
  }

  /** What was declared before a send that failed stands in the database alone. */
  async reload(): Promise<void> {
    this.#parts = await this.#options.store.parts(this.#id)
  }

  took(records: number): void {
    this.#speed.add(records, this.#options.monotonicMs())
  }

  /**
   * Into the database, again and again until it is there: nothing else may be sent before.
   *
   * @returns whether more keys have stopped, so that what was made ahead is not to be sent
   * @throws RunFailed
   */
  async save(progress: readonly PartProgress[], signal: AbortSignal): Promise<boolean> {
    const moved = progress.filter(({ from, to, runs }) => to > from || runs.length > 0)
    if (moved.length === 0) return false
    await this.#write(moved, signal)
    for (const { runs } of moved) this.#sent += countOutcomes(runs).produced
    for (const { ordinal, to, stoppedKeys } of moved) {
      const part = this.#parts[ordinal] as ReplayPart
      this.#parts[ordinal] = { ...part, nextOffset: to, stoppedKeys: [...(stoppedKeys ?? part.stoppedKeys)] }
    }
    return moved.some(({ stoppedKeys }) => stoppedKeys !== null)
  }

  async #write(moved: readonly PartProgress[], signal: AbortSignal): Promise<void> {
    const { progress, alsoWrite, log, monotonicMs } = this.#options
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)) {
      try {
        const isMine = await progress.save(this.#id, moved, this.#speed.perSecond(monotonicMs()), alsoWrite)
        if (isMine) return
        throw new RunFailed({ code: 'otherRun', facts: {} })
      } catch (error) {
        if (error instanceof RunFailed || !isHoldfastError(error) || signal.aborted) throw error
        log.error({ err: error, replay: this.#id }, 'progress of a replay is not stored; trying again')
        await rest(waitMs, signal)
      }
    }
  }

  /** What the plan leaves out behind the last record that was sent. */
  leftOut(): PartProgress[] {
    return this.#parts.flatMap(({ partition, broker, nextOffset, selected }, ordinal) => {
      const to = selected.end ?? nextOffset
      return to <= nextOffset ? [] : [{ ordinal, partition, broker, from: nextOffset, to, runs: [], stoppedKeys: null }]
    })
  }
}

export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch {
    // Told to stop: whoever rests sees it.
  }
}
