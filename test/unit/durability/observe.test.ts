import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import type { ExpectedBroker } from '../../../lib/durability/observe-brokers.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { DAY_MS, MINUTE_MS } from '../../../lib/units.ts'
import { aRocketmqBroker, aRocketmqBrokerState } from '../../builders/rocketmq.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from '../../builders/snapshots.ts'

const kindOf = topicKindClassifier({ include: [], exclude: [] })

function see(
  snapshot: ClusterSnapshot,
  previous: Observation | null = null,
  memory = new ObserveMemory(),
  expectedBrokers: ExpectedBroker[] = [],
): Observation {
  return observe({ snapshot, previous, expectedBrokers, kindOf, memory })
}

function later(snapshot: ClusterSnapshot, ms: number): ClusterSnapshot {
  return { ...snapshot, startedAtMs: NOW_MS + ms - 200, finishedAtMs: NOW_MS + ms }
}

const expectedBroker = (lastSeenAtMs: number): ExpectedBroker => ({
  id: '3',
  host: 'localhost',
  port: 9093,
  rack: null,
  role: 'broker',
  lastSeenAtMs,
})

describe('a healthy cluster', () => {
  it('is safe, with every sum known', () => {
    const seen = see(aSnapshot())
    expect(seen.verdict).toEqual({ level: 'safe', reasons: [] })
    expect(seen.totals).toMatchObject({ brokersOnline: 3, brokersExpected: 3, topics: 1, partitions: 1, groups: 1 })
    expect(seen.topics[0]).toMatchObject({
      messages: 100n,
      sizeBytes: 3_000n,
      leaderSizeBytes: 1_000n,
      isPartial: false,
    })
    expect(seen.brokers[0]).toMatchObject({ leaderPartitions: 1, replicaPartitions: 1 })
    expect(seen.totals.diskUsedRatioMax).toBe(0.4)
  })
})

describe('what could not be read', () => {
  it('of a topic that only its name is known of, nothing is 0', () => {
    const fault = { code: 'authorizationFailed', facts: { api: 'Metadata' } } as const
    const seen = see(aSnapshot({ topics: [aTopic({ partitions: [], fault })] }))
    const nothing = { partitionCount: null, messages: null, sizeBytes: null, leaderSizeBytes: null }
    const partial = { isPartial: true, messagesIsPartial: true, sizeIsPartial: true, durability: 'unknown' }
    expect(seen.topics[0]).toMatchObject({ ...nothing, ...partial })
  })

  it('a broker at an advertised address that nobody reaches is told apart from one that is silent', () => {
    const fault = { code: 'advertisedAddressUnreachable', facts: {} } as const
    const seen = see(aSnapshot({ brokers: [aBroker('1', { online: null, fault })] }))
    expect(seen.verdict.reasons).toMatchObject([{ code: 'broker.unreachable', facts: { reason: fault.code } }])
  })
})

describe('rates', () => {
  it('come from two polls of the same topic', () => {
    const before = see(aSnapshot())
    const now = see(
      later(aSnapshot({ topics: [aTopic({ partitions: [aPartition({ endOffset: 250n })] })] }), 15_000),
      before,
    )
    expect(now.topics[0]?.produceRatePerSecond).toBe(10)
  })
  it.each([
    ['the topic was created anew', aTopic({ topicId: 'other', partitions: [aPartition({ endOffset: 250n })] })],
    ['the end offset fell', aTopic({ partitions: [aPartition({ endOffset: 50n })] })],
    ['the end offset was not seen', aTopic({ partitions: [aPartition({ endOffset: null })] })],
  ])('are unknown when %s', (_, topic) => {
    const now = see(later(aSnapshot({ topics: [topic] }), 15_000), see(aSnapshot()))
    expect(now.topics[0]?.produceRatePerSecond).toBeNull()
  })
})

