/** One pull, from whoever hands out messages. */
import type { Outcome } from '../cluster/outcome.ts'
import {
  PULL_FOUND,
  PULL_MESSAGE,
  PULL_RETRY_IMMEDIATELY,
  type PulledMessages,
  QUEUE_INDEX,
  type QueueIndex,
  VIEW_MESSAGE,
} from './message-requests.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { SYSTEM_BUSY, SYSTEM_ERROR } from './rocketmq-fault.ts'
import { askPlace, type TopicPlace } from './topic-places.ts'

const VIEWED_AT_ONCE = 32
const VIEWED_BYTES = 256 * 1024

/**
 * From the master, or from a slave when the master is away. Slaves of 5.x refuse every pull unless they are set up to
 * be read (slaveReadEnable): their index and each message are asked for instead, which no setting forbids.
 */
export async function pullMessages(
  caller: RocketmqCaller,
  place: TopicPlace,
  topic: string,
  queue: number,
  offset: bigint,
): Promise<Outcome<PulledMessages>> {
  const pulled = await askPlace(caller, place, PULL_MESSAGE, topic, queue, offset)
  const refusing = pulled.fault?.facts.errorCode === SYSTEM_BUSY ? pulled.fault.facts.address : undefined
  const slave = place.slaves.find((address) => address === refusing)
  return slave === undefined ? pulled : viewMessages(caller, slave, topic, queue, offset)
}

async function viewMessages(
  caller: RocketmqCaller,
  slave: string,
  topic: string,
  queue: number,
  offset: bigint,
): Promise<Outcome<PulledMessages>> {
  const index = await caller.call(slave, QUEUE_INDEX, topic, queue, offset, VIEWED_AT_ONCE)
  if (index.fault) return index
  const entries = withinBytes(index.value.entries)
  const bodies: Buffer[] = []
  const answers = entries.map(({ physicalOffset }) => caller.call(slave, VIEW_MESSAGE, topic, physicalOffset))
  for (const { value, fault } of await Promise.all(answers)) {
    const isGone = fault?.facts.errorCode === SYSTEM_ERROR
    // The next pull begins with it. When it is the very first one, it is passed, and named.
    if (fault && isGone) return { value: pulledOf(index.value, offset, bodies), fault: null }
    if (fault) return { value: null, fault }
    bodies.push(value)
  }
  return { value: pulledOf(index.value, offset, bodies), fault: null }
}

/** At least the first one. */
function withinBytes(entries: QueueIndex['entries']): QueueIndex['entries'] {
  let bytes = 0
  return entries.filter(({ sizeBytes }, position) => {
    bytes += sizeBytes
    return position === 0 || bytes <= VIEWED_BYTES
  })
}

function pulledOf({ minOffset, maxOffset, entries }: QueueIndex, offset: bigint, bodies: Buffer[]): PulledMessages {
  const isGone = bodies.length === 0 && entries.length > 0
  return {
    code: isGone ? PULL_RETRY_IMMEDIATELY : PULL_FOUND,
    minOffset,
    maxOffset,
    nextOffset: offset + BigInt(isGone ? 1 : bodies.length),
    body: Buffer.concat(bodies),
  }
}
