/** Plans over queues in memory: what is counted, what is left out and why, and what a person is warned of. */
import { beforeEach, describe, expect, it, test } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { OWN_HEADERS } from '../../../lib/dlq/own-headers.ts'
import type { GroupRow, SnapshotReader, TopicRow } from '../../../lib/history/snapshot-store.ts'
import { OffsetRuns } from '../../../lib/inbox/offset-runs.ts'
import { planHash } from '../../../lib/replay/plan-hash.ts'
import { estimateTime, measuredSpeed } from '../../../lib/replay/plan-parts.ts'
import { planReplay } from '../../../lib/replay/planner.ts'
import type { PinnedSelection, PlannerOptions } from '../../../lib/replay/planner-options.ts'
import type { ReplayJob, ReplayRequest } from '../../../lib/replay/replay-types.ts'
import { markOf } from '../../../lib/replay/transform.ts'
import { type HeaderList, springException, springOrigin, toHeaders } from '../../builders/dead-letters.ts'
import { MemoryCluster } from '../../builders/memory-cluster.ts'
import { replayJob, replayRequest, runsOf } from '../../builders/replays.ts'

const NOW_MS = 1_700_000_500_000
let cluster: MemoryCluster
let topics: TopicRow[]
let groups: GroupRow[]
let configs: Record<string, string>
let queues: { topic: string; groups: string[] }[]

beforeEach(() => {
  cluster = new MemoryCluster()
  cluster.createTopic('orders', 3)
  cluster.createTopic('orders-dlt', 2)
  topics = [row('orders'), row('orders-dlt', { kind: 'dlq' })]
  groups = [group('billing', ['orders']), group('audit', ['orders', 'payments']), group('elsewhere', ['payments'])]
  configs = {}
  queues = []
})

function row(name: string, change: Partial<TopicRow> = {}): TopicRow {
  const settings = {
    minIsr: 2,
    retentionMs: 604_800_000n,
    retentionBytes: -1n,
    cleanupPolicy: 'delete',
    uncleanLeaderElection: false,
  }
  return {
    ...{ name, topicId: null, kind: 'normal', internal: false, partitionCount: 3, durability: 'healthy', fault: null },
    settings,
    ...change,
  } as TopicRow
}

function group(id: string, reads: string[], change: Partial<GroupRow> = {}): GroupRow {
  return { id, state: 'Stable', topics: reads, memberCount: 1, fault: null, ...change } as GroupRow
}

const snapshots = {
  topics: async () => topics,
  groups: async () => groups,
  dlqs: async () => queues,
  brokers: async () => [],
  summary: async () => ({ lastPollAtMs: NOW_MS - 1_000, pollIntervalMs: 15_000 }),
  topic: async (_cluster: string, name: string) => ({
    config: name in configs ? [{ name: 'max.message.bytes', value: configs[name] }] : [],
  }),
} as unknown as SnapshotReader

function letter(headers: HeaderList, change: object = {}): object {
  return {
    key: Buffer.from('k'),
    value: Buffer.from('{"id":1}'),
    headers: toHeaders(headers),
    timestampMs: NOW_MS - 60_000,
    ...change,
  }
}
const died = (partition = 0, offset = 5n, topic = 'orders'): HeaderList => [
  ...springException({ cause: 'com.acme.X', message: 'no', stackTrace: 'x' }),
  ...springOrigin({ topic, partition, offset, group: 'billing' }),
  ['business', 'kept'],
]
const replayed = (attempt: number): HeaderList => [
  [OWN_HEADERS.replayId, 'r-old:0@1'],
  [OWN_HEADERS.jobId, 'r-old'],
  [OWN_HEADERS.attempt, String(attempt)],
]

/** All that lies in the queue. */
function pinned(): PinnedSelection {
  return {
    topicId: cluster.topics.get('orders-dlt')?.topicId ?? null,
    places: [0, 1].map((partition) => ({
      partition,
      broker: null,
      runs: OffsetRuns.of(
        cluster.records('orders-dlt', partition).map(({ offset: from }) => ({ from, to: from + 1n })),
      ),
    })),
    isComplete: true,
    handled: [],
  }
}

