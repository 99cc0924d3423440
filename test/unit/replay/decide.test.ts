/** What of a dead letter decides where it goes on RocketMQ, which does not tell the queue that it came from. */
import { expect, it } from 'vitest'
import type { StoredMessage } from '../../../lib/cluster/messages.ts'
import { decide, decodeRecord } from '../../../lib/replay/decide.ts'
import { createRouteFacts } from '../../../lib/replay/routing.ts'
import { planFacts, replayRequest } from '../../builders/replays.ts'

const isQueue = (topic: string): boolean => topic.startsWith('%')
const topics = new Map(planFacts().targets.map((target) => [target.topic, { ...target, partitions: null }]))
const context = {
  ...{ jobId: 'r-test', request: replayRequest({ topic: '%DLQ%billing' }), sourceKind: 'rocketmq' as const },
  ...{ profiles: [], edits: new Map(), transform: null, isQueue, guessed: null },
  routes: createRouteFacts({ topics, targetKind: 'rocketmq', isQueue }),
}

function togetherOf(broker: string, properties: Record<string, string>): string {
  const headers = Object.entries({ RETRY_TOPIC: 'orders', ...properties }).map(([key, value]) => ({
    key,
    value: Buffer.from(value),
  }))
  const letter: StoredMessage = {
    ...{ partition: 0, broker, offset: 1n, timestampMs: 1, value: Buffer.from('x'), sizeBytes: 1, headers },
    key: properties.KEYS === undefined ? null : Buffer.from(properties.KEYS),
    rocketmq: { messageId: '', bornAtMs: 1, reconsumeTimes: 3, flag: 0, sysFlag: 0, isBodyIntact: true },
  }
  const { send } = decide(letter, decodeRecord(letter, context), null, context, 2)
  expect(send?.message).toMatchObject({ topic: 'orders', partition: null })
  return Buffer.from(send?.message.together ?? []).toString()
}

it('messages stay together by their sharding key, else by their key, else by where they lie', () => {
  expect(togetherOf('broker-a', { KEYS: 'order-1', __SHARDINGKEY: 'customer-7' })).toBe('customer-7')
  expect(togetherOf('broker-b', { KEYS: 'order-1' })).toBe('order-1')
  expect(togetherOf('broker-a', {})).toBe('broker-a/0')
  expect(togetherOf('broker-b', {})).not.toBe(togetherOf('broker-a', {}))
})
