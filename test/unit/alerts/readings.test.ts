import { describe, expect, it, test } from 'vitest'
import type { AlertRule } from '../../../lib/alerts/alert-rule.ts'
import { BUILT_IN_RULES, rulesOf } from '../../../lib/alerts/built-in-rules.ts'
import type { PartitionState } from '../../../lib/cluster/snapshot.ts'
import type { Finding, Observation } from '../../../lib/durability/observation.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { AlertLab, aRule, aSeriesRule, observed } from '../../builders/alerts.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aTopic, NOW_MS } from '../../builders/snapshots.ts'

const topicWith = (...partitions: Partial<PartitionState>[]): ReturnType<typeof aTopic> =>
  aTopic({ partitions: partitions.map((over, partition) => aPartition({ partition, ...over })) })

const dir = (path: string, totalBytes: bigint | null = 100n) => ({
  ...{ path, volume: null, totalBytes, usableBytes: 5n },
  ...{ usedRatio: null, logBytes: 1n, error: null },
})

const offline = observed({ topics: [topicWith({ leader: null, isr: ['1'] })] })
const healthy = observed()

function builtIn(code: string): AlertRule {
  return { ...(BUILT_IN_RULES.find((rule) => rule.code === code) as AlertRule), forMs: 0, keepFiringForMs: 0 }
}

function states(lab: AlertLab): string[] {
  return lab.open.map(({ ruleCode, subject, state }) => `${ruleCode} ${subject.name} ${subject.part} ${state}`)
}

