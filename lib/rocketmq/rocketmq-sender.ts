/** Sends messages one by one: the broker gives no batch an order, and no outcome of its own to each message in it. */
import { type Fault, fault } from '../cluster/fault.ts'
import { MessageAccessError, type MessageSender, type OutgoingMessage, type SendOutcome } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { SECOND_MS } from '../units.ts'
import { chooseQueue, chooseSteadily, type SteadyQueue, steadyQueues, type TargetQueue } from './choose-queue.ts'
import { SEND_MESSAGE, type StoredAt, VIEW_MESSAGE } from './message-requests.ts'
import { outgoingBody, outgoingProperties } from './outgoing-message.ts'
import type { RocketmqCaller, RocketmqClient } from './rocketmq-client.ts'
import { isCertainRefusal } from './rocketmq-fault.ts'
import { decodeMessages } from './stored-message.ts'
import type { TopicPlace, TopicPlaces } from './topic-places.ts'

/** Longer than a master waits by default for its disk (5 s) and its slaves (3 s), so that it answers first. */
const SEND_DEADLINE_MS = 15 * SECOND_MS
const RETRY_PREFIX = '%RETRY%'

interface Placed {
  index: number
  message: OutgoingMessage
  target: TargetQueue
}

export class RocketmqSender implements MessageSender {
  readonly #client: RocketmqClient
  readonly #places: TopicPlaces
  /** By topic, as they were when the first message went there. */
  readonly #steady = new Map<string, readonly SteadyQueue[]>()
  #turn = 0

  constructor(client: RocketmqClient, places: TopicPlaces) {
    this.#client = client
    this.#places = places
  }

  async send(messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<SendOutcome[]> {
    const caller = this.#client.during(signal)
    const outcomes = new Map<number, SendOutcome>()
    const placed = await this.#place(caller, messages, outcomes)
    const queues = Map.groupBy(
      placed,
      ({ message, target }) => `${message.topic}\0${target.brokerName}\0${target.queue}`,
    )
    await Promise.all([...queues.values()].map((ofQueue) => sendInOrder(caller, ofQueue, outcomes)))
    return messages.map((_, index) => outcomes.get(index) ?? notSent(fault('internalError')))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Those that have no place get their outcome at once. */
  async #place(
    caller: RocketmqCaller,
    messages: readonly OutgoingMessage[],
    outcomes: Map<number, SendOutcome>,
  ): Promise<Placed[]> {
    const topics = [...new Set(messages.map(({ topic }) => topic))]
    const places = new Map(
      await Promise.all(topics.map(async (topic) => [topic, await this.#find(caller, topic)] as const)),
    )
    return messages.flatMap((message, index) => {
      const found = places.get(message.topic)
      const target = found?.value ? this.#choose(message, found.value) : found
      if (target?.value && 'queue' in target.value) return [{ index, message, target: target.value }]
      outcomes.set(index, notSent(target?.fault ?? fault('internalError')))
      return []
    })
  }

  #choose(message: OutgoingMessage, places: readonly TopicPlace[]): Outcome<TargetQueue> {
    const { topic, partition, broker, together } = message
    if (together === undefined) return chooseQueue(message, places, this.#turn++)
    const queues = this.#steady.get(topic) ?? steadyQueues(places)
    if (queues.length > 0) this.#steady.set(topic, queues)
    const isThere = queues.some(({ brokerName, queue }) => brokerName === broker && queue === partition)
    return isThere ? chooseQueue(message, places, 0) : chooseSteadily({ ...message, together }, places, queues)
  }

  /** A topic that is not there is not sent to, or the broker might make it. */
  async #find(caller: RocketmqCaller, topic: string): Promise<Outcome<TopicPlace[]>> {
    try {
      return { value: await this.#places.find(caller, topic), fault: null }
    } catch (error) {
      if (error instanceof MessageAccessError) return { value: null, fault: error.fault }
      throw error
    }
  }
}

/** Of one queue, each when the one before is stored; behind one that is not, or may not be, nothing is sent. */
async function sendInOrder(
  caller: RocketmqCaller,
  ofQueue: readonly Placed[],
  outcomes: Map<number, SendOutcome>,
): Promise<void> {
  let hasFailed = false
  for (const placed of ofQueue) {
    const outcome: SendOutcome = hasFailed ? notSent(precedingFailed(placed)) : await sendOne(caller, placed)
    outcomes.set(placed.index, outcome)
    hasFailed ||= outcome.fault !== null
  }
}

/** Never twice, whatever the answer: a message that was stored and not confirmed is stored all the same. */
async function sendOne(caller: RocketmqCaller, { message, target }: Placed): Promise<SendOutcome> {
  const { topic, timestampMs, flag = 0 } = message
  const { value: properties, fault: unsendable } = outgoingProperties(message)
  if (unsendable) return notSent(unsendable)
  let isUnderWay = false
  const answer = await caller.call(target.address, SEND_MESSAGE, {
    ...(await outgoingBody(message.value)),
    topic,
    queue: target.queue,
    bornAtMs: timestampMs ?? Date.now(),
    flag,
    properties,
    deadlineMs: SEND_DEADLINE_MS,
    onSending: () => {
      isUnderWay = true
    },
  })
  if (answer.fault) {
    return { sent: null, fault: answer.fault, isUncertain: isUnderWay && !isCertainRefusal(answer.fault) }
  }
  const { queue, queueOffset, isConfirmed } = answer.value
  return {
    sent: {
      topic: await storedIn(caller, message, target, answer.value),
      partition: queue,
      broker: target.brokerName,
      offset: queueOffset,
    },
    fault: null,
    durability: isConfirmed ? 'confirmed' : 'unconfirmed',
  }
}

/**
 * 5.x puts a retry among the dead letters at once while its group consumes in order and holds its locks, and answers
 * as if nothing were special. The stored message tells; where it cannot be looked at, the answer is believed.
 */
async function storedIn(
  caller: RocketmqCaller,
  { topic }: OutgoingMessage,
  { address }: TargetQueue,
  { physicalOffset }: StoredAt,
): Promise<string> {
  if (!topic.startsWith(RETRY_PREFIX) || physicalOffset === null) return topic
  const { value } = await caller.call(address, VIEW_MESSAGE, topic, physicalOffset)
  return (value && decodeMessages(value).messages[0]?.topic) ?? topic
}

function precedingFailed({ message: { topic }, target: { queue } }: Placed): Fault {
  return fault('precedingMessageFailed', { topic, partition: queue })
}

function notSent(reason: Fault): SendOutcome {
  return { sent: null, fault: reason, isUncertain: false }
}
