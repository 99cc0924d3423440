import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot, GroupState } from '../../../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../../../lib/dlq/topic-kind.ts'
import type { Forecast, Observation } from '../../../../lib/durability/observation.ts'
import { observe } from '../../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../../lib/durability/observe-memory.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../lib/units.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from '../../../builders/snapshots.ts'

const kindOf = topicKindClassifier({ include: [], exclude: [] })
const configOf = (settings: Record<string, string>) =>
  Object.entries(settings).map(([name, value]) => ({ name, value, source: 'x', isDefault: false, sensitive: false }))

const CHECK_MS = 5 * MINUTE_MS
const RECORD_BYTES = 1_000n

interface Seen {
  atMs?: number
  end?: bigint
  start?: bigint
  committed?: bigint | null
  /** When the first unread record was written; null: nobody looked. */
  writtenAtMs?: number | null
  members?: GroupState['members']
  retentionMs?: bigint
  retentionBytes?: bigint
  segmentBytes?: string
}

function aPoll(seen: Seen): ClusterSnapshot {
  const { atMs = NOW_MS, end = 100n, start = 0n, committed = 90n, writtenAtMs = NOW_MS - 2 * DAY_MS } = seen
  const replicaSizes = [
    { broker: '1', logDir: '/data', sizeBytes: (end - start) * RECORD_BYTES, offsetLag: 0n, isFuture: false },
  ]
  const firstUnread =
    writtenAtMs === null || committed === null
      ? null
      : ({ offset: committed, timestampMs: writtenAtMs, precision: 'record' } as const)
  const { retentionMs = BigInt(7 * DAY_MS), retentionBytes = -1n, segmentBytes = '1073741824' } = seen
  return aSnapshot({
    ...{ startedAtMs: atMs - 200, finishedAtMs: atMs },
    brokers: [aBroker('1', { config: configOf({ 'log.retention.check.interval.ms': String(CHECK_MS) }) })],
    topics: [
      aTopic({
        config: configOf({ 'segment.ms': String(DAY_MS), 'segment.bytes': segmentBytes }),
        settings: { ...aTopic().settings, retentionMs, retentionBytes },
        partitions: [aPartition({ startOffset: start, endOffset: end, replicaSizes })],
      }),
    ],
    groups: [
      aGroup({
        ...(seen.members === undefined ? {} : { members: seen.members }),
        partitions: [aGroupPartition({ committedOffset: committed, firstUnread })],
      }),
    ],
  })
}

/** What is forecast after the last of these polls. */
function lossAfter(...polls: Seen[]): Forecast | undefined {
  const memory = new ObserveMemory()
  let last: Observation | null = null
  for (const poll of polls) {
    last = observe({ snapshot: aPoll(poll), previous: last, expectedBrokers: [], kindOf, memory })
  }
  return last?.groups[0]?.partitions?.[0]?.lossAt
}

const at = (earliestAtMs: number, latestAtMs: number | null, because = 'retention') => ({
  ...{ state: 'forecast', earliestAtMs, latestAtMs, because },
})
const bare = (state: string, because: string) => ({ state, earliestAtMs: null, latestAtMs: null, because })

const DESERTED: Seen = { members: [] }
const DUE_MS = NOW_MS + 5 * DAY_MS