async function plan(change: Partial<ReplayRequest> = {}, options: Partial<PlannerOptions> = {}) {
  const job = replayJob({ request: replayRequest(change), facts: null, plan: null })
  const result = await planReplay(
    job,
    {
      pin: async () => pinned(),
      source: { kind: 'kafka', reader: cluster.reader() },
      target: { kind: 'kafka', reader: cluster.reader() },
      ...{ snapshots, profiles: BUILT_IN_PROFILES, policy: { minMessages: null, clusters: [] } },
      doneBefore: async () => [],
      otherReplays: async () => [],
      now: () => NOW_MS,
      isWanted: async () => true,
      hidesEdited: async () => false,
      ...options,
    },
    new AbortController().signal,
  )
  if (result === null) throw new Error('no longer wanted')
  return result
}
const add = (partition: number, ...args: Parameters<typeof letter>): bigint =>
  cluster.append('orders-dlt', partition, letter(...args))
const codes = (result: Awaited<ReturnType<typeof plan>>): string[] => result.plan.warnings.map(({ code }) => code)

describe('the time that a plan reckons with', () => {
  const { plan: earlier } = replayJob()
  /** 20,000 records of 100 bytes. */
  const done = (seconds: number, change: Partial<ReplayJob> = {}): ReplayJob =>
    replayJob({
      ...{ state: 'completed', startedAtMs: 1_000, endedAtMs: 1_000 + seconds * 1_000 },
      counts: { ...replayJob().counts, produced: 20_000n },
      plan: earlier === null ? null : { ...earlier, messages: 40_000n, bytes: 4_000_000n },
      ...change,
    })
  const estimate = estimateTime.bind(null, { messages: 100_000n, bytes: 10_000_000n })
  const FREE = { recordsPerSecond: null, bytesPerSecond: null }
  const AT_ONCE = { canary: null, graceSeconds: 0 }

  it('is how long the fastest of the newest would have taken, else what is usual', () => {
    const speed = measuredSpeed([done(10), done(40)], 'exactlyOnce')
    expect(speed).toEqual({ recordsPerSecond: 2_000, bytesPerSecond: 200_000 })
    expect(estimate(FREE, AT_ONCE, speed)).toEqual({ estimatedSeconds: 50, estimateBasis: 'measured' })
    expect(estimate(FREE, AT_ONCE, null)).toEqual({ estimatedSeconds: 5, estimateBasis: 'assumed' })
    const waits = { canary: { count: 10, waitSeconds: 30 }, graceSeconds: 5 }
    expect(estimate(FREE, waits, speed).estimatedSeconds).toBe(85)
    expect(measuredSpeed([done(45, { request: replayRequest(waits) })], 'exactlyOnce')).toEqual(speed)
  })

  it('goes by its rate where that is lower, and by the size of records where they are large', () => {
    const speed = measuredSpeed([done(10)], 'exactlyOnce')
    const limited = (recordsPerSecond: number) => estimate({ ...FREE, recordsPerSecond }, AT_ONCE, speed)
    expect(limited(100)).toEqual({ estimatedSeconds: 1_000, estimateBasis: 'rate' })
    expect(limited(100_000)).toEqual({ estimatedSeconds: 50, estimateBasis: 'measured' })
    const large = { messages: 1_000n, bytes: 40_000_000n }
    expect(estimateTime(large, FREE, AT_ONCE, speed)).toEqual({ estimatedSeconds: 200, estimateBasis: 'measured' })
  })

  it.each<[string, ReplayJob]>([
    ['too few records', done(10, { counts: { ...replayJob().counts, produced: 900n } })],
    ['no time that could be measured', done(0.5)],
    ['another kind of delivery', done(10, { plan: earlier === null ? null : { ...earlier, delivery: 'atLeastOnce' } })],
  ])('knows nothing by %s', (_what, job) => {
    expect(measuredSpeed([job], 'exactlyOnce')).toBeNull()
  })

  it('stands in the plan with what it goes by', async () => {
    add(0, died(0))
    expect((await plan()).plan).toMatchObject({ estimatedSeconds: 1, estimateBasis: 'assumed' })
    expect((await plan({}, { doneBefore: async () => [done(10)] })).plan).toMatchObject({ estimateBasis: 'measured' })
  })
})

