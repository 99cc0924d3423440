import { describe, expect, it } from 'vitest'
import type { ConfigEntry } from '../../../lib/cluster/snapshot.ts'
import { declaredDlqs } from '../../../lib/kafka/declared-dlqs.ts'

const config = (value: string): ConfigEntry[] => [
  {
    ...{ name: 'errors.deadletterqueue.group.enable', value },
    ...{ source: 'DYNAMIC_TOPIC_CONFIG', isDefault: false, sensitive: false },
  },
]

describe('the dead-letter queues that settings name', () => {
  it('are topics that accept dead letters of groups', () => {
    const topics = [
      { name: 'dlq.a', config: config('true') },
      { name: 'b', config: config('false') },
      { name: 'unknown', config: null },
    ]
    expect(declaredDlqs(topics, new Map(), [])).toEqual([{ topic: 'dlq.a', groups: [], sourceTopics: [] }])
  })

  it('are listed once, with all groups and sources', () => {
    const sinks = [
      { topic: 'rejects', groups: ['connect-b'], sourceTopics: ['y', 'x'] },
      { topic: 'rejects', groups: ['connect-a'], sourceTopics: ['x', 'z'] },
    ]
    const topics = [{ name: 'dlq.a', config: config('true') }]
    expect(declaredDlqs(topics, new Map([['dlq.a', ['parcels']]]), sinks)).toEqual([
      { topic: 'dlq.a', groups: ['parcels'], sourceTopics: [] },
      { topic: 'rejects', groups: ['connect-a', 'connect-b'], sourceTopics: ['x', 'y', 'z'] },
    ])
  })
})