describe('what a group without members has not read', () => {
  it.each<[string, Seen, object]>([
    ['goes with its segment', {}, at(DUE_MS, DUE_MS + DAY_MS + CHECK_MS)],
    ['stays where all is read', { committed: 100n }, bare('none', 'caughtUp')],
    ['stays where nothing is deleted', { retentionMs: -1n }, bare('none', 'noRetention')],
    ['is not known where nothing was committed', { committed: null }, bare('unknown', 'notCommitted')],
    ['nor where more was committed than there is', { committed: 130n }, bare('unknown', 'lagUnknown')],
    ['nor where its age is not', { writtenAtMs: null }, bare('unknown', 'ageUnknown')],
  ])('%s', (_, seen, expected) => {
    expect(lossAfter({ ...DESERTED, ...seen })).toEqual(expected)
  })

  it('goes between the moments that polls saw it between, where nobody looked at the record', () => {
    const [before, later] = [NOW_MS - 2 * HOUR_MS, NOW_MS - HOUR_MS]
    const polls = [
      { ...DESERTED, atMs: before, end: 80n, committed: 70n, writtenAtMs: null },
      { ...DESERTED, atMs: later, end: 95n, committed: 90n, writtenAtMs: null },
    ]
    const [low, high] = [before + 7 * DAY_MS, later + 7 * DAY_MS]
    expect(lossAfter(...polls)).toEqual(at(low, high + DAY_MS + CHECK_MS))
  })

  it('goes sooner where segments are full sooner', () => {
    // Ten records make a segment, and were written within an hour or less, for a poll saw them.
    const written = NOW_MS - 2 * DAY_MS
    const polls = [
      { ...DESERTED, segmentBytes: '10000', atMs: written + HOUR_MS, end: 110n, writtenAtMs: written },
      { ...DESERTED, segmentBytes: '10000', end: 400n, writtenAtMs: written },
    ]
    expect(lossAfter(...polls)).toEqual(at(DUE_MS, DUE_MS + HOUR_MS + CHECK_MS))
  })

  it('goes by size when so much more is written', () => {
    // 10 records an hour for two days: 480 unread ones, and 580 kB are kept; a segment holds 9.5 kB.
    const seen = { ...DESERTED, retentionMs: -1n, retentionBytes: 580_000n, segmentBytes: '9500' }
    const forecast = lossAfter({ ...seen, end: 580n, committed: 100n })
    expect(forecast).toMatchObject({ state: 'forecast', because: 'retentionBySize' })
    const hours = (atMs: number | null | undefined) => ((atMs ?? Number.NaN) - NOW_MS) / HOUR_MS
    expect(hours(forecast?.earliestAtMs)).toBeCloseTo((580 / 1.05 - 480) / (10 * 1.02), 6)
    expect(hours((forecast?.latestAtMs ?? Number.NaN) - CHECK_MS)).toBeCloseTo((580 / 0.95 + 10 - 480) / (10 * 0.98), 6)
  })

  it('is not known by size before anything was seen to be written', () => {
    const seen = { ...DESERTED, retentionMs: -1n, retentionBytes: 580_000n, writtenAtMs: null }
    expect(lossAfter(seen)).toEqual(bare('unknown', 'rateUnknown'))
  })
})