describe('a plan', () => {
  it('pins exactly the records that were there, and says where each goes', async () => {
    add(0, died(0))
    add(0, died(1))
    add(1, died(2))
    const made = await plan()
    expect(made.parts.map(({ selected }) => [...selected])).toEqual([[{ from: 0n, to: 2n }], [{ from: 0n, to: 1n }]])
    expect(made).toMatchObject({ selected: 3n, skipped: 0n })
    expect(made.plan).toMatchObject({ messages: 3n, delivery: 'exactlyOnce', needsApproval: false, skipped: [] })
    expect(made.plan.targets).toMatchObject([{ topic: 'orders', messages: 3n }])
    expect(made.facts.targets).toMatchObject([{ topic: 'orders', partitions: 3 }])
    expect(made.facts.targets[0]?.topicId).toBe(cluster.topics.get('orders')?.topicId)
  })

  it('waits for a new leader that does not know yet how far its log is readable', async () => {
    for (let count = 0; count < 3; count += 1) add(0, died(0))
    cluster.unsureReads = 3
    expect(await plan()).toMatchObject({ selected: 3n })
  })

  it('names every group that sees the records again, the failed one first', async () => {
    add(0, died())
    const made = await plan()
    expect(made.plan.affectedGroups.map(({ group, note }) => [group, note])).toEqual([
      ['billing', 'failed'],
      ['audit', 'other'],
    ])
    expect(made.plan.failedGroups).toEqual(['billing'])
    expect(made.plan.warnings.find(({ code }) => code === 'otherGroupsRead')?.facts).toMatchObject({ groups: 'audit' })
    groups = [group('billing', ['orders'], { memberCount: 0 })]
    expect(codes(await plan())).toContain('failedGroupDown')
  })

  it('warns when no consumer of the failed group was started since the newest record died', async () => {
    add(0, died(), { timestampMs: NOW_MS - 600_000 })
    add(0, died(), { timestampMs: NOW_MS - 300_000 })
    const since = async (membersSinceMs: number | null) => {
      groups = [group('billing', ['orders'], { membersSinceMs }), group('audit', ['orders'], { membersSinceMs: 1 })]
      return (await plan()).plan.warnings.find(({ code }) => code === 'failedGroupUnchanged')?.facts ?? null
    }
    expect(await since(NOW_MS - 400_000)).toEqual({ group: 'billing', groupCount: 1 })
    expect(await since(NOW_MS - 200_000)).toBeNull()
    // Nearer than clocks are together.
    expect(await since(NOW_MS - 320_000)).toBeNull()
    expect(await since(null)).toBeNull()
  })

  it('takes for failed the groups that the queue is known to belong to, where no record names one', async () => {
    queues = [
      { topic: 'other-dlt', groups: ['elsewhere'] },
      { topic: 'orders-dlt', groups: ['audit', 'gone'] },
    ]
    add(0, springOrigin({ topic: 'orders', partition: 0, offset: 5n, group: null }))
    const { plan: made } = await plan()
    expect(made.failedGroups).toEqual(['audit', 'gone'])
    expect(made.affectedGroups.map(({ group, note }) => [group, note])).toEqual([
      ['audit', 'failed'],
      ['billing', 'other'],
    ])
    add(0, died())
    expect((await plan()).plan.failedGroups).toEqual(['billing'])
  })

  it('counts what is removed from the headers', async () => {
    add(0, died())
    const { removedHeaders } = (await plan()).plan
    expect(removedHeaders.map(({ key }) => key)).toContain('kafka_dlt-original-topic')
    expect(removedHeaders.map(({ key }) => key)).not.toContain('business')
    expect(codes(await plan({ keepHeaders: true }))).toContain('headersKept')
  })

  test.each<[string, () => void, string, number]>([
    [
      'nothing tells its origin',
      () => {
        topics[0] = row('payments')
        add(0, [['x', 'y']])
      },
      'originUnknown',
      1,
    ],
    ['its topic is gone', () => add(0, died(0, 1n, 'legacy')), 'originGone', 1],
    ['it was replayed too often', () => add(0, [...died(), ...replayed(3)]), 'quarantined', 1],
    [
      'it is larger than the target accepts',
      () => {
        configs.orders = '2000'
        add(0, died(), { value: Buffer.alloc(2_500) })
      },
      'tooLarge',
      1,
    ],
    [
      'it has no key and the target is compacted',
      () => {
        topics[0] = row('orders', { settings: { ...row('orders').settings, cleanupPolicy: 'compact' } })
        add(0, died(), { key: null })
      },
      'keyMissing',
      1,
    ],
    [
      'it is in a chain of retry topics only',
      () => {
        cluster.createTopic('orders-retry-0', 3)
        add(0, died(0, 1n, 'orders-retry-0'))
      },
      'targetIsQueue',
      1,
    ],
  ])('leaves a record out when %s', async (_case, arrange, code, count) => {
    arrange()
    add(1, died())
    const made = await plan()
    expect(made.plan.skipped).toEqual([{ code, count: BigInt(count) }])
    expect(made.parts[0]?.skips.map((skip) => skip.code)).toEqual([code])
    expect(made.plan.messages).toBe(1n)
  })

  it('warns of what came back before, and counts it', async () => {
    add(0, [...died(), ...replayed(1)])
    add(0, died())
    expect((await plan()).plan.warnings.find(({ code }) => code === 'cameBack')?.count).toBe(1n)
  })

  it('says that RocketMQ does not tell the queue a message lay in', async () => {
    cluster.append('orders-dlt', 0, {
      headers: toHeaders([['RETRY_TOPIC', 'orders']]),
      value: Buffer.from('x'),
      rocketmq: { messageId: '', bornAtMs: 1, reconsumeTimes: 3, flag: 0, sysFlag: 0, isBodyIntact: true },
    })
    const rocketmq = { kind: 'rocketmq' as const, reader: cluster.reader() }
    const made = await plan({}, { source: rocketmq, target: rocketmq })
    expect([made.plan.messages, codes(made).includes('queueUnknown')]).toEqual([1n, true])
    const planTracing = async (...partitions: (number | null)[]) => {
      const originalPlaces = async () =>
        partitions.map((partition) => (partition === null ? null : { broker: 'broker-a', partition }))
      const source = { kind: 'rocketmq' as const, reader: { ...cluster.reader(), originalPlaces } }
      const { plan: traced } = await plan({}, { source, target: rocketmq })
      return traced.warnings.find(({ code }) => code === 'queueUnknown')
    }
    expect(await planTracing(3)).toBeUndefined()
    cluster.append('orders-dlt', 0, { ...cluster.records('orders-dlt', 0)[0], offset: 1n })
    const facts = { topic: 'orders', traced: 2, known: 1, lost: 1 }
    expect(await planTracing(null, 3)).toEqual({ code: 'queueUnknown', count: 1n, facts })
    add(1, died())
    expect(codes(await plan())).not.toContain('queueUnknown')
  })

  it('names the first and the last record of a queue whose topic has no id', async () => {
    for (const messageId of ['a', 'b', 'c']) {
      const rocketmq = { messageId, bornAtMs: 1, reconsumeTimes: 3, flag: 0, sysFlag: 0, isBodyIntact: true }
      cluster.append('orders-dlt', 0, { headers: toHeaders([['RETRY_TOPIC', 'orders']]), timestampMs: 7, rocketmq })
    }
    const rocketmq = { kind: 'rocketmq' as const, reader: cluster.reader() }
    const { facts } = await plan({}, { source: rocketmq, target: rocketmq })
    expect(facts.pins).toEqual([
      { partition: 0, broker: null, offset: 0n, identity: 'a/7' },
      { partition: 0, broker: null, offset: 2n, identity: 'c/7' },
    ])
    add(1, died())
    expect((await plan()).facts.pins).toEqual(facts.pins)
  })

  it('remembers what was handled before when it is to go again, and by which action', async () => {
    for (let count = 0; count < 3; count += 1) add(1, died())
    const handled = [{ partition: 1, broker: null, runs: runsOf([0, 2]), actionId: 7 }]
    const made = await plan({}, { pin: async () => ({ ...pinned(), handled }) })
    expect(made.plan.warnings.find(({ code }) => code === 'alreadyReplayed')?.count).toBe(2n)
    expect(made.parts.map((part) => part.handled)).toEqual([[], [{ actionId: 7, offsets: runsOf([0, 2]) }]])
  })

  it('warns of records that the search could not look into', async () => {
    add(1, died())
    const made = await plan({}, { pin: async () => ({ ...pinned(), undecoded: 3 }) })
    expect(made.plan.warnings.find(({ code }) => code === 'searchUndecoded')?.count).toBe(3n)
    expect(codes(await plan())).not.toContain('searchUndecoded')
  })

  it('warns of records that go although an earlier one of their key is left out', async () => {
    configs.orders = '2000'
    const tooLarge = Buffer.alloc(2_500)
    add(0, died(), { key: Buffer.from('a') })
    add(0, died(), { key: Buffer.from('a'), value: tooLarge })
    add(0, died(), { key: null, value: tooLarge })
    add(0, died(), { key: Buffer.from('a') })
    add(0, died(), { key: Buffer.from('b') })
    add(0, died(), { key: null })
    add(0, died(), { key: Buffer.from('a') })
    // Another partition has an order of its own.
    add(1, died(), { key: Buffer.from('a') })
    expect((await plan()).plan.warnings.find(({ code }) => code === 'keysInterrupted')?.count).toBe(2n)
  })

  it('warns when retention may be faster', async () => {
    add(0, died(), { timestampMs: NOW_MS - 604_800_000 + 500 })
    expect(codes(await plan())).toContain('expiresDuringReplay')
  })

  it('warns of the partition that is gone', async () => {
    add(0, died(7))
    expect((await plan()).plan.warnings.find(({ code }) => code === 'partitionMoved')?.count).toBe(1n)
  })

  const pointer = (offset: bigint): HeaderList => [
    ...([
      ['__dlq.errors.topic', 'orders'],
      ['__dlq.errors.partition', '0'],
    ] satisfies HeaderList),
    ...([
      ['__dlq.errors.offset', String(offset)],
      ['__dlq.errors.group', 'sharing'],
    ] satisfies HeaderList),
  ]

  it('sends a share group’s letter once that is in the queue twice, and not without its payload', async () => {
    cluster.append('orders', 0, { value: Buffer.from('the payload'), key: Buffer.from('k') })
    const none = { key: null, value: null }
    for (const offset of [0n, 0n, 9n]) add(0, pointer(offset), none)
    const made = await plan()
    expect(made.plan.messages).toBe(1n)
    expect(new Map(made.plan.skipped.map(({ code, count }) => [code, count]))).toEqual(
      new Map([
        ['duplicateLetter', 1n],
        ['payloadGone', 1n],
      ]),
    )
  })

  it('tells of share groups’ letters whose headers are gone with the record', async () => {
    cluster.append('orders', 0, { headers: toHeaders([['business', 'kept']]) })
    for (const offset of [0n, 9n]) add(0, pointer(offset))
    const made = await plan()
    expect(made.plan.messages).toBe(2n)
    expect(made.plan.warnings.find(({ code }) => code === 'headersGone')?.count).toBe(1n)
  })

  it('counts the replays of a share group’s record by its own headers, which the letter lacks', async () => {
    for (const attempt of [3, 1]) cluster.append('orders', 0, { headers: toHeaders(replayed(attempt)) })
    add(0, pointer(0n))
    add(0, pointer(0n), { key: null, value: null })
    add(0, pointer(1n))
    const made = await plan()
    expect(new Map(made.plan.skipped.map(({ code, count }) => [code, count])).get('quarantined')).toBe(1n)
    expect(made.plan.messages).toBe(1n)
    expect(made.plan.warnings.find(({ code }) => code === 'cameBack')?.count).toBe(1n)
  })
})