describe('a rule about a finding', () => {
  const rule = builtIn('partition.offline')

  it('holds where it is found, and is clear where it is looked for and not found', () => {
    const lab = new AlertLab([rule])
    lab.poll(offline)
    expect(lab.open).toMatchObject([
      { state: 'firing', severity: 'critical', facts: { topic: 'orders', partitions: 1 } },
    ])
    expect(lab.poll(healthy).changed).toMatchObject([{ state: 'resolved', endReason: 'cleared' }])
  })

  it.each<[string, Observation, string, string | null]>([
    ['the check could not tell', observed({ topics: [topicWith({ leader: null, isr: null })] }), 'noData', null],
    ['the topic was deleted', observed({ topics: [] }), 'resolved', 'subjectGone'],
    ['the list could not be read', { ...observed({ topics: [] }), facts: [unread('metadata')] }, 'noData', null],
  ])('when %s', (_, then, state, endReason) => {
    const lab = new AlertLab([rule])
    lab.poll(offline)
    expect(lab.poll(then).changed).toMatchObject([{ state, endReason }])
  })

  it('is one for all partitions of a topic, as grave as the gravest of them', () => {
    const atMin = { isr: ['1', '2'] }
    const lastCopy = { isr: ['1'] }
    const lab = new AlertLab([
      {
        ...builtIn('partition.atMinIsr'),
        when: { ...rule.when, finding: 'partition.atMinIsr', from: 'info' } as AlertRule['when'],
      },
    ])
    const topic = topicWith(atMin, lastCopy)
    lab.poll(
      observed({
        topics: [
          { ...topic, settings: { ...topic.settings, minIsr: 1 } },
          aTopic({ ...topicWith(atMin), name: 'other' }),
        ],
      }),
    )
    expect(states(lab)).toEqual(['partition.atMinIsr orders null firing', 'partition.atMinIsr other null firing'])
    expect(lab.open.map(({ severity }) => severity)).toEqual(['high', 'warning'])
  })

  it('takes the gravest wherever it stands in the list', () => {
    const one = (severity: Finding['severity'], part: string | null): Finding => ({
      ...{ code: 'partition.offline', subject: { type: 'topic', name: 'orders' }, facts: { severity }, atMs: 0 },
      ...{ severity, part },
    })
    for (const findings of [
      [one('high', 'high'), one('critical', null)],
      [one('critical', null), one('high', 'high')],
    ]) {
      const lab = new AlertLab([rule])
      lab.poll({ ...healthy, findings })
      expect(lab.open).toMatchObject([{ severity: 'critical', facts: { severity: 'critical' } }])
    }
  })

  it('is one for each log dir of a broker', () => {
    const lab = new AlertLab([builtIn('broker.diskFull')])
    lab.poll(observed({ brokers: [aBroker('1', { logDirs: [dir('/a'), dir('/b')] }), aBroker('2')] }))
    expect(states(lab)).toEqual(['broker.diskFull 1 /a firing', 'broker.diskFull 1 /b firing'])
  })

  it('is told by nobody of a log dir that has no size any more, though another one of its broker is full', () => {
    const seen = (totalBytes: bigint | null): Observation =>
      observed({ brokers: [aBroker('1', { logDirs: [dir('/a', 100n), dir('/b', totalBytes)] })] })
    const lab = new AlertLab([builtIn('broker.diskFull')])
    lab.poll(seen(100n))
    lab.poll(seen(null))
    expect(states(lab)).toEqual(['broker.diskFull 1 /a firing', 'broker.diskFull 1 /b noData'])
  })

  it('is told by nobody of a queue that cannot be read any more, though another queue has a finding', () => {
    const open = { open: 7n, scannedEnds: 100n, isComplete: true, format: null, originTopics: [], groups: [] }
    const count = { ...open, topicId: 'topic-1', oldestOpenAtMs: NOW_MS - HOUR_MS }
    const openCounts = new Map(['a-dlt', 'b-dlt'].map((name) => [name, count]))
    const queue = (name: string, retentionMs: bigint | null) =>
      aTopic({ name, topicId: 'topic-1', settings: { ...aTopic().settings, retentionMs } })
    const seen = (retentionOfB: bigint | null): Observation =>
      observed({ topics: [queue('a-dlt', BigInt(4 * HOUR_MS)), queue('b-dlt', retentionOfB)], groups: [] }, openCounts)
    const lab = new AlertLab([builtIn('dlq.expiring')])
    lab.poll(seen(BigInt(4 * HOUR_MS)))
    lab.poll(seen(null))
    expect(states(lab)).toEqual(['dlq.expiring a-dlt null firing', 'dlq.expiring b-dlt null noData'])
  })

  it('is about the time that is left, as a person wants it', () => {
    const count = {
      ...{ open: 7n, scannedEnds: 100n, isComplete: true, format: null, originTopics: [], groups: [] },
      ...{ topicId: 'topic-1', oldestOpenAtMs: NOW_MS - HOUR_MS },
    }
    const settings = { ...aTopic().settings, retentionMs: BigInt(3 * HOUR_MS) }
    const seen = observed({ topics: [aTopic({ name: 'a-dlt', topicId: 'topic-1', settings })], groups: [] })
    const rules = [1.5, 2.5].map((hours) =>
      aSeriesRule({ series: 'dlqExpiresInSeconds', beyond: 'below', raiseAt: hours * 3_600 }, { code: `in-${hours}` }),
    )
    const lab = new AlertLab(rules)
    lab.poll(seen, {}, new Map([['a-dlt', count]]))
    expect(states(lab)).toEqual(['in-2.5 a-dlt null firing'])
    lab.poll(seen)
    expect(states(lab)).toEqual(['in-2.5 a-dlt null noData'])
  })

  it.each<[string, AlertRule['when'], boolean]>([
    [
      'a milder finding than it is about',
      { kind: 'finding', finding: 'partition.underReplicated', from: 'high', labels: {} },
      false,
    ],
    ['one as grave', { kind: 'finding', finding: 'partition.underReplicated', from: 'warning', labels: {} }, true],
    [
      'one of its topics',
      { kind: 'finding', finding: 'partition.underReplicated', from: 'info', labels: { topic: 'ord*' } },
      true,
    ],
    [
      'one of other topics',
      { kind: 'finding', finding: 'partition.underReplicated', from: 'info', labels: { topic: 'pay*' } },
      false,
    ],
    [
      'one of its cluster',
      { kind: 'finding', finding: 'partition.underReplicated', from: 'info', labels: { cluster: 'c' } },
      true,
    ],
    [
      'one of the cluster itself',
      { kind: 'finding', finding: 'cluster.clientSettingsUnknown', from: 'info', labels: { cluster: 'c' } },
      true,
    ],
    [
      'one of another cluster',
      { kind: 'finding', finding: 'partition.underReplicated', from: 'info', labels: { cluster: 'd' } },
      false,
    ],
    [
      'one that has no group',
      { kind: 'finding', finding: 'partition.underReplicated', from: 'info', labels: { group: '*' } },
      false,
    ],
  ])('of %s', (_, when, holds) => {
    const lab = new AlertLab([aRule({ code: 'own', when })])
    lab.poll(
      observed({
        topics: [
          aTopic({ settings: { ...aTopic().settings, minIsr: 1 }, partitions: [aPartition({ isr: ['1', '2'] })] }),
        ],
      }),
    )
    const expected = when.kind === 'finding' && holds
    expect(lab.open.length === 1).toBe(expected)
  })
})

