import { describe, expect, test } from 'vitest'
import type { LogDirState, PartitionState } from '../../../lib/cluster/snapshot.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { type HoldCost, holdCost } from '../../../lib/holds/hold-cost.ts'
import { aQueue, aRocketmqBroker, aRocketmqBrokerState, aRocketmqTopic, aRuntime } from '../../builders/rocketmq.ts'
import { aBroker, aPartition, aSnapshot, aTopic, NOW_MS } from '../../builders/snapshots.ts'

const SECONDS = 100
const DAY_SECONDS = 86_400

interface Given {
  before?: Partial<PartitionState>[]
  now?: Partial<PartitionState>[]
  /** By broker. */
  logDirs?: Record<string, Partial<LogDirState>[] | null>
}

function dir(over: Partial<LogDirState>): LogDirState {
  const bytes = { totalBytes: 10_000n, usableBytes: 6_000n, usedRatio: null, logBytes: null }
  return { path: '/data', volume: null, error: null, ...bytes, ...over }
}

function poll(
  { logDirs = {} }: Given,
  partitions: Partial<PartitionState>[],
  atMs: number,
  previous: Observation | null,
) {
  const brokers = ['1', '2', '3'].map((id) => {
    const dirs = logDirs[id]
    return aBroker(id, dirs === undefined ? { logDirs: [dir({})] } : { logDirs: dirs?.map(dir) ?? null })
  })
  const topics = [aTopic({ partitions: partitions.map((over) => aPartition(over)) })]
  const snapshot = aSnapshot({ startedAtMs: atMs - 1, finishedAtMs: atMs, brokers, topics })
  const given = { expectedBrokers: [], kindOf: () => 'normal' as const, memory: new ObserveMemory() }
  return observe({ snapshot, previous, ...given })
}

/** One partition, 100 messages of 10 bytes in three copies, and one more message a second. */
function cost(given: Given = {}): HoldCost {
  const { before = [{ endOffset: 0n }], now = [{ endOffset: 100n }] } = given
  const first = poll(given, before, NOW_MS, null)
  const second = poll(given, now, NOW_MS + SECONDS * 1_000, first)
  const [topic] = second.topics
  if (topic === undefined) throw new Error('one topic')
  return holdCost(topic, second.brokers, NOW_MS + SECONDS * 1_000)
}

const COPY_BYTES = 10 * DAY_SECONDS

describe('growth', () => {
  test('is the rate of messages times their size on the disk, in each copy', () => {
    const { growthBytesPerDay, brokers } = cost()
    expect(growthBytesPerDay).toBe(3 * COPY_BYTES)
    expect(brokers.map((one) => one.growthBytesPerDay)).toEqual([COPY_BYTES, COPY_BYTES, COPY_BYTES])
    expect(brokers[0]).toMatchObject({ usableBytes: 6_000n, totalBytes: 10_000n })
    expect(brokers[0]?.fullInDays).toBeCloseTo(6_000 / COPY_BYTES)
  })

  test('lies where the copies lie', () => {
    const second = { partition: 1, replicas: ['3'], isr: ['3'], leader: '3' }
    const sizes = [{ broker: '3', logDir: '/data', sizeBytes: 0n, offsetLag: 0n, isFuture: false }]
    const { brokers } = cost({
      before: [{ endOffset: 0n }, { ...second, startOffset: 100n, endOffset: 100n, replicaSizes: sizes }],
      now: [{ endOffset: 100n }, { ...second, startOffset: 200n, endOffset: 200n, replicaSizes: sizes }],
    })
    const growth = Object.fromEntries(brokers.map((one) => [one.broker, one.growthBytesPerDay]))
    expect(growth).toEqual({ '1': COPY_BYTES, '2': COPY_BYTES, '3': 2 * COPY_BYTES })
    expect(brokers[0]?.broker).toBe('3')
  })

  test('of a topic that nobody writes to is none, whatever its size', () => {
    const { growthBytesPerDay, brokers } = cost({
      before: [{ endOffset: 100n }],
      now: [{ endOffset: 100n, replicaSizes: null }],
    })
    expect(growthBytesPerDay).toBe(0)
    expect(brokers[0]).toMatchObject({ growthBytesPerDay: 0, fullInDays: null })
  })

  test.each<[string, Given]>([
    ['the rate', { before: [{ endOffset: null }] }],
    ['the size', { now: [{ endOffset: 100n, replicaSizes: null }] }],
    ['one partition', { before: [{ endOffset: 0n }, { partition: 1, endOffset: null }], now: [{}, { partition: 1 }] }],
  ])('is unknown where it is not known: %s', (_, given) => {
    const { growthBytesPerDay, brokers } = cost(given)
    expect(growthBytesPerDay).toBeNull()
    expect(brokers[0]).toMatchObject({ growthBytesPerDay: null, fullInDays: null })
  })
})

