import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import type { ClusterEvent } from '../../../lib/durability/events.ts'
import { findingEventOf, findingEvents } from '../../../lib/durability/finding-events.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { aPartition, aSnapshot, aTopic, NOW_MS } from '../../builders/snapshots.ts'

/** One cluster over several polls, each of which tells what began and ended with it. */
function watch(memory = new ObserveMemory()): (over: Partial<ClusterSnapshot>) => ClusterEvent[] {
  let atMs = NOW_MS - 1_000
  return (over) => {
    atMs += 1_000
    const snapshot = aSnapshot({ groups: [], startedAtMs: atMs - 1, finishedAtMs: atMs, ...over })
    observe({ snapshot, previous: null, expectedBrokers: [], kindOf: () => 'normal', memory })
    return findingEvents(memory.judge.changes)
  }
}

const isr = (...brokers: string[]): Partial<ClusterSnapshot> => ({
  topics: [aTopic({ partitions: [aPartition({ isr: brokers })] })],
})
const HEALTHY = isr('1', '2', '3')
const UNDER = isr('1')
const UNREADABLE = { topics: [aTopic({ partitions: [], fault: { code: 'authorizationFailed', facts: {} } })] }
const told = (events: readonly ClusterEvent[]): string[] =>
  events.map(({ kind, topic, facts }) => `${kind} ${facts.code} ${topic} ${facts.because ?? ''}`.trim())

describe('findings over polls', () => {
  it('begin with the poll that finds them, also the first, and end with the one that does not any more', () => {
    const poll = watch()
    expect(told(poll(UNDER))).toEqual(['findingStarted partition.underMinIsr orders'])
    expect(poll(UNDER)).toEqual([])
    const [ended] = poll(HEALTHY)
    expect(ended).toEqual({
      ...{ kind: 'findingEnded', topic: 'orders', partition: null, broker: null, group: null },
      facts: {
        ...{ code: 'partition.underMinIsr', severity: 'high', subjectType: 'topic', subject: 'orders' },
        ...{ sinceMs: NOW_MS, because: 'gone' },
      },
    })
    expect(poll(HEALTHY)).toEqual([])
  })

  it.each([
    ['a topic that cannot be read any more', UNREADABLE, 'unknown'],
    ['a topic that was deleted', { topics: [aTopic({ name: 'other' })] }, 'gone'],
    [
      'a list of topics that could not be read',
      {
        topics: [],
        facts: [{ kind: 'metadata', paceMs: null, lastReadAtMs: null, faultCount: 1, faults: [] }],
      } satisfies Partial<ClusterSnapshot>,
      'unknown',
    ],
  ])('%s', (_, over, because) => {
    const poll = watch()
    poll(UNDER)
    const ended = poll(over).filter(({ facts }) => facts.code === 'partition.underMinIsr')
    expect(ended.map(({ kind, facts }) => [kind, facts.because])).toEqual([['findingEnded', because]])
  })

  it('that are merely good to know are none of it, unless they say what cannot be known', () => {
    const info = watch(
      new ObserveMemory(
        () =>
          ({ code }) =>
            code === 'partition.underMinIsr' ? 'info' : null,
      ),
    )
    expect(info(UNDER)).toEqual([])
    expect(info(HEALTHY)).toEqual([])
    const facts: ClusterSnapshot['facts'] = [
      { kind: 'connect', paceMs: null, lastReadAtMs: null, faultCount: 1, faults: [] },
    ]
    expect(told(watch()({ ...HEALTHY, facts }))).toEqual(['findingStarted cluster.partlyUnknown null'])
  })

  it('that ended while the console was away are told by the first poll after it', () => {
    const memory = new ObserveMemory()
    memory.judge.remember(foundIn(UNDER))
    expect(told(watch(memory)(HEALTHY))).toEqual(['findingEnded partition.underMinIsr orders gone'])
  })

  it('of fifty subjects are told one by one, of more as one', () => {
    const many = (count: number): Partial<ClusterSnapshot> => ({
      topics: Array.from({ length: count }, (_, index) =>
        aTopic({ name: `t${index}`, topicId: `t${index}`, partitions: [aPartition({ isr: ['1'] })] }),
      ),
    })
    expect(watch()(many(50))).toHaveLength(50)
    const [one, ...rest] = watch()(many(51))
    expect(rest).toEqual([])
    expect(one?.topic).toBeNull()
    expect(findingEventOf(one?.facts ?? {})).toEqual({
      ...{ code: 'partition.underMinIsr', severity: 'high', subjectType: 'topic' },
      ...{ subject: null, part: null, count: 51, sinceMs: null, because: null },
    })
  })
})

function foundIn(over: Partial<ClusterSnapshot>) {
  const snapshot = aSnapshot({ groups: [], ...over })
  return observe({ snapshot, previous: null, expectedBrokers: [], kindOf: () => 'normal', memory: new ObserveMemory() })
    .findings
}

it('an event is read again as it was written', () => {
  const poll = watch()
  poll(UNDER)
  expect(poll(HEALTHY).map(({ facts }) => findingEventOf(facts))).toEqual([
    {
      ...{ code: 'partition.underMinIsr', severity: 'high', subjectType: 'topic', subject: 'orders' },
      ...{ part: null, count: 1, sinceMs: NOW_MS, because: 'gone' },
    },
  ])
})
