/** What the process that started the collector knows of it: what it says over its channel, and when it dies. */
import { z } from 'zod'
import type { CollectorStatus } from '../api/services.ts'
import { ERROR_CODES } from '../errors.ts'

const storeTrouble = z.object({
  code: z.enum(ERROR_CODES),
  sinceMs: z.number(),
  waitingPolls: z.int(),
  droppedPolls: z.int(),
  clusterIds: z.array(z.string()),
})

const collectorMessage = z.union([
  /** It polls. */
  z.strictObject({ started: z.literal(true) }),
  z.strictObject({ storeTrouble: storeTrouble.nullable() }),
])
export type CollectorMessage = z.infer<typeof collectorMessage>

/** A collector that has not begun yet counts as running: only one that died is missed. */
export class CollectorWatch {
  #status: CollectorStatus = { stopped: null, storeTrouble: null }

  status(): CollectorStatus {
    return this.#status
  }

  /** Anything else that comes over the channel is not for us. */
  heard(message: unknown): void {
    const { data } = collectorMessage.safeParse(message)
    if (data === undefined) return
    // Whoever speaks runs.
    const stopped = null
    this.#status = 'started' in data ? { ...this.#status, stopped } : { stopped, storeTrouble: data.storeTrouble }
  }

  /** What waited in its memory is gone with it. A child that dies while it starts does not begin the story anew. */
  died(nowMs: number, restartInMs: number): void {
    const sinceMs = this.#status.stopped?.sinceMs ?? nowMs
    this.#status = { stopped: { sinceMs, restartsAtMs: nowMs + restartInMs }, storeTrouble: null }
  }
}