describe('room', () => {
  const roomOf = (dirs: Partial<LogDirState>[] | null) =>
    cost({ logDirs: { '1': dirs } }).brokers.find(({ broker }) => broker === '1')

  test('is that of the fullest volume with a copy, and of no other', () => {
    expect(roomOf([{ usableBytes: 7n }, { path: '/other', usableBytes: 1n }])?.usableBytes).toBe(7n)
  })

  test.each<[string, Partial<LogDirState>[] | null]>([
    ['the broker was not asked', null],
    ['the broker does not tell', [{ usableBytes: null }]],
    ['the copy lies in a folder that is not told', [{ path: '/other' }]],
  ])('is unknown where %s, and comes first', (_, dirs) => {
    expect(roomOf(dirs)).toMatchObject({ usableBytes: null, fullInDays: null })
    expect(cost({ logDirs: { '2': dirs } }).brokers.map(({ broker }) => broker)).toEqual(['2', '1', '3'])
  })

  test('puts the disk that is full first in front', () => {
    const logDirs = { '3': [{ usableBytes: 10n }], '2': [{ usableBytes: 20n }] }
    expect(cost({ logDirs }).brokers.map(({ broker }) => broker)).toEqual(['3', '2', '1'])
  })
})

describe('on RocketMQ, whose brokers have one log for all topics', () => {
  const DAY_MS = DAY_SECONDS * 1_000
  const MARKS = { deletesExpired: 0.75, deletesUnexpired: 0.85, refusesMessages: 0.9 }
  const LOG = dir({ path: '/log', totalBytes: 1_000n, usableBytes: 400n, logBytes: 200n })
  const QUEUES = dir({ path: '/queue', totalBytes: null, usableBytes: null })

  interface Log {
    ageMs?: number | null
    logDirs?: LogDirState[] | null
    diskMarks?: typeof MARKS | (Omit<typeof MARKS, 'deletesUnexpired'> & { deletesUnexpired: null }) | null
  }

  function costOf({ ageMs = 2 * DAY_MS, logDirs = [LOG, QUEUES], diskMarks = MARKS }: Log): HoldCost {
    const runtime = aRuntime({ earliestMessageAtMs: ageMs === null ? null : NOW_MS - ageMs })
    const master = aRocketmqBroker('a:0', { logDirs, rocketmq: aRocketmqBrokerState({ runtime, diskMarks }) })
    const topics = [aRocketmqTopic('orders', { partitions: [aQueue('a', 0, { replicas: ['a:0'], isr: ['a:0'] })] })]
    const snapshot = aSnapshot({
      kind: 'rocketmq',
      quorum: null,
      nameServers: [],
      brokers: [master],
      topics,
      groups: [],
    })
    const given = { expectedBrokers: [], kindOf: () => 'normal' as const, memory: new ObserveMemory() }
    const seen = observe({ snapshot, previous: null, ...given })
    const [topic] = seen.topics
    if (topic === undefined) throw new Error('one topic')
    return holdCost(topic, seen.brokers, NOW_MS)
  }

  test.each<[string, Log, number | null, number | null]>([
    ['until it deletes all the same', {}, 100, 2.5],
    ['until it takes nothing more, where it never does', { diskMarks: { ...MARKS, deletesUnexpired: null } }, 100, 3],
    ['until it is full, where its marks are not known', { diskMarks: null }, 100, 4],
    ['not at all, beyond the mark', { logDirs: [dir({ ...LOG, usableBytes: 100n })] }, 100, 0],
    ['for a time that is unknown: the log is too young', { ageMs: 3_599_999 }, null, null],
    ['for a time that is unknown: nobody knows how old it is', { ageMs: null }, null, null],
    ['for a time that is unknown: the broker does not answer', { logDirs: null }, null, null],
    ['for ever: nothing is in it', { logDirs: [dir({ ...LOG, logBytes: 0n })] }, 0, null],
  ])('grows on average %s', (_, given, growth, days) => {
    const { growthBytesPerDay, brokers } = costOf(given)
    expect([growthBytesPerDay, brokers[0]?.growthBytesPerDay]).toEqual([growth, growth])
    if (days === null) expect(brokers[0]?.fullInDays).toBeNull()
    else expect(brokers[0]?.fullInDays).toBeCloseTo(days)
  })
})