describe('one record that leads nowhere does not keep the others from being planned', () => {
  const named = (topic: string, partition = '0', offset = '0'): HeaderList => [
    ['__dlq.errors.topic', topic],
    ['__dlq.errors.partition', partition],
    ['__dlq.errors.offset', offset],
    ['__dlq.errors.group', 'sharing'],
  ]
  const empty = { key: null, value: null }

  test.each<[string, () => void, string]>([
    [
      'it would go to a topic that the console may not see',
      () => {
        topics.push(row('secret'))
        cluster.createTopic('secret', 1)
        cluster.hidden.add('secret')
        add(0, died(0, 1n, 'secret'))
      },
      'noRight',
    ],
    [
      'a letter points to a topic that the console may not read',
      () => {
        cluster.createTopic('secret', 1)
        cluster.hidden.add('secret')
        add(0, named('secret'), empty)
      },
      'noRight',
    ],
    ['a letter points to a partition that there is not', () => add(0, named('orders', '77'), empty), 'payloadGone'],
    ['a letter points to a topic that there is not', () => add(0, named('legacy'), empty), 'payloadGone'],
  ])('when %s', async (_case, arrange, code) => {
    arrange()
    add(1, died())
    const made = await plan()
    expect(made.plan).toMatchObject({ messages: 1n, skipped: [{ code, count: 1n }] })
    expect(codes(made)).toContain(code)
  })

  it('when its headers name a topic of the cluster itself', async () => {
    topics.push(row('__consumer_offsets', { internal: true }))
    cluster.createTopic('__consumer_offsets', 1)
    add(0, died(0, 1n, '__consumer_offsets'))
    add(1, died())
    const made = await plan()
    expect(made.plan).toMatchObject({ messages: 1n, skipped: [{ code: 'targetIsInternal', count: 1n }] })
    expect(made.facts.targets.map(({ topic }) => topic)).toEqual(['orders'])
  })

  it('when its source was created anew, and other records lie where the letter points', async () => {
    const later = NOW_MS - 60_000 + 600_000
    cluster.append('orders', 0, { value: Buffer.from('a stranger'), timestampMs: later })
    add(0, named('orders'), empty)
    cluster.append('orders', 0, { value: Buffer.from('another'), timestampMs: later })
    add(0, named('orders', '0', '1'))
    const made = await plan()
    expect(made.plan).toMatchObject({ messages: 1n, skipped: [{ code: 'payloadGone', count: 1n }] })
    expect(made.plan.warnings.find(({ code }) => code === 'headersGone')?.count).toBe(1n)
  })

  it('and a producer whose clock is a little ahead is believed', async () => {
    cluster.append('orders', 0, { value: Buffer.from('the payload'), timestampMs: NOW_MS - 59_000 })
    add(0, named('orders'), empty)
    expect((await plan()).plan).toMatchObject({ messages: 1n, skipped: [] })
  })
})

