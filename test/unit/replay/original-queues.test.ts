/** Where dead letters of RocketMQ lay before they died: what is asked, and what is made of the answers. */
import { expect, it, test } from 'vitest'
import { fault } from '../../../lib/cluster/fault.ts'
import { MessageAccessError, type MessageReader, type StoredMessage } from '../../../lib/cluster/messages.ts'
import { type DecideContext, decide, decodeRecord } from '../../../lib/replay/decide.ts'
import { OriginalQueues } from '../../../lib/replay/original-queues.ts'
import type { ReplayRequest, TargetTopic } from '../../../lib/replay/replay-types.ts'
import { createRouteFacts } from '../../../lib/replay/routing.ts'
import { planFacts, replayRequest } from '../../builders/replays.ts'

const { signal } = new AbortController()
const isQueue = (topic: string): boolean => topic.startsWith('%')
const topics = new Map(planFacts().targets.map((target) => [target.topic, { ...target, partitions: null }]))

function contextOf(change: Partial<ReplayRequest> = {}): DecideContext {
  return {
    ...{ jobId: 'r-test', request: replayRequest({ topic: '%DLQ%billing', ...change }), sourceKind: 'rocketmq' },
    ...{ profiles: [], edits: new Map(), transform: null, isQueue, guessed: null },
    routes: createRouteFacts({ topics, targetKind: 'rocketmq', isQueue }),
  }
}

function letter(offset: number, properties: Record<string, string> = {}): StoredMessage {
  const told = Object.entries({ RETRY_TOPIC: 'orders', ...properties })
  return {
    ...{ partition: 0, broker: 'broker-a', offset: BigInt(offset), timestampMs: 1, value: Buffer.from('x') },
    ...{ sizeBytes: 1, headers: told.map(([key, value]) => ({ key, value: Buffer.from(value) })) },
    key: properties.KEYS === undefined ? null : Buffer.from(properties.KEYS),
    rocketmq: { messageId: '', bornAtMs: 1, reconsumeTimes: 3, flag: 0, sysFlag: 0, isBodyIntact: true },
  }
}

type Ask = NonNullable<MessageReader['originalPlaces']>

/** Knows where letters lay whose offset is even: in the queue of that number. */
const evenOnes: Ask = async (_topic, letters) =>
  letters.map(({ offset }) => (offset % 2n === 0n ? { broker: 'broker-b', partition: Number(offset) } : null))

const queuesOf = (originalPlaces: Ask | undefined, change: Partial<ReplayRequest> = {}, deadlineMs?: number) =>
  OriginalQueues.of({ originalPlaces } as MessageReader, contextOf(change), deadlineMs)

async function found(ask: Ask, ...letters: StoredMessage[]): Promise<number[]> {
  const homes = await queuesOf(ask)?.find(letters, signal)
  return [...(homes ?? [])].map(([, { partition }]) => partition)
}

test.each<[string, Ask | undefined, Partial<ReplayRequest>, boolean]>([
  ['where records came from', evenOnes, {}, true],
  ['a topic of somebody’s choice', evenOnes, { target: { mode: 'topic', topic: 'orders', clusterId: 'orders' } }, true],
  ['a retry topic', evenOnes, { target: { mode: 'retry', topic: null, clusterId: 'orders' } }, false],
  ['another cluster', evenOnes, { target: { mode: 'origin', topic: null, clusterId: 'archive' } }, false],
  ['a system whose letters tell it themselves', undefined, {}, false],
])('a replay to %s looks for them or not', (_where, ask, change, isLooking) => {
  expect(queuesOf(ask, change) !== null).toBe(isLooking)
})

it('each letter goes where it lay, as far as that is known', async () => {
  expect(await found(evenOnes, letter(1), letter(2), letter(3), letter(4))).toEqual([2, 4])
  const asked: string[] = []
  const ask: Ask = async (topic, letters, within) => {
    asked.push(`${topic} ${letters.length}`)
    return evenOnes(topic, letters, within)
  }
  expect(await found(ask, letter(2), letter(4, { RETRY_TOPIC: 'payments' }), letter(6))).toEqual([2, 4, 6])
  expect(asked).toEqual(['orders 2', 'payments 1'])
})

it('a key of which one letter is not found is not torn apart, also over several fetches', async () => {
  const queues = queuesOf(evenOnes)
  const first = [letter(2, { KEYS: 'a' }), letter(3, { KEYS: 'a' }), letter(4, { KEYS: 'a' }), letter(6, { KEYS: 'b' })]
  expect([...((await queues?.find(first, signal)) ?? [])].map(([offset]) => offset)).toEqual([2n, 6n])
  const second = [letter(8, { KEYS: 'a' }), letter(10, { KEYS: 'b' }), letter(12, { KEYS: 'a', __SHARDINGKEY: 'c' })]
  expect([...((await queues?.find(second, signal)) ?? [])].map(([offset]) => offset)).toEqual([10n, 12n])
})

it('a cluster that does not tell holds nobody up, and takes nothing away', async () => {
  const refuses: Ask = () => Promise.reject(new MessageAccessError(fault('authorizationFailed'), false))
  expect(await found(refuses, letter(2))).toEqual([])
  const hangs: Ask = (_topic, letters, within) =>
    new Promise((resolve) => within.addEventListener('abort', () => resolve(letters.map(() => null))))
  expect((await queuesOf(hangs, {}, 20)?.find([letter(2)], signal))?.size).toBe(0)
  const stopping = new AbortController()
  const queues = queuesOf((...asked) => (stopping.signal.aborted ? evenOnes(...asked) : hangs(...asked)))
  const called = queues?.find([letter(2, { KEYS: 'a' })], stopping.signal)
  stopping.abort()
  expect((await called)?.size).toBe(0)
  expect((await queues?.find([letter(2, { KEYS: 'a' })], signal))?.size).toBe(1)
})

it('what is sent names the queue, and what it stays together with should that be gone', () => {
  const place = { broker: 'broker-b', partition: 1 }
  const sent = (change: Partial<ReplayRequest>, home?: typeof place) => {
    const one = letter(2, { KEYS: 'order-1' })
    const context = contextOf(change)
    return decide(one, decodeRecord(one, context), null, context, 2, home).send?.message
  }
  const together = Buffer.from('order-1')
  expect(sent({}, place)).toMatchObject({ topic: 'orders', ...place, together })
  expect(sent({})).toMatchObject({ broker: null, partition: null, together })
  topics.set('elsewhere', { ...(planFacts().targets[0] as TargetTopic), topic: 'elsewhere', partitions: null })
  const elsewhere = { target: { mode: 'topic', topic: 'elsewhere', clusterId: 'orders' } } as const
  expect(sent(elsewhere, place)).toMatchObject({ topic: 'elsewhere', broker: null, partition: null })
})
