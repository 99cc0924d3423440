import { describe, expect, it, test } from 'vitest'
import type { ClusterSnapshot, ConfigEntry, TopicState } from '../../../lib/cluster/snapshot.ts'
import { clockEventBetween, eventsBetween, withKnown } from '../../../lib/durability/events.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import type { ExpectedBroker } from '../../../lib/durability/observe-brokers.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { aBroker, aPartition, aSnapshot, aTopic } from '../../builders/snapshots.ts'

function see(over: Partial<ClusterSnapshot> = {}, expectedBrokers: ExpectedBroker[] = []): Observation {
  const memory = new ObserveMemory()
  return observe({ snapshot: aSnapshot(over), previous: null, expectedBrokers, kindOf: () => 'normal', memory })
}

const NOTHING = { topic: null, partition: null, broker: null, group: null }

const ledBy = (leader: string | null, over: Partial<TopicState> = {}): TopicState =>
  aTopic({ partitions: [aPartition({ leader }), aPartition({ partition: 1, leader: '3' })], ...over })

const manyTopics = (count: number, leader: string): Observation =>
  see({ topics: Array.from({ length: count }, (_, index) => ledBy(leader, { name: `t${index}` })) })

const quorumLedBy = (leader: string | null): ClusterSnapshot['quorum'] => ({
  ...{ leader, leaderEpoch: 1, highWatermark: 10n, isMoving: leader !== null, voters: [], observers: [] },
})

const entry = (name: string, value: string | null, over: Partial<ConfigEntry> = {}): ConfigEntry => ({
  ...{ name, value, source: 'x', isDefault: false, sensitive: false },
  ...over,
})

const configured = (...config: ConfigEntry[]): Observation => see({ topics: [aTopic({ config })] })

test('two polls that see the same tell nothing', () => {
  expect(eventsBetween(see(), see())).toEqual([])
})

describe('leaders', () => {
  it('one event per topic, with how many partitions and between which brokers', () => {
    const events = eventsBetween(
      see({ topics: [ledBy('1'), ledBy('2', { name: 'same' })] }),
      see({ topics: [ledBy('2'), ledBy('2', { name: 'same' })] }),
    )
    const facts = { partitions: 1, from: '1', to: '2' }
    expect(events).toEqual([{ ...NOTHING, kind: 'leaderChanged', topic: 'orders', facts }])
  })

  it('of fifty topics each is told, of more only the sum', () => {
    const fifty = eventsBetween(manyTopics(50, '1'), manyTopics(50, '2'))
    expect([fifty.length, fifty[49]?.topic]).toEqual([50, 't49'])
    const more = eventsBetween(manyTopics(51, '10'), manyTopics(51, '2'))
    const facts = { topics: 51, partitions: 51, from: '10', to: '2' }
    expect(more).toEqual([{ ...NOTHING, kind: 'leaderChanged', facts }])
  })

  it.each([
    ['a leader that is unknown afterwards', ledBy('1'), ledBy(null)],
    ['a leader that was unknown before', ledBy(null), ledBy('1')],
    ['a topic that was deleted and created anew', ledBy('1'), ledBy('2', { topicId: 'another' })],
    ['another topic', ledBy('1'), ledBy('2', { name: 'other' })],
    ['a partition that was added', aTopic({ partitions: [] }), ledBy('1')],
  ])('%s is no change', (_, before, after) => {
    expect(eventsBetween(see({ topics: [before] }), see({ topics: [after] }))).toEqual([])
  })

  it('a change across a poll that did not know the leader, or the topic’s partitions, is told', () => {
    const before = see({ topics: [ledBy('1')] })
    const after = see({ topics: [ledBy('2')] })
    const offline = see({ topics: [ledBy(null)] })
    const hidden = see({ topics: [aTopic({ partitions: [], fault: { code: 'authorizationFailed', facts: {} } })] })
    for (const between of [offline, hidden]) {
      expect(eventsBetween(withKnown(between, before), after)).toMatchObject([{ facts: { from: '1', to: '2' } }])
    }
  })
})

describe('the controller', () => {
  it('is the leader of the quorum', () => {
    const events = eventsBetween(see({ quorum: quorumLedBy('100') }), see({ quorum: quorumLedBy('101') }))
    const facts = { from: '100', to: '101' }
    expect(events).toEqual([{ ...NOTHING, kind: 'controllerChanged', broker: '101', facts }])
  })

  it('is the broker that says so where there is no quorum', () => {
    const ruledBy = (id: string): Observation =>
      see({ quorum: null, brokers: ['1', '2'].map((one) => aBroker(one, { isController: one === id })) })
    expect(eventsBetween(ruledBy('1'), ruledBy('2'))).toMatchObject([{ kind: 'controllerChanged', broker: '2' }])
    const nobody = withKnown(ruledBy('none'), ruledBy('1'))
    expect(eventsBetween(nobody, ruledBy('2'))).toMatchObject([{ facts: { from: '1', to: '2' } }])
  })

  it('nobody is unknown, and who comes next is compared with who was before', () => {
    const [one, none, two] = [quorumLedBy('100'), quorumLedBy(null), quorumLedBy('101')].map((quorum) =>
      see({ quorum }),
    ) as [Observation, Observation, Observation]
    expect([...eventsBetween(one, none), ...eventsBetween(none, two)]).toEqual([])
    expect(eventsBetween(withKnown(none, one), two)).toMatchObject([{ facts: { from: '100', to: '101' } }])
    expect(eventsBetween(withKnown(none, one), one)).toEqual([])
  })
})