function unread(kind: 'metadata' | 'groups'): Observation['facts'][number] {
  return {
    kind,
    paceMs: null,
    lastReadAtMs: null,
    faults: [],
    faultCount: 1,
  } as unknown as Observation['facts'][number]
}

const lagging = (committedOffset: bigint | null, over: Parameters<typeof aGroup>[0] = {}): Observation =>
  observed({
    topics: [topicWith({ endOffset: 1_000n }, { endOffset: 1_000n })],
    groups: [
      aGroup({
        partitions: [
          aGroupPartition({ committedOffset, isCommitUnknown: committedOffset === null }),
          aGroupPartition({ partition: 1, committedOffset: 1_000n }),
        ],
        ...over,
      }),
    ],
  })

describe('a rule about a series', () => {
  it.each<[string, Observation, string[]]>([
    ['above the mark that raises', lagging(899n), ['big-backlog billing orders/0 firing']],
    ['at the mark that raises', lagging(900n), ['big-backlog billing orders/0 firing']],
    ['above the mark that clears', lagging(949n), ['big-backlog billing orders/0 firing']],
    ['at that mark', lagging(950n), []],
    ['not known', lagging(null), ['big-backlog billing orders/0 noData']],
    ['of a group that is gone', lagging(0n, { id: 'other' }), ['big-backlog other orders/0 firing']],
    [
      'of a group whose parts were not read',
      lagging(0n, { partitions: null }),
      ['big-backlog billing orders/0 noData'],
    ],
    ['of a partition that it reads no more', lagging(0n, { partitions: [] }), []],
  ])('once raised, its number %s', (_, then, expected) => {
    const lab = new AlertLab([aSeriesRule()])
    lab.poll(lagging(0n))
    expect(lab.open).toMatchObject([{ severity: 'high', facts: { series: 'lagMessages', value: 1_000, raiseAt: 100 } }])
    lab.poll(then)
    expect(states(lab)).toEqual(expected)
  })

  it('is not raised at its mark, nor by what is not known', () => {
    const lab = new AlertLab([aSeriesRule()])
    lab.poll(lagging(900n))
    lab.poll(lagging(null))
    expect(lab.open).toEqual([])
  })

  it('may clear at the least that a number can be', () => {
    const lab = new AlertLab([aSeriesRule({ raiseAt: 0, clearAt: 0 })])
    lab.poll(lagging(0n))
    lab.poll(lagging(1_000n))
    expect(states(lab)).toEqual([])
  })

  it('may be about what is too small', () => {
    const lab = new AlertLab([aSeriesRule({ series: 'isrSize', beyond: 'below', raiseAt: 2, clearAt: 3 })])
    lab.poll(observed({ topics: [topicWith({ isr: ['1'] }, {})] }))
    expect(states(lab)).toEqual(['big-backlog orders 0 firing'])
    lab.poll(observed({ topics: [topicWith({ isr: ['1', '2'] }, {})] }))
    expect(states(lab)).toEqual(['big-backlog orders 0 firing'])
    lab.poll(observed({ topics: [topicWith({}, {})] }))
    expect(states(lab)).toEqual([])
  })

  it.each<[string, Record<string, string>, number]>([
    ['topics', { topic: 'ord*' }, 1],
    ['other topics', { topic: 'pay.*' }, 0],
    ['a partition', { partition: '1' }, 0],
    ['a label that it does not have', { logDir: '*' }, 0],
  ])('of %s', (_, labels, count) => {
    const lab = new AlertLab([aSeriesRule({ labels })])
    lab.poll(lagging(0n))
    expect(lab.open).toHaveLength(count)
  })

  it('of rates, which the history does not keep', () => {
    const lab = new AlertLab([
      aSeriesRule({ series: 'produceRatePerSecond', raiseAt: 5 }),
      aSeriesRule({ series: 'consumeRatePerSecond', raiseAt: 5 }, { code: 'own-2' }),
    ])
    const seen = lagging(0n)
    const topics = seen.topics.map((topic) => ({
      ...topic,
      partitions: topic.partitions.map((one) => ({ ...one, produceRatePerSecond: 9 })),
    }))
    const groups = seen.groups.map((group) => ({
      ...group,
      partitions: group.partitions?.map((one) => ({ ...one, consumeRatePerSecond: one.partition * 9 })) ?? null,
    }))
    lab.poll({ ...seen, topics, groups })
    expect(states(lab)).toEqual([
      'big-backlog orders 0 firing',
      'big-backlog orders 1 firing',
      'own-2 billing orders/1 firing',
    ])
  })

  it.each<[number | null, string[]]>([
    [5, ['broker.diskFullForecast 1 /data firing']],
    [30, []],
    [Infinity, []],
    [null, []],
  ])('of disks that are full in %s hours', (hours, expected) => {
    const lab = new AlertLab([builtIn('broker.diskFullForecast')])
    const forecast = { broker: '1', logDir: '/data', hours }
    lab.poll(healthy, { diskForecasts: [forecast] })
    expect(states(lab)).toEqual(expected)
    lab.poll(healthy, { diskForecasts: [{ ...forecast, hours: 30 }] })
    expect(states(lab)).toEqual(expected)
    lab.poll(healthy, { diskForecasts: [{ ...forecast, hours: Infinity }] })
    expect(states(lab)).toEqual([])
  })
})