describe('what a group with members has not read', () => {
  const every = (count: number, poll: (minute: number) => Seen): Seen[] =>
    Array.from({ length: count }, (_, minute) => ({ atMs: NOW_MS + minute * MINUTE_MS, ...poll(minute) }))

  it('may go with its segment, and perhaps never, as long as nobody saw the group move', () => {
    expect(lossAfter({})).toEqual(at(DUE_MS, null))
  })

  it('stays while the group reads what is written', () => {
    const keeps = every(3, (minute) => ({
      end: BigInt(100 + minute),
      committed: BigInt(99 + minute),
      writtenAtMs: NOW_MS + minute * MINUTE_MS - 30_000,
    }))
    expect(lossAfter(...keeps)).toEqual(bare('none', 'keepingUp'))
  })

  const NEWEST = { end: 100n, committed: 99n, writtenAtMs: NOW_MS - 30_000 }
  it.each<[string, Seen[], string]>([
    ['is as good as lost in half a minute', [{ ...NEWEST, retentionMs: 60_000n }], 'retention'],
    [
      'is as good as lost when one more comes, by size',
      [
        { ...NEWEST, end: 99n, committed: 98n, retentionMs: -1n, retentionBytes: 1_000n },
        { ...NEWEST, atMs: NOW_MS + MINUTE_MS, committed: 98n, retentionMs: -1n, retentionBytes: 1_000n },
      ],
      'retentionBySize',
    ],
    [
      'has lain there since the group stopped moving five minutes ago',
      every(6, (minute) => ({ ...NEWEST, end: BigInt(100 + minute), writtenAtMs: NOW_MS })),
      'retention',
    ],
  ])('is not read as it is written where what is unread %s', (_, polls, because) => {
    expect(lossAfter(...polls)).toMatchObject({ state: 'forecast', because })
  })

  it('stays by size while what is written is read and most of the limit is free', () => {
    const limits = { retentionMs: -1n, retentionBytes: 1_000_000_000n, segmentBytes: '9500' }
    const keeps = every(3, (minute) => ({
      ...{ ...limits, end: BigInt(100 + minute), committed: BigInt(99 + minute) },
      writtenAtMs: NOW_MS + minute * MINUTE_MS - 30_000,
    }))
    expect(lossAfter(...keeps)).toEqual(bare('none', 'keepingUp'))
  })

  it('goes where the group will have read everything, but later', () => {
    // 100 a minute, and 1,000,000 to read: seven days, and the first segment goes in five.
    const late = every(3, (minute) => ({ end: 1_000_000n, committed: BigInt(minute * 100) }))
    expect(lossAfter(...late)).toMatchObject({ state: 'forecast', because: 'retention' })
  })

  it('goes as if nobody read once the group has not moved for five minutes', () => {
    expect(lossAfter(...every(6, () => ({})))).toEqual(at(DUE_MS, DUE_MS + DAY_MS + CHECK_MS))
  })

  it('stays where the group will have read everything before', () => {
    const fast = every(3, (minute) => ({ end: 1_000n, committed: BigInt(100 + minute * 100) }))
    expect(lossAfter(...fast)).toEqual(bare('none', 'catchesUp'))
  })

  it('stays where its age does not grow, however long the way', () => {
    const even = every(10, (minute) => ({
      end: BigInt(1_000_000 + minute),
      committed: BigInt(100 + minute),
      writtenAtMs: NOW_MS - 2 * DAY_MS + minute * MINUTE_MS,
    }))
    expect(lossAfter(...even)).toEqual(bare('none', 'catchesUp'))
  })

  it('goes later where the group reads half as fast as time passes', () => {
    const slow = every(11, (minute) => ({
      end: BigInt(1_000_000 + 2 * minute),
      committed: BigInt(100 + minute),
      writtenAtMs: NOW_MS - 2 * DAY_MS + (minute * MINUTE_MS) / 2,
    }))
    const nowMs = NOW_MS + 10 * MINUTE_MS
    const leftMs = 5 * DAY_MS - 5 * MINUTE_MS
    expect(lossAfter(...slow)).toEqual(at(nowMs + 2 * leftMs, nowMs + 2 * (leftMs + DAY_MS) + CHECK_MS))
  })

  it('is not measured by what was before somebody set the group back', () => {
    const fast = every(3, (minute) => ({ end: 1_000n, committed: BigInt(100 + minute * 100) }))
    const back = { atMs: NOW_MS + 3 * MINUTE_MS, end: 1_000n, committed: 50n }
    expect(lossAfter(...fast, back)).toEqual(at(DUE_MS, null))
  })
})

describe('a group', () => {
  const seenOf = (poll: Seen) =>
    observe({
      ...{ snapshot: aPoll(poll), previous: null, expectedBrokers: [], kindOf },
      memory: new ObserveMemory(),
    }).groups[0]
  it('loses what its first partition loses', () => {
    const group = seenOf(DESERTED)
    expect(group?.lossAt).toBe(group?.partitions?.[0]?.lossAt)
  })
  it('that never committed loses nobody knows what', () => {
    expect(seenOf({ committed: null })?.lossAt).toEqual(bare('unknown', 'lagUnknown'))
  })
})