describe('brokers', () => {
  const expected = (id: string): ExpectedBroker => ({
    ...{ id, host: 'localhost', port: 9090 + Number(id), rack: null, role: 'broker', lastSeenAtMs: 0 },
  })
  const all = see()
  const without3 = see({ brokers: [aBroker('1'), aBroker('2')] }, [expected('3')])
  const silent3 = see({ brokers: [aBroker('1'), aBroker('2'), aBroker('3', { online: null })] })
  const event = (kind: string) => [{ ...NOTHING, kind, broker: '3', facts: { host: 'localhost', port: 9093 } }]

  it('are lost and return', () => {
    expect(eventsBetween(all, without3)).toEqual(event('brokerLost'))
    expect(eventsBetween(without3, all)).toEqual(event('brokerReturned'))
  })

  it('one that is silent is neither, but what it becomes is compared with what it was', () => {
    const between = [
      [all, silent3],
      [silent3, all],
      [silent3, without3],
      [without3, silent3],
    ] as const
    expect(between.flatMap(([before, after]) => eventsBetween(before, after))).toEqual([])
    expect(eventsBetween(withKnown(silent3, all), without3)).toEqual(event('brokerLost'))
    expect(eventsBetween(withKnown(silent3, withKnown(silent3, without3)), all)).toEqual(event('brokerReturned'))
  })

  it('a new one has not returned, and one that a person retired is not lost', () => {
    const two = see({ brokers: [aBroker('1'), aBroker('2')] })
    expect([...eventsBetween(two, all), ...eventsBetween(all, two), ...eventsBetween(without3, two)]).toEqual([])
  })
})

describe('settings', () => {
  it('of a topic and of a broker, with the value before and after', () => {
    const before = see({
      topics: [aTopic({ config: [entry('retention.ms', '1'), entry('x', 'same')] })],
      brokers: [aBroker('1', { config: [entry('num.io.threads', null)] })],
    })
    const after = see({
      topics: [aTopic({ config: [entry('retention.ms', '2'), entry('x', 'same')] })],
      brokers: [aBroker('1', { config: [entry('num.io.threads', '8')] })],
    })
    expect(eventsBetween(before, after)).toEqual([
      { ...NOTHING, kind: 'configChanged', topic: 'orders', facts: { setting: 'retention.ms', from: '1', to: '2' } },
      { ...NOTHING, kind: 'configChanged', broker: '1', facts: { setting: 'num.io.threads', to: '8' } },
    ])
  })

  it.each([
    ['a secret', [entry('password', 'old', { sensitive: true })], [entry('password', 'new', { sensitive: true })]],
    ['what became a secret', [entry('s', 'old')], [entry('s', null, { sensitive: true })]],
    ['what was a secret', [entry('s', null, { sensitive: true })], [entry('s', 'new')]],
    ['one that an upgrade brought', [], [entry('new', '1')]],
    ['one that an upgrade took away', [entry('old', '1')], []],
  ])('%s is not told', (_, before, after) => {
    expect(eventsBetween(configured(...before), configured(...after))).toEqual([])
  })

  it('that could not be read are unknown, and then compared with what they were', () => {
    const [before, after] = [configured(entry('a', '1')), configured(entry('a', '2'))]
    const unread = see({ topics: [aTopic({ config: null })] })
    expect([...eventsBetween(before, unread), ...eventsBetween(unread, after)]).toEqual([])
    expect(eventsBetween(withKnown(unread, before), after)).toMatchObject([{ facts: { from: '1', to: '2' } }])
  })

  it('more than fifty at once are one event, and a long value is cut', () => {
    const many = (value: string): Observation =>
      see({
        topics: Array.from({ length: 50 }, (_, index) => aTopic({ name: `t${index}`, config: [entry('a', value)] })),
        brokers: [aBroker('1', { config: [entry('b', value)] })],
      })
    expect(eventsBetween(many('1'), many('2'))).toEqual([
      { ...NOTHING, kind: 'configChanged', facts: { changes: 51, settings: 'a, b', topics: 50, brokers: 1 } },
    ])
    const [long] = eventsBetween(configured(entry('a', '')), configured(entry('a', 'x'.repeat(10_000))))
    expect(long?.facts).toEqual({ setting: 'a', from: '', to: `${'x'.repeat(500)}…` })
  })
})

describe('the clock of this machine', () => {
  const at = (wallMs: number, monotonicMs: number) => ({ wallMs, monotonicMs })

  it.each([
    ['set forward', at(1_000, 0), at(20_000, 15_000), 4_000],
    ['set back', at(1_000_000, 0), at(400_000, 15_000), -615_000],
    ['just beyond two seconds', at(0, 0), at(17_001, 15_000), 2_001],
  ])('%s is told with by how much', (_, before, after, byMs) => {
    expect(clockEventBetween(before, after)).toEqual({ ...NOTHING, kind: 'clockChanged', facts: { byMs } })
  })

  it('two seconds in either direction are not', () => {
    expect(clockEventBetween(at(0, 0), at(17_000, 15_000))).toBeNull()
    expect(clockEventBetween(at(0, 0), at(13_000, 15_000))).toBeNull()
  })
})
