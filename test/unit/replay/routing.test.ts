import { describe, expect, it, test } from 'vitest'
import type { Hop, Origin } from '../../../lib/dlq/dead-letter.ts'
import type { SkipCode, TargetTopic } from '../../../lib/replay/replay-types.ts'
import { kafkaRetryTopic, rocketmqRetryTopic } from '../../../lib/replay/retry-topics.ts'
import { createRouteFacts, routeOf } from '../../../lib/replay/routing.ts'
import { queueTest } from '../../../lib/replay/target-topics.ts'

const topic = (name: string, partitions: number | null = 6): [string, TargetTopic] => [
  name,
  { topic: name, topicId: `id of ${name}`, partitions, maxMessageBytes: 1_000_000, isCompacted: false },
]
const KNOWN = new Map([topic('orders'), topic('orders-dlt'), topic('orders-retry-1000'), topic('payments', 2)])
const isQueue = queueTest({ queues: ['graveyard'], ordinary: ['my-dlq'] })
const facts = createRouteFacts({ topics: KNOWN, targetKind: 'kafka', isQueue })
const origin = (change: Partial<Origin> = {}): Origin => ({
  ...{ topic: 'orders', partition: 4, offset: 17n, timestampMs: 1, group: 'billing', guessed: false },
  ...change,
})
const ASKED = {
  clusterId: 'a',
  topic: 'orders-dlt',
  target: { mode: 'origin' as const, topic: null as string | null, clusterId: 'a' },
  accept: { guessedOrigins: false, queueTargets: false, staleKeys: false },
}
const PLACE = { partition: 7, broker: null, hasKey: true }

function route(from: Origin | null, asked: Partial<typeof ASKED> = {}, place = PLACE) {
  const hops: Hop[] = []
  const { route: found, skip } = routeOf({ origin: from, hops }, place, { ...ASKED, ...asked }, facts)
  return (
    skip ?? { to: `${found.topic.topic}/${found.partition}`, guessed: found.isGuessed, gone: found.isPartitionGone }
  )
}

const TO_PAYMENTS = { target: { mode: 'topic' as const, topic: 'payments', clusterId: 'a' } } as never
const ACCEPT = { accept: { guessedOrigins: true, queueTargets: true, staleKeys: false } }

describe('where a record goes', () => {
  test.each<[string, ReturnType<typeof route>, ReturnType<typeof route> | SkipCode]>([
    ['back to the partition it died in', route(origin()), { to: 'orders/4', guessed: false, gone: false }],
    [
      'the last partition that exists',
      route(origin({ partition: 5 })),
      { to: 'orders/5', guessed: false, gone: false },
    ],
    [
      'a partition that does not: by the key',
      route(origin({ partition: 6 })),
      { to: 'orders/null', guessed: false, gone: true },
    ],
    [
      'no partition told, with a key',
      route(origin({ partition: null })),
      { to: 'orders/null', guessed: false, gone: false },
    ],
    [
      'without a key it stays with its neighbours',
      route(origin({ partition: null }), {}, { ...PLACE, hasKey: false }),
      { to: 'orders/1', guessed: false, gone: false },
    ],
    ['nothing told', route(null), 'originUnknown'],
    ['only a group told', route(origin({ topic: null })), 'originUnknown'],
    ['a topic that is gone', route(origin({ topic: 'legacy' })), 'originGone'],
    ['guessed, and nobody agreed', route(origin({ guessed: true })), 'originGuessed'],
    [
      'guessed, and agreed to',
      route(origin({ guessed: true }), ACCEPT),
      { to: 'orders/4', guessed: true, gone: false },
    ],
    ['the queue itself, whatever was agreed to', route(origin({ topic: 'orders-dlt' }), ACCEPT), 'targetIsSource'],
    ['a retry topic, and nobody agreed', route(origin({ topic: 'orders-retry-1000' })), 'targetIsQueue'],
    [
      'another topic, as named',
      route(origin({ partition: 1 }), TO_PAYMENTS),
      { to: 'payments/1', guessed: false, gone: false },
    ],
    ['another topic needs no origin', route(null, TO_PAYMENTS), { to: 'payments/null', guessed: false, gone: false }],
  ])('%s', (_case, found, expected) => {
    expect(found).toEqual(expected)
  })

  it('only the group that failed sees it in the retry topic', () => {
    const target = { mode: 'retry', topic: null, clusterId: 'a' } as never
    expect(route(origin(), { target })).toMatchObject({ to: 'orders-retry-1000/4' })
    expect(route(origin({ topic: 'payments', group: 'x' }), { target })).toBe('noRetryTopic')
    expect(route(null, { target })).toBe('originUnknown')
  })
})

describe('the retry topic of a chain', () => {
  test.each<[string[], string | null]>([
    [['orders-retry-2000', 'orders-retry-1000', 'orders-retry-10000'], 'orders-retry-1000'],
    [['orders-retry-1', 'orders-retry-0'], 'orders-retry-0'],
    [['orders-retry-1000-1', 'orders-retry-1000-0'], 'orders-retry-1000-0'],
    [['orders-retry-5', 'orders-retry'], 'orders-retry'],
    [['orders_retry_500'], 'orders_retry_500'],
    [['billing-retry-5s', 'billing-retry-60s'], 'billing-retry-5s'],
    [['billing-retry-0', 'orders-retry-9'], 'orders-retry-9'],
    [['orders-retry-soon', 'orders-retryable', 'new-orders-retry'], null],
  ])('%j: %s', (topics, expected) => {
    expect(kafkaRetryTopic({ topic: 'orders', group: 'billing' }, topics)).toBe(expected)
  })

  test.each<[string[], string | null]>([
    [['%RETRY%billing'], '%RETRY%billing'],
    [['%RETRY%billing', '%RETRY%billing+orders'], '%RETRY%billing+orders'],
    [['%RETRY%billing', '%RETRY%billing_orders'], '%RETRY%billing_orders'],
    [['%RETRY%other'], null],
  ])('RocketMQ %j: %s', (topics, expected) => {
    expect(rocketmqRetryTopic('%DLQ%billing', { topic: 'orders', group: 'billing' }, new Set(topics))).toBe(expected)
  })
})

test('a queue is told by its name, but for what a person or the cluster says', () => {
  expect(['orders-dlt', 'orders', 'graveyard', 'my-dlq'].map(isQueue)).toEqual([true, false, true, false])
})