describe('what was not seen', () => {
  it('is never 0', () => {
    const blind = aPartition({ leader: null, isr: null, startOffset: null, endOffset: null, replicaSizes: null })
    const seen = see(aSnapshot({ topics: [aTopic({ partitions: [blind] })] }))
    expect(seen.topics[0]).toMatchObject({ durability: 'unknown', messages: null, sizeBytes: null, isPartial: true })
    expect(seen.groups[0]).toMatchObject({ lagMessages: null, lagSeconds: null, evaluation: 'unknown' })
    expect(seen.verdict.level).toBe('watch')
    expect(seen.verdict.reasons[0]?.code).toBe('cluster.partlyUnknown')
  })
  it('makes sums partial', () => {
    const topic = aTopic({
      partitions: [aPartition(), aPartition({ partition: 1, endOffset: null, replicaSizes: null })],
    })
    expect(see(aSnapshot({ topics: [topic] })).topics[0]).toMatchObject({
      messages: 100n,
      messagesIsPartial: true,
      sizeBytes: 3_000n,
      sizeIsPartial: true,
    })
  })
  it('turns the whole ladder unknown while the quorum has no leader', () => {
    const quorum = { leader: null, leaderEpoch: 1, highWatermark: 10n, isMoving: false, voters: [], observers: [] }
    const seen = see(aSnapshot({ quorum }))
    expect(seen.topics[0]?.durability).toBe('unknown')
    const nothing = { underReplicated: null, atMinIsr: null, underMinIsr: null, offline: null }
    expect(seen.totals).toMatchObject({ partitions: 1, unknownPartitions: 1, ...nothing })
    expect(seen.verdict.level).toBe('atRisk')
    expect(seen.verdict.reasons.map((reason) => reason.code)).toEqual(['quorum.noLeader'])
  })
})

const MEMBER = {
  ...{ memberId: 'm2', clientId: 'c1', host: '/127.0.0.1' },
  assignments: [{ topic: 'orders', broker: null, partitions: [0] }],
}