describe('records that do not say where they came from', () => {
  const sinkQueue = (sourceTopics: string[]) => ({
    snapshots: {
      ...snapshots,
      dlqs: async () => [{ topic: 'orders-dlt', groups: ['connect-sink'], sourceTopics }],
    } as never,
  })

  it('are left out, with the topic that the queue’s name suggests kept for whoever agrees to it', async () => {
    add(0, [['x', 'y']])
    add(0, died(2))
    const made = await plan()
    expect(made.plan).toMatchObject({ messages: 1n, skipped: [{ code: 'originGuessed', count: 1n }] })
    expect(made.plan.warnings.find(({ code }) => code === 'guessedOrigins')?.count).toBe(1n)
    expect(made.facts.guessed).toEqual({ topic: 'orders', group: null })
  })

  it('go there once a person has agreed', async () => {
    add(1, [['x', 'y']])
    const made = await plan({ accept: { guessedOrigins: true, queueTargets: false, staleKeys: false } })
    expect(made.plan).toMatchObject({ messages: 1n, targets: [{ topic: 'orders' }] })
    expect(made.plan.warnings.find(({ code }) => code === 'guessedOrigins')?.count).toBe(1n)
  })

  it('are guessed from settings before the name, and not at all where several topics could be meant', async () => {
    cluster.createTopic('payments', 1)
    topics.push(row('payments'))
    add(0, [['x', 'y']])
    expect((await plan({}, sinkQueue(['payments']))).facts.guessed).toEqual({
      topic: 'payments',
      group: 'connect-sink',
    })
    const made = await plan({}, sinkQueue(['orders', 'payments']))
    expect(made.facts.guessed).toBeNull()
    expect(made.plan.skipped).toEqual([{ code: 'originUnknown', count: 1n }])
  })
})

