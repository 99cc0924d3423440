/** The worker's share in deliveries: what receivers are to be told is sent, and tried again until it is taken. */
import { Deliverer, type DelivererOptions } from '../receivers/deliver.ts'
import { HOUR_MS, SECOND_MS } from '../units.ts'
import type { WorkerTask } from './worker.ts'

const LOOK_MS = SECOND_MS
const PRUNE_MS = HOUR_MS

export function deliveryTasks(options: DelivererOptions): WorkerTask[] {
  const deliverer = new Deliverer(options)
  return [
    {
      name: 'deliveries',
      restMs: LOOK_MS,
      async step(signal) {
        await deliverer.step(signal)
        return false
      },
      end: () => deliverer.end(),
    },
    { name: 'old deliveries', restMs: PRUNE_MS, step: () => options.outbox.prune(options.now()) },
  ]
}
