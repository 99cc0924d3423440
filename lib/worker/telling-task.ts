/** The worker's share in telling of alerts: what has waited for its time, or for a silence to end, goes into the outbox. */
import type { ReceiverWatch } from '../telling/receiver-watch.ts'
import type { Teller } from '../telling/teller.ts'
import { HOUR_MS, SECOND_MS } from '../units.ts'
import type { WorkerTask } from './worker.ts'

const LOOK_MS = SECOND_MS
/** Whoever ends a silence waits no longer than this to be told. */
const REVIEW_MS = 5 * SECOND_MS
/** All that was sent is looked through. */
const RECEIVERS_MS = 15 * SECOND_MS

export function tellingTasks(
  teller: Pick<Teller, 'tellDue' | 'failOver' | 'review' | 'prune'>,
  watch: Pick<ReceiverWatch, 'look'>,
): WorkerTask[] {
  return [
    {
      name: 'receivers that take nothing',
      restMs: RECEIVERS_MS,
      async step() {
        await watch.look()
        return false
      },
    },
    { name: 'alerts that are due', restMs: LOOK_MS, step: () => teller.tellDue() },
    { name: 'failover of alerts', restMs: LOOK_MS, step: () => teller.failOver() },
    {
      name: 'review of alerts',
      restMs: REVIEW_MS,
      async step() {
        await teller.review()
        return false
      },
    },
    {
      name: 'old groups of alerts',
      restMs: HOUR_MS,
      async step() {
        await teller.prune()
        return false
      },
    },
  ]
}