describe('newer records of the same key', () => {
  const newer = (): void => {
    for (let offset = 0; offset < 10; offset += 1) {
      cluster.append('orders', 0, { key: Buffer.from(offset === 8 ? 'k' : 'other'), value: Buffer.from('now') })
    }
    add(0, died(0, 5n))
    add(0, died(0, 9n))
  }

  it('are a warning', async () => {
    newer()
    const made = await plan()
    expect(made.plan.messages).toBe(2n)
    expect(made.plan.warnings.find(({ code }) => code === 'staleKeys')?.count).toBe(1n)
  })

  it('keep the older one out of a compacted topic, unless somebody agreed', async () => {
    newer()
    topics[0] = row('orders', { settings: { ...row('orders').settings, cleanupPolicy: 'compact,delete' } })
    const made = await plan()
    expect(made.plan).toMatchObject({ messages: 1n, skipped: [{ code: 'staleKey', count: 1n }] })
    expect([...(made.parts[0]?.skips[0]?.offsets ?? [])]).toEqual([{ from: 0n, to: 1n }])
    const accept = { guessedOrigins: false, queueTargets: false, staleKeys: true }
    expect((await plan({ accept })).plan.messages).toBe(2n)
  })

  it('keep it out as well where nobody knows whether the topic is compacted, and the plan says so', async () => {
    newer()
    topics[0] = row('orders', { settings: { ...row('orders').settings, cleanupPolicy: null } })
    add(1, died(1), { key: null })
    const made = await plan()
    expect(made.plan).toMatchObject({ messages: 2n, skipped: [{ code: 'staleKey', count: 1n }] })
    expect(codes(made)).toContain('compactionUnknown')
    topics[0] = row('orders')
    expect(codes(await plan())).not.toContain('compactionUnknown')
  })

  it('are not copies that an earlier replay sent', async () => {
    cluster.append('orders', 0, { key: Buffer.from('k') })
    cluster.append('orders', 0, { key: Buffer.from('k'), headers: toHeaders(replayed(1)) })
    add(0, died(0, 0n))
    expect(codes(await plan())).not.toContain('staleKeys')
  })
})