describe('lag', () => {
  it('is end less committed, and has an age from the first unread record', () => {
    const partition = aGroupPartition({
      firstUnread: { offset: 90n, timestampMs: NOW_MS - 30_000, precision: 'record' },
    })
    const seen = see(aSnapshot({ groups: [aGroup({ partitions: [partition] })] }))
    expect(seen.groups[0]).toMatchObject({ lagMessages: 10n, lagSeconds: 30, lagIsPartial: false })
    expect(seen.groups[0]?.partitions?.[0]).toMatchObject({ lagSecondsSource: 'record', member: 'm1' })
  })
  it('is interpolated when the first unread record was read for another offset', () => {
    const memory = new ObserveMemory()
    const stale = aGroupPartition({
      committedOffset: 95n,
      firstUnread: { offset: 90n, timestampMs: NOW_MS - 30_000, precision: 'record' },
    })
    const seen = see(aSnapshot({ groups: [aGroup({ partitions: [stale] })] }), null, memory)
    expect(seen.groups[0]?.partitions?.[0]).toMatchObject({ lagSeconds: 15, lagSecondsSource: 'interpolated' })
  })
  it('in time is unknown without any time stamp', () => {
    expect(see(aSnapshot()).groups[0]).toMatchObject({ lagMessages: 10n, lagSeconds: null })
  })
  it('of a caught-up group is 0 in both', () => {
    const caughtUp = aGroup({ partitions: [aGroupPartition({ committedOffset: 100n })] })
    expect(see(aSnapshot({ groups: [caughtUp] })).groups[0]).toMatchObject({
      lagMessages: 0n,
      lagSeconds: 0,
      evaluation: 'ok',
    })
  })
  it.each([
    ['what retention deleted stays in it, as in the tools, and is told as lost', { startOffset: 95n }, {}, 10n, 5n],
    ['nothing is left in the log', { startOffset: 100n }, {}, 10n, 10n],
    ['only the end of a transaction is left', {}, { committedOffset: 99n, unreadFrom: 100n }, 0n, 0n],
    ['it was seen to end behind what this poll saw', {}, { committedOffset: 99n, unreadFrom: 102n }, 0n, 0n],
    ['records begin behind the end of a transaction', {}, { unreadFrom: 92n }, 8n, 0n],
    ['where the log begins is not known', { startOffset: null }, {}, 10n, null],
  ])('counts what there is to read: %s', (_, log, commit, lagMessages, lostMessages) => {
    const topics = [aTopic({ partitions: [aPartition(log)] })]
    const groups = [aGroup({ partitions: [aGroupPartition(commit)] })]
    expect(see(aSnapshot({ topics, groups })).groups[0]?.partitions?.[0]).toMatchObject({ lagMessages, lostMessages })
  })
  it.each([
    ['another member took it', {}, {}, { members: [MEMBER] }, { member: 'm2', lagMessages: 0n }],
    ['something new was written', { endOffset: 101n }, {}, {}, { lagMessages: 1n, endOffset: 101n }],
    ['retention deleted', { startOffset: 9n }, {}, {}, { lagMessages: 0n, startOffset: 9n }],
    ['it committed further', { endOffset: 120n }, { committedOffset: 120n }, {}, { lagMessages: 0n, endOffset: 120n }],
    ['its commit is not known', {}, { committedOffset: null, isCommitUnknown: true }, {}, { lagMessages: null }],
  ])('of a group that rested for some polls is what it is now: %s', (_, log, commit, over, expected) => {
    const memory = new ObserveMemory()
    const at = (poll: number, logNow: object, commitNow: object, groupNow: object): ClusterSnapshot => {
      const partitions = [aGroupPartition({ committedOffset: 100n, ...commitNow })]
      const topics = [aTopic({ partitions: [aPartition(logNow)] })]
      return later(aSnapshot({ topics, groups: [aGroup({ partitions, ...groupNow })] }), poll * 15_000)
    }
    let seen: Observation | null = null
    for (const poll of [0, 1, 2]) seen = see(at(poll, {}, {}, {}), seen, memory)
    expect(see(at(3, log, commit, over), seen, memory).groups[0]?.partitions?.[0]).toMatchObject(expected)
  })
  it('counts again what the end of a transaction was taken for', () => {
    const memory = new ObserveMemory()
    const at = (poll: number, unreadFrom: bigint | null): ClusterSnapshot => {
      const partitions = [aGroupPartition({ committedOffset: 99n, unreadFrom })]
      return later(aSnapshot({ groups: [aGroup({ partitions })] }), poll * 15_000)
    }
    let seen: Observation | null = null
    for (const poll of [0, 1, 2]) seen = see(at(poll, 100n), seen, memory)
    expect(seen?.groups[0]?.lagMessages).toBe(0n)
    expect(see(at(3, null), seen, memory).groups[0]?.lagMessages).toBe(1n)
  })
  it('stays negative when the committed offset is ahead of the log, and is not called caught up', () => {
    const ahead = aGroup({ partitions: [aGroupPartition({ committedOffset: 130n })] })
    expect(see(aSnapshot({ groups: [ahead] })).groups[0]).toMatchObject({
      lagMessages: -30n,
      lagSeconds: null,
      evaluation: 'unknown',
    })
  })
  it('leaves partitions never committed out of the sum', () => {
    const partitions = [aGroupPartition(), aGroupPartition({ partition: 1, committedOffset: null })]
    expect(see(aSnapshot({ groups: [aGroup({ partitions })] })).groups[0]).toMatchObject({
      lagMessages: 10n,
      lagIsPartial: false,
    })
  })
  it('is not measured by the offsets of a topic that was deleted and created again', () => {
    const memory = new ObserveMemory()
    const before = see(aSnapshot(), null, memory)
    const anew = aTopic({ topicId: 'other', partitions: [aPartition({ endOffset: 1_000n })] })
    const seen = see(
      later(
        aSnapshot({ topics: [anew], groups: [aGroup({ partitions: [aGroupPartition({ committedOffset: 100n })] })] }),
        15_000,
      ),
      before,
      memory,
    )
    expect(seen.groups[0]?.lagSeconds).toBeNull()
  })
})

