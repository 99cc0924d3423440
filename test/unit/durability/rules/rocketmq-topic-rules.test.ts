import { describe, expect, it } from 'vitest'
import type { TopicState } from '../../../../lib/cluster/snapshot.ts'
import {
  aConfiguredBroker,
  aQueue,
  aRocketmqScene,
  aRocketmqTopic,
  outcomeOf,
  topicOn,
} from '../../../builders/rocketmq.ts'

/** On brokers a and b with these permissions. */
function topic(name: string, permissions: readonly number[], over: Partial<TopicState> = {}): TopicState {
  const brokers = permissions.map((permission, index) => topicOn('ab'[index] ?? 'c', permission))
  return aRocketmqTopic(name, { rocketmq: { deadLetterGroup: null, brokers }, ...over })
}

function deadLetters(permission: number, endOffset: bigint | null): TopicState {
  return topic('%DLQ%billing', [], {
    rocketmq: { deadLetterGroup: 'billing', brokers: [topicOn('a', permission)] },
    partitions: [aQueue('a', 0, { startOffset: 0n, endOffset })],
  })
}

const INTERNAL = { internal: true }
const OTHER = { kind: 'other', group: '' }
const DEAD = { topic: '%DLQ%billing', kind: 'deadLetters', group: 'billing' }

describe('the permission of a topic', () => {
  it.each([
    [
      'writeOnly',
      'one broker',
      topic('orders', [6, 2]),
      'warning',
      { ...OTHER, topic: 'orders', brokers: 'b', count: 1, of: 2 },
    ],
    ['writeOnly', 'dead letters', deadLetters(2, 7n), 'warning', { ...DEAD, brokers: 'a', count: 1, of: 1 }],
    ['writeOnly', 'nobody knows how many', deadLetters(2, null), 'warning', DEAD],
    ['writeOnly', 'no dead letters yet', deadLetters(2, 0n), 'info', DEAD],
    ['writeOnly', 'readable dead letters', deadLetters(6, 7n), null, {}],
    ['writeOnly', 'read and write', topic('orders', [6, 6]), null, {}],
    ['writeOnly', 'neither, which is another matter', topic('orders', [0, 0]), null, {}],
    ['writeOnly', 'a system topic', topic('SCHEDULE_TOPIC_XXXX', [2], INTERNAL), null, {}],
    ['writeOnly', 'not known', topic('orders', [], { rocketmq: null }), 'unknown', {}],
    [
      'notWritable',
      'everywhere',
      topic('orders', [4, 4]),
      'warning',
      { topic: 'orders', brokers: 'a, b', count: 2, of: 2, readable: 'yes' },
    ],
    [
      'notWritable',
      'on one broker',
      topic('orders', [6, 4]),
      'info',
      { brokers: 'b', count: 1, of: 2, readable: 'yes' },
    ],
    ['notWritable', 'readable on one alone', topic('orders', [0, 4]), 'warning', { count: 2, readable: 'no' }],
    ['notWritable', 'nor readable', topic('orders', [0, 0]), 'warning', { readable: 'no' }],
    ['notWritable', 'read and write', topic('orders', [6, 6]), null, {}],
    ['notWritable', 'a system topic', topic('TBW102', [4], INTERNAL), null, {}],
    ['notWritable', 'not known', topic('orders', [], { rocketmq: null }), 'unknown', {}],
  ] as const)('topic.%s: %s', (code, _, seen, severity, facts) => {
    const outcome = outcomeOf(`topic.${code}`, aRocketmqScene({ topics: [seen] }))
    if (severity === null || severity === 'unknown') expect(outcome).toEqual(severity ?? [])
    else expect(outcome).toMatchObject([{ at: seen.name, severity, facts }])
  })
})

describe('topic.singleBroker', () => {
  const brokers = ['a:0', 'b:0'].map((id) => aConfiguredBroker(id))
  const own = [
    topic('a', [7], INTERNAL),
    aRocketmqTopic('b', { ...INTERNAL, rocketmq: { deadLetterGroup: null, brokers: [topicOn('b')] } }),
  ]
  const single = topic('orders', [6])

  it.each([
    [
      'on one of two',
      brokers,
      [...own, single],
      [{ at: 'orders', severity: 'warning', facts: { topic: 'orders', broker: 'a', brokers: 2 } }],
    ],
    ['on both', brokers, [...own, topic('orders', [6, 6])], []],
    ['retries and dead letters', brokers, [...own, topic('%RETRY%billing', [6]), deadLetters(6, 1n)], []],
    ['there is one broker name', [aConfiguredBroker('a:0'), aConfiguredBroker('a:1')], [single], []],
  ])('%s', (_, of, topics, expected) => {
    expect(outcomeOf('topic.singleBroker', aRocketmqScene({ brokers: of, topics }))).toMatchObject(expected)
    expect(outcomeOf('topic.singleBroker', aRocketmqScene({ brokers: of, topics }))).toHaveLength(expected.length)
  })

  it('is unknown while the topics of a broker are not read', () => {
    expect(outcomeOf('topic.singleBroker', aRocketmqScene({ brokers, topics: [single] }))).toBe('unknown')
  })
})

it('a topic has the retention of its brokers, by which the age of unread messages is judged', () => {
  const scene = aRocketmqScene({ topics: [topic('orders', [6])] })
  expect(scene.topicOf('orders')?.settings.retentionMs).toBe(259_200_000n)
})