describe('edits', () => {
  const edit = (change: object) => ({ partition: 0, broker: null, offset: 0n, value: 'new', ...change })

  test.each<[string, () => void, object, string]>([
    ['of bytes that are no text', () => add(0, died(), { value: Buffer.from([0xff, 0xfe]) }), {}, 'editNotText'],
    ['of what a registry frames', () => add(0, died(), { value: Buffer.from('\u0000\u0000abc') }), {}, 'editNotText'],
    ['of a record that is not selected', () => add(0, died()), { offset: 7n }, 'editNotSelected'],
  ])('%s are refused', async (_case, arrange, change, code) => {
    arrange()
    await expect(plan({ edits: [edit(change)] })).rejects.toMatchObject({ reason: { code } })
  })

  it('of what a masking rule hides are refused', async () => {
    add(0, died())
    const planning = plan({ edits: [edit({})] }, { hidesEdited: async () => true })
    await expect(planning).rejects.toMatchObject({ reason: { code: 'editHidden', facts: { offset: '0' } } })
  })

  const letterOf = (value: Buffer): void => {
    const headers: HeaderList = [
      ['__dlq.errors.topic', 'orders'],
      ['__dlq.errors.partition', '0'],
      ['__dlq.errors.offset', '0'],
    ]
    cluster.append('orders', 0, { value })
    add(0, headers, { key: null, value: null })
  }

  it('of a letter that points to its payload are checked against that', async () => {
    letterOf(Buffer.from('\u0000\u0000abc'))
    await expect(plan({ edits: [edit({})] })).rejects.toMatchObject({ reason: { code: 'editNotText' } })
  })

  it('of a letter that points to its payload are refused where a rule hides some of that', async () => {
    letterOf(Buffer.from('{"card":"4711"}'))
    const hidesEdited: PlannerOptions['hidesEdited'] = async ({ value }) => Buffer.from(value ?? []).includes('card')
    const planning = plan({ edits: [edit({})] }, { hidesEdited })
    await expect(planning).rejects.toMatchObject({ reason: { code: 'editHidden', facts: { offset: '0' } } })
  })

  it('leave digests of what was there and of what is sent', async () => {
    const value = Buffer.from('{"id":1}')
    for (const _ of [1, 2]) add(0, died(), { value })
    const made = await plan({ edits: [edit({ value: '{"id":2}' }), edit({ offset: 1n, value: '{"id":1}' })] })
    const [changed, same] = made.facts.edited
    expect(made.facts.edited.map(({ offset }) => offset)).toEqual([0n, 1n])
    expect(changed?.before).toBe(same?.before)
    expect(changed?.after).not.toBe(same?.after)
    expect(made.plan.warnings).toContainEqual({ code: 'changed', count: 2n, facts: {} })
  })

  it('for all records: those they do not fit are left out, and one edited by hand stays as it was typed', async () => {
    add(0, died(), { value: Buffer.from('no json') })
    for (const _ of [1, 2]) add(0, died(), { value: Buffer.from('{"id":1}') })
    const transform = [{ kind: 'setValue' as const, path: '$.id', json: '2' }]
    const made = await plan({ transform, edits: [edit({ offset: 1n, value: 'typed' })] })
    expect(made.plan).toMatchObject({ messages: 2n, skipped: [{ code: 'notTransformable', count: 1n }] })
    expect(made.plan.warnings).toContainEqual({ code: 'changed', count: 2n, facts: {} })
    expect(made.digest).not.toBe((await plan({ edits: [edit({ offset: 1n, value: 'typed' })] })).digest)
  })

  it('for all records leave their mark, and digests of the first thousand', async () => {
    const value = Buffer.from('{"id":1}')
    for (let at = 0; at < 1_002; at += 1) add(0, died(), { value })
    const transform = [{ kind: 'setValue' as const, path: '$.id', json: '2' }]
    const byHand = await plan({ edits: [edit({ value: '{"id":2}' })] })
    const made = await plan({ transform, edits: [edit({ offset: 1_001n, value: '{"id":2}' })] })
    expect(made.facts.transform).toEqual(markOf(transform))
    // What one types by hand and what the change makes is the same content.
    const [typed] = byHand.facts.edited
    expect(made.facts.edited[0]).toEqual(typed)
    expect(made.facts.edited.map(({ offset }) => Number(offset))).toEqual([...Array(1_000).keys(), 1_001])
    expect(made.plan.warnings).toContainEqual({ code: 'changed', count: 1_002n, facts: {} })
    expect(byHand.facts.transform).toBeNull()
  })

  it('of text are taken, and change the hash', async () => {
    add(0, died())
    const [without, made] = [await plan(), await plan({ edits: [edit({})] })]
    expect(made.plan.messages).toBe(1n)
    expect(made.digest).not.toBe(without.digest)
  })
})