describe('a group', () => {
  const after = (ms: number, over: Parameters<typeof aGroup>[0]) => {
    const before = see(aSnapshot())
    return see(later(aSnapshot({ groups: [aGroup(over)] }), ms), before).groups[0]?.evaluation
  }
  it.each([
    ['ok: it makes progress', 15_000, { partitions: [aGroupPartition({ committedOffset: 95n })] }, 'ok'],
    ['ok: it rests for less than the stall time', 4 * MINUTE_MS, {}, 'ok'],
    ['stalled: members, lag and no progress', 6 * MINUTE_MS, {}, 'stalled'],
    ['stopped: lag and no members', 15_000, { members: [] }, 'stopped'],
    ['abandoned: no members for a week', 8 * DAY_MS, { members: [] }, 'abandoned'],
    ['rewound: its offset went back', 15_000, { partitions: [aGroupPartition({ committedOffset: 50n })] }, 'rewound'],
    ['unknown: its offsets could not be read', 15_000, { partitions: null }, 'unknown'],
  ])('is %s', (_, ms, over, expected) => {
    expect(after(ms, over)).toBe(expected)
  })

  it('tells since when nobody has joined it, by the ids of its members', () => {
    const withMembers = (...ids: string[]) =>
      aSnapshot({ groups: [aGroup({ members: ids.map((memberId) => ({ ...MEMBER, memberId })) })] })
    let previous = see(withMembers('a', 'b'))
    const sinceOf = (ms: number, snapshot: ClusterSnapshot): number | null => {
      previous = see(later(snapshot, ms), previous)
      const since = previous.groups[0]?.membersSinceMs ?? null
      return since === null ? null : since - NOW_MS
    }
    expect(previous.groups[0]?.membersSinceMs).toBe(NOW_MS)
    expect(sinceOf(15_000, withMembers('b', 'a'))).toBe(0)
    // Whoever leaves starts nothing anew.
    expect(sinceOf(30_000, withMembers('a'))).toBe(0)
    expect(sinceOf(45_000, withMembers('a', 'c'))).toBe(45_000)
    expect(sinceOf(60_000, withMembers('a', 'c'))).toBe(45_000)
    expect(sinceOf(75_000, withMembers())).toBeNull()
    expect(sinceOf(90_000, aSnapshot({ groups: [aGroup({ members: null })] }))).toBeNull()
    expect(sinceOf(105_000, withMembers('a', 'c'))).toBe(105_000)
  })

  describe('that comes and goes', () => {
    /** What each poll saw: seconds since the first, committed offset, end of the log. */
    const evaluations = (
      polls: [seconds: number, committed: bigint, end: bigint][],
      over = {},
    ): (string | undefined)[] => {
      const memory = new ObserveMemory()
      let seen: Observation | null = null
      return polls.map(([seconds, committedOffset, endOffset]) => {
        const topics = [aTopic({ partitions: [aPartition({ endOffset })] })]
        const groups = [aGroup({ partitions: [aGroupPartition({ committedOffset })], ...over })]
        seen = see(later(aSnapshot({ topics, groups }), seconds * 1_000), seen, memory)
        return seen.groups[0]?.evaluation
      })
    }
    it('does not stand still from the moment that something new comes', () => {
      const polls: [number, bigint, bigint][] = [
        [0, 100n, 100n],
        [3_600, 100n, 100n],
        [3_615, 100n, 101n],
        [3_914, 100n, 101n],
      ]
      expect(evaluations([...polls, [3_915, 100n, 101n]])).toEqual(['ok', 'ok', 'ok', 'ok', 'stalled'])
    })
    it('is rewound until it is where it was, or for ten minutes', () => {
      expect(
        evaluations([
          [0, 90n, 100n],
          [15, 50n, 100n],
          [30, 60n, 100n],
          [45, 90n, 100n],
        ]),
      ).toEqual(['ok', 'rewound', 'rewound', 'ok'])
      expect(
        evaluations([
          [0, 90n, 100n],
          [15, 50n, 100n],
          [614, 60n, 100n],
          [615, 61n, 100n],
        ]),
      ).toEqual(['ok', 'rewound', 'rewound', 'ok'])
    })
    it('that was set back and then stands is stalled', () => {
      expect(
        evaluations([
          [0, 90n, 100n],
          [15, 50n, 100n],
          [315, 50n, 100n],
        ]),
      ).toEqual(['ok', 'rewound', 'stalled'])
    })
    it('that was set back while nobody read is stopped', () => {
      expect(
        evaluations(
          [
            [0, 90n, 100n],
            [15, 50n, 100n],
            [30, 50n, 100n],
          ],
          { members: [] },
        ),
      ).toEqual(['stopped', 'rewound', 'stopped'])
    })
    it('is nobody’s only after its topic has kept what is unread for', () => {
      const retentionMs = BigInt(14 * DAY_MS)
      const keeping = [aTopic({ settings: { ...aTopic().settings, retentionMs } })]
      const memory = new ObserveMemory()
      let seen: Observation | null = null
      const found = [0, 13.9, 14].map((days) => {
        seen = see(
          later(aSnapshot({ topics: keeping, groups: [aGroup({ members: [] })] }), days * DAY_MS),
          seen,
          memory,
        )
        return seen.groups[0]?.evaluation
      })
      expect(found).toEqual(['stopped', 'stopped', 'abandoned'])
    })
  })

  describe('over two minutes and a half', () => {
    /** The lag after each poll, on two partitions that take turns at progress. */
    const evaluateAfter = (lags: (bigint | null)[]) => {
      const memory = new ObserveMemory()
      let seen: Observation | null = null
      lags.forEach((lag, tick) => {
        const endOffset = lag === null ? null : 1_000n + lag + BigInt(tick)
        const topic = aTopic({ partitions: [aPartition({ endOffset })] })
        const partitions = [aGroupPartition({ committedOffset: 1_000n + BigInt(tick) })]
        const snapshot = aSnapshot({ topics: [topic], groups: [aGroup({ partitions })] })
        seen = see(later(snapshot, tick * 15_000), seen, memory)
      })
      return (seen as Observation | null)?.groups[0]?.evaluation
    }
    const growing: (bigint | null)[] = Array.from({ length: 10 }, (_, tick) => BigInt(100 + tick * 10))
    it.each([
      ['warn: it reads, but its lag only grows', growing, 'warn'],
      ['ok: the window is not full yet', growing.slice(1), 'ok'],
      ['ok: the lag fell once', growing.with(5, 90n), 'ok'],
      ['ok: it was caught up once', growing.with(0, 0n), 'ok'],
      ['ok: the lag stays the same', growing.map(() => 100n), 'ok'],
      ['ok: a part of the window was not seen', growing.with(5, null), 'ok'],
    ])('is %s', (_, lags, expected) => {
      expect(evaluateAfter(lags)).toBe(expected)
    })
  })

  describe('whose commit is gone for a while', () => {
    const overrun = aTopic({ partitions: [aPartition({ startOffset: 95n })] })
    const gone = aGroup({ partitions: [aGroupPartition({ committedOffset: null })] })
    const before = see(aSnapshot({ topics: [overrun] }))
    const now = see(later(aSnapshot({ topics: [overrun], groups: [gone] }), 15_000), before)
    it('has an unknown lag and is rewound, not well', () => {
      expect(now.groups[0]).toMatchObject({ lagMessages: null, lagIsPartial: true, evaluation: 'rewound' })
      expect(now.groups[0]?.partitions?.[0]?.commitLostSinceMs).toBe(NOW_MS + 15_000)
    })
    it('keeps what it had lost, so that the cluster does not look safe', () => {
      expect(now.groups[0]?.lostMessages).toBe(5n)
      expect(now.verdict.level).toBe('losing')
    })
    it('is measured again with its next commit', () => {
      const again = see(later(aSnapshot(), 30_000), now)
      expect(again.groups[0]).toMatchObject({ lagMessages: 10n, lagIsPartial: false, evaluation: 'ok' })
      expect(again.groups[0]?.partitions?.[0]?.commitLostSinceMs).toBeNull()
    })
  })

  it('whose unread messages were deleted makes the cluster losing, and says how many', () => {
    const overrun = aTopic({ partitions: [aPartition({ startOffset: 95n })] })
    const seen = see(aSnapshot({ topics: [overrun] }))
    expect(seen.groups[0]?.lostMessages).toBe(5n)
    expect(seen.verdict.level).toBe('losing')
  })
  it('without members that was overrun does not turn the cluster red', () => {
    const overrun = aTopic({ partitions: [aPartition({ startOffset: 95n })] })
    expect(see(aSnapshot({ topics: [overrun], groups: [aGroup({ members: [] })] })).verdict.level).toBe('watch')
  })
})