test('each open loss is an alert until somebody acknowledges it', () => {
  const loss = (id: string) => ({
    id,
    kind: 'logTruncated',
    subject: { type: 'topic', name: 'orders' } as const,
    facts: {},
  })
  const lab = new AlertLab([builtIn('loss.logTruncated')])
  lab.poll(healthy, { openLosses: [loss('a'), loss('b'), { ...loss('c'), kind: 'topicRecreated' }] })
  expect(states(lab)).toEqual(['loss.logTruncated orders a firing', 'loss.logTruncated orders b firing'])
  lab.poll(healthy, { openLosses: [loss('b')] })
  expect(states(lab)).toEqual(['loss.logTruncated orders b firing'])
})

describe('the built-in rules', () => {
  it('have codes of their own, and a severity where nothing else gives one', () => {
    expect(new Set(BUILT_IN_RULES.map(({ code }) => code)).size).toBe(BUILT_IN_RULES.length)
    const bare = BUILT_IN_RULES.filter(({ when, severity }) => when.kind !== 'finding' && severity === null)
    expect(bare).toEqual([])
  })

  it('end within a minute of what they tell being over, polled every 15 or 30 seconds', () => {
    for (const { keepFiringForMs } of BUILT_IN_RULES) expect(keepFiringForMs).toBeLessThanOrEqual(30_000)
  })

  it('say nothing of a healthy cluster', () => {
    const lab = new AlertLab(rulesOf({ tuned: {}, own: [] }))
    lab.poll(healthy)
    expect(states(lab)).toEqual([])
  })

  it('are as a person tuned them, or gone', () => {
    const own = aSeriesRule()
    const tuned = {
      'group.lagSeconds': { raiseAt: 900, severity: 'high' as const, forMs: 1 },
      'broker.missing': { from: 'info' as const, forMs: 60_000 },
      'broker.leaderImbalance': null,
    }
    const rules = new Map(rulesOf({ tuned, own: [own] }).map((rule) => [rule.code, rule]))
    expect(rules.get('group.lagSeconds')).toMatchObject({
      severity: 'high',
      forMs: 1,
      when: { raiseAt: 900, clearAt: 60 },
    })
    expect(rules.get('broker.missing')).toMatchObject({ severity: null, forMs: 60_000, when: { from: 'info' } })
    expect(rules.has('broker.leaderImbalance')).toBe(false)
    expect(rules.get('big-backlog')).toBe(own)
    expect(rules.size).toBe(BUILT_IN_RULES.length)
  })
})

test('what did not change is read as it was: the very alerts stay', () => {
  const finding = {
    code: 'group.stopped',
    severity: 'warning',
    subject: { type: 'group', name: 'billing' },
    facts: {},
    part: null,
    atMs: 0,
  } satisfies Finding
  const seen = { ...healthy, findings: [finding] }
  const lab = new AlertLab(rulesOf({ tuned: {}, own: [] }))
  lab.poll(seen)
  const before = lab.open
  expect(lab.poll({ ...seen, atMs: seen.atMs + 15_000 })).toEqual({ changed: [], dropped: [], transitions: [] })
  expect(lab.open[0]).toBe(before[0])
})