describe('the hash', () => {
  it('is the same for the same plan, and another one for whatever else would happen', async () => {
    add(0, died())
    const first = await plan()
    expect((await plan({ reason: 'told in other words' })).digest).toBe(first.digest)
    const others = [
      await plan({ keepHeaders: true }),
      await plan({ maxAttempts: 4 }),
      await plan({ target: { mode: 'topic', topic: 'orders', clusterId: 'orders' } }),
      await plan({ brake: { maxAddedLag: 5, maxReturnRatio: null, isr: true } }),
      await plan({}, { profiles: [] }).catch(() => first),
    ]
    add(1, died())
    others.push(await plan())
    cluster.createTopic('orders', 3)
    others.push(await plan())
    const digests = others.filter((other) => other !== first).map(({ digest }) => digest)
    expect(new Set([first.digest, ...digests]).size).toBe(digests.length + 1)
    const rates = [null, 1, 2].map((recordsPerSecond) =>
      planHash(first.digest, { recordsPerSecond, bytesPerSecond: null }),
    )
    expect(new Set(rates).size).toBe(3)
  })
})

test('nothing selected is no plan', async () => {
  await expect(plan()).rejects.toMatchObject({ reason: { code: 'nothingSelected' } })
})

test('a second person is needed from so many messages on, or for a cluster', async () => {
  add(0, died())
  add(0, died())
  const asked = async (minMessages: number | null, clusters: string[] = []) =>
    (await plan({}, { policy: { minMessages, clusters } })).plan.needsApproval
  expect([await asked(2), await asked(3), await asked(null, ['orders']), await asked(null, ['other'])]).toEqual([
    true,
    false,
    true,
    false,
  ])
})