describe('the verdict', () => {
  const withIsr = (isr: string[], over = {}) =>
    see(aSnapshot({ topics: [aTopic({ partitions: [aPartition({ isr, ...over })] })] })).verdict
  it.each([
    ['atMinIsr with two copies', ['1', '2'], {}, 'watch', 'partition.atMinIsr'],
    ['underMinIsr', ['1'], {}, 'atRisk', 'partition.underMinIsr'],
    ['offline', ['2'], { leader: null }, 'atRisk', 'partition.offline'],
    ['offline with nobody to elect', [], { leader: null, eligibleLeaders: [] }, 'atRisk', 'partition.noEligibleLeader'],
  ])('of %s', (_, isr, over, level, code) => {
    const verdict = withIsr(isr, over)
    expect(verdict.level).toBe(level)
    expect(verdict.reasons[0]).toMatchObject({ code, subject: { type: 'topic', name: 'orders' }, atMs: NOW_MS })
  })

  it.each([
    ['info when the cluster refuses its disks', 'logDirs', 'authorizationFailed', 'safe'],
    ['a warning when a broker does not tell its disks', 'logDirs', 'requestTimeout', 'watch'],
    ['a warning when offsets of groups are refused', 'committedOffsets', 'authorizationFailed', 'watch'],
  ] as const)('names facts that failed, as %s', (_, kind, code, level) => {
    const failed = { subject: { type: 'broker', name: '2' }, fault: { code, facts: {} } } as const
    const facts = [{ kind, paceMs: null, lastReadAtMs: null, faults: [failed], faultCount: 1 }]
    const { verdict } = see(aSnapshot({ facts }))
    expect(verdict.level).toBe(level)
    expect(verdict.reasons[0]).toMatchObject({ code: 'cluster.partlyUnknown', facts: { kinds: kind } })
  })

  it('keeps since when a reason holds', () => {
    const snapshot = aSnapshot({ topics: [aTopic({ partitions: [aPartition({ isr: ['1'] })] })] })
    const memory = new ObserveMemory()
    const now = see(later(snapshot, MINUTE_MS), see(snapshot, null, memory), memory)
    expect(now.verdict.reasons[0]?.atMs).toBe(NOW_MS)
  })
  it('sums many topics with the same trouble into one reason', () => {
    const topics = Array.from({ length: 40 }, (_, index) =>
      aTopic({ name: `t${index}`, partitions: [aPartition({ isr: ['1'] })] }),
    )
    const { reasons } = see(aSnapshot({ topics })).verdict
    expect(reasons).toHaveLength(1)
    expect(reasons[0]).toMatchObject({ subject: { type: 'cluster' }, facts: { topics: 40, partitions: 40 } })
  })
  it('names a broker that is expected but missing, gently while it may be restarting', () => {
    const two = aSnapshot({ brokers: [aBroker('1'), aBroker('2')] })
    const fresh = see(two, null, new ObserveMemory(), [expectedBroker(NOW_MS - MINUTE_MS)])
    expect(fresh.verdict.level).toBe('safe')
    expect(fresh.findings).toContainEqual(expect.objectContaining({ code: 'broker.missing', severity: 'info' }))
    expect(fresh.totals).toMatchObject({ brokersOnline: 2, brokersExpected: 3 })
    expect(fresh.brokers[2]).toMatchObject({ id: '3', online: false, logDirs: null })
    const old = see(two, null, new ObserveMemory(), [expectedBroker(NOW_MS - 6 * MINUTE_MS)])
    expect(old.verdict.level).toBe('atRisk')
  })
  it('names a full disk', () => {
    const size = { totalBytes: 1_000n, usableBytes: 50n, logBytes: 1n, usedRatio: null }
    const full = { path: '/data', volume: null, ...size, error: null }
    const seen = see(aSnapshot({ brokers: [aBroker('1', { logDirs: [full] }), aBroker('2'), aBroker('3')] }))
    expect(seen.verdict.reasons[0]).toMatchObject({
      code: 'broker.diskFull',
      severity: 'critical',
      facts: { usedPercent: 95 },
    })
  })
  it.each([
    [0.69, null, null],
    [0.7, null, 'warning'],
    [0.8, null, 'critical'],
    [0.3, { deletesExpired: 0.1, deletesUnexpired: 0.85, refusesMessages: 0.9 }, 'warning'],
    [0.84, { deletesExpired: 0.75, deletesUnexpired: null, refusesMessages: 0.9 }, 'warning'],
    [0.85, { deletesExpired: 0.75, deletesUnexpired: null, refusesMessages: 0.9 }, 'critical'],
  ])('of RocketMQ counts near the marks at which the broker acts: %f', (usedRatio, diskMarks, severity) => {
    const size = { totalBytes: null, usableBytes: null, logBytes: null, usedRatio }
    const folder = { volume: null, ...size, error: null }
    const logDirs = [
      { ...folder, path: '/log', usedRatio: 0.01 },
      { ...folder, path: '/store' },
      { ...folder, path: '/queues' },
    ]
    const broker = aRocketmqBroker('a:0', { logDirs, rocketmq: aRocketmqBrokerState({ diskMarks }) })
    const { reasons } = see(aSnapshot({ kind: 'rocketmq', brokers: [broker] })).verdict
    const told = reasons.filter(({ code }) => code === 'broker.commitLogFull')
    expect(told).toMatchObject(severity === null ? [] : [{ severity, facts: { path: '/store' } }])
  })
})

describe('dead letters', () => {
  it('have a stored depth and arrivals from the first release', () => {
    const dlq = aTopic({ name: 'orders-dlt', partitions: [aPartition({ startOffset: 10n, endOffset: 40n })] })
    const grown = aTopic({ name: 'orders-dlt', partitions: [aPartition({ startOffset: 10n, endOffset: 70n })] })
    const memory = new ObserveMemory()
    const before = see(aSnapshot({ topics: [aTopic(), dlq] }), null, memory)
    expect(before.dlqs).toMatchObject([{ topic: 'orders-dlt', stored: 30n, arrivalsPerMinute: null, isReadable: null }])
    const now = see(later(aSnapshot({ topics: [aTopic(), grown] }), MINUTE_MS), before, memory)
    expect(now.dlqs).toMatchObject([{ topic: 'orders-dlt', stored: 60n, arrivalsPerMinute: 30, isReadable: null }])
    expect(now.totals.dlqDepth).toBe(60n)
  })
})
