/** Where a message goes. Pure. */
import { crc32 } from 'node:zlib'
import { type Fault, fault } from '../cluster/fault.ts'
import type { OutgoingMessage } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { TopicPlace } from './topic-places.ts'

export interface TargetQueue {
  brokerName: string
  /** The master's. */
  address: string
  queue: number
}

/**
 * One of the queues that may be written to, and that fit what the message asks for: the same one for each message of
 * one key as long as the same queues can be written to; without a key one after the other.
 *
 * @param turn how many messages without a key went before
 */
export function chooseQueue(
  message: OutgoingMessage,
  places: readonly TopicPlace[],
  turn: number,
): Outcome<TargetQueue> {
  const queues = places.flatMap((place) => writableQueues(place)).filter(fits(message))
  const chosen = queues[message.key === null ? turn % queues.length : crc32(message.key) % queues.length]
  return chosen === undefined ? { value: null, fault: whyNone(message, places) } : { value: chosen, fault: null }
}

export type SteadyQueue = Pick<TargetQueue, 'brokerName' | 'queue'>

/** Those that may be written to, also while their master is away: what must stay together waits for it. */
export function steadyQueues(places: readonly TopicPlace[]): SteadyQueue[] {
  return places
    .filter(({ isWritable }) => isWritable)
    .flatMap(({ brokerName, writeQueues }) =>
      Array.from({ length: writeQueues }, (_, queue): SteadyQueue => ({ brokerName, queue })),
    )
}

/** The same queue for the same `together`, or why it cannot be written to now; never another one. */
export function chooseSteadily(
  message: OutgoingMessage & { together: Uint8Array },
  places: readonly TopicPlace[],
  queues: readonly SteadyQueue[],
): Outcome<TargetQueue> {
  const chosen = queues[crc32(message.together) % queues.length]
  if (chosen === undefined) return { value: null, fault: whyNone(message, places) }
  return chooseQueue({ ...message, broker: chosen.brokerName, partition: chosen.queue }, places, 0)
}

function writableQueues({ brokerName, master, isWritable, writeQueues }: TopicPlace): TargetQueue[] {
  if (master === null || !isWritable) return []
  return Array.from({ length: writeQueues }, (_, queue) => ({ brokerName, address: master, queue }))
}

function fits({ partition, broker }: OutgoingMessage): (queue: TargetQueue) => boolean {
  return ({ brokerName, queue }) =>
    (broker === null || brokerName === broker) && (partition === null || queue === partition)
}

function whyNone({ topic, broker }: OutgoingMessage, places: readonly TopicPlace[]): Fault {
  const fitting = places.filter(({ brokerName }) => broker === null || brokerName === broker)
  const isLeaderless = fitting.every(({ master }) => master === null)
  return isLeaderless ? fault('leaderNotAvailable', { topic, broker: broker ?? '' }) : fault('notWritable', { topic })
}
