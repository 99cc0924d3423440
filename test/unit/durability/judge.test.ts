import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot, GroupPartition } from '../../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import { Judge, type Judgement } from '../../../lib/durability/judge.ts'
import type { Finding, Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { settings } from '../../builders/rule-cases.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from '../../builders/snapshots.ts'

const kindOf = topicKindClassifier({ include: [], exclude: [] })

/** One cluster over several polls, a minute apart. */
function watch(): (over: Partial<ClusterSnapshot>) => Observation {
  const memory = new ObserveMemory()
  let previous: Observation | null = null
  let polls = 0
  return (over) => {
    const atMs = NOW_MS + polls * MINUTE_MS
    polls += 1
    const snapshot = aSnapshot({ groups: [], startedAtMs: atMs - 200, finishedAtMs: atMs, ...over })
    previous = observe({ snapshot, previous, expectedBrokers: [], kindOf, memory })
    return previous
  }
}

function found({ findings }: Observation, code: Finding['code']): Finding {
  const finding = findings.find((one) => one.code === code)
  if (finding === undefined) throw new Error(`${code} was not found`)
  return finding
}

function below(...partitions: number[]): Pick<ClusterSnapshot, 'topics'> {
  const isr = (partition: number): string[] => (partitions.includes(partition) ? ['1'] : ['1', '2', '3'])
  return { topics: [aTopic({ partitions: [0, 1].map((partition) => aPartition({ partition, isr: isr(partition) })) })] }
}

describe('a finding', () => {
  it('is the very same object while it says the same', () => {
    const poll = watch()
    const first = found(poll(below(0)), 'partition.underMinIsr')
    expect(found(poll(below(0)), 'partition.underMinIsr')).toBe(first)
    expect(first.atMs).toBe(NOW_MS)
  })

  it('is another object when its facts change, and holds since it first did', () => {
    const poll = watch()
    const first = found(poll(below(0)), 'partition.underMinIsr')
    const worse = found(poll(below(0, 1)), 'partition.underMinIsr')
    expect(worse).not.toBe(first)
    expect(worse).toMatchObject({ atMs: NOW_MS, facts: { partitions: 2 } })
  })

  it('begins anew when it was gone', () => {
    const poll = watch()
    poll(below(0))
    poll(below())
    expect(found(poll(below(0)), 'partition.underMinIsr').atMs).toBe(NOW_MS + 2 * MINUTE_MS)
  })

  it('is told apart from others of its code by its part', () => {
    const dirs = ['/a', '/b'].map((path) => ({
      ...{ path, volume: null, totalBytes: 1_000n, usableBytes: 10n, usedRatio: null, logBytes: 1n, error: null },
    }))
    const { findings } = watch()({ brokers: [aBroker('1', { logDirs: dirs }), aBroker('2'), aBroker('3')] })
    const full = findings.filter(({ code }) => code === 'broker.diskFull')
    expect(full).toMatchObject([{ part: '/a' }, { part: '/b' }])
  })

  it('keeps since when it holds over a restart', () => {
    const before = watch()(below(0))
    const memory = new ObserveMemory()
    memory.judge.remember(before.findings)
    const later = aSnapshot({ ...below(0), groups: [], finishedAtMs: NOW_MS + MINUTE_MS })
    const after = observe({ snapshot: later, previous: null, expectedBrokers: [], kindOf, memory })
    expect(found(after, 'partition.underMinIsr')).toBe(found(before, 'partition.underMinIsr'))
  })
})

describe('a rule that waits', () => {
  const stopped = (over: Partial<GroupPartition> = {}): Partial<ClusterSnapshot> => ({
    groups: [aGroup({ members: [], partitions: [aGroupPartition(over)] })],
  })
  const unread = stopped({ committedOffset: null, isCommitUnknown: true })
  const isFound = ({ findings }: Observation): boolean => findings.some(({ code }) => code === 'group.stopped')

  it('does not wait anew for what it had found before some polls could not tell', () => {
    const poll = watch()
    for (let minute = 0; minute < 10; minute += 1) expect(isFound(poll(stopped()))).toBe(false)
    expect(isFound(poll(stopped()))).toBe(true)
    expect([unread, unread, stopped(), stopped()].map((over) => isFound(poll(over)))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it('waits where it had found nothing, or what it found was over meanwhile', () => {
    const poll = watch()
    expect([stopped(), unread, stopped()].map((over) => isFound(poll(over)))).toEqual([false, false, false])
    for (let minute = 0; minute < 10; minute += 1) poll(stopped())
    const over = stopped({ committedOffset: 100n })
    expect([stopped(), unread, over, unread, stopped()].map((one) => isFound(poll(one)))).toEqual([
      ...[true, false, false, false, false],
    ])
  })
})

describe('a severity that a person gives a rule', () => {
  const pollWith = (memory: ObserveMemory): Observation =>
    observe({ snapshot: aSnapshot({ ...below(0), groups: [] }), previous: null, expectedBrokers: [], kindOf, memory })

  it('is that of its findings and of the verdict, and of no other rule', () => {
    const usual = pollWith(new ObserveMemory())
    const tuned = pollWith(
      new ObserveMemory(
        () =>
          ({ code }) =>
            code === 'partition.underMinIsr' ? 'warning' : null,
      ),
    )
    expect(found(usual, 'partition.underMinIsr').severity).toBe('high')
    expect(usual.verdict.level).toBe('atRisk')
    expect(found(tuned, 'partition.underMinIsr').severity).toBe('warning')
    expect(tuned.verdict.level).toBe('watch')
    const others = ({ findings }: Observation): Finding[] =>
      findings.filter(({ code }) => code !== 'partition.underMinIsr')
    expect(others(tuned)).toEqual(others(usual))
  })

  it('changes nothing of since when it holds', () => {
    const before = found(pollWith(new ObserveMemory()), 'partition.underMinIsr')
    const memory = new ObserveMemory(
      () =>
        ({ code }) =>
          code === 'partition.underMinIsr' ? 'info' : null,
    )
    memory.judge.remember([{ ...before, atMs: 7 }])
    expect(found(pollWith(memory), 'partition.underMinIsr')).toMatchObject({ atMs: 7, severity: 'info' })
  })
})

describe('what is muted', () => {
  it('is found all the same, and is no reason', () => {
    const snapshot = aSnapshot({ ...below(0), groups: [] })
    const isMuted = ({ code }: Finding): boolean => code === 'partition.underMinIsr'
    const given = { snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory(), isMuted }
    const { findings, verdict } = observe(given)
    expect(findings.map(({ code }) => code)).toContain('partition.underMinIsr')
    expect(verdict.reasons.map(({ code }) => code)).not.toContain('partition.underMinIsr')
  })
})

describe('what could not be told', () => {
  it('is kept by subject, and nothing is of what was found or well', () => {
    const unread = aTopic({ name: 'unread', topicId: 'unread', config: null })
    const { unjudged, findings } = watch()({ topics: [aTopic(), unread] })
    const ofTopics = unjudged.filter(({ subject }) => subject.type === 'topic')
    expect(ofTopics.find(({ subject }) => subject.name === 'unread')?.codes).toContain('topic.flushSettings')
    expect(ofTopics.find(({ subject }) => subject.name === 'orders')?.codes ?? []).not.toContain('topic.flushSettings')
    for (const { subject, code } of findings) {
      const unknown = unjudged.filter((one) => one.subject.type === subject.type && one.subject.name === subject.name)
      expect(unknown.flatMap(({ codes }) => codes)).not.toContain(code)
    }
  })
})

describe('what was found of a topic', () => {
  /** Judges without observing, so that the topic is the same object; it counts how often a rule reads the topic. */
  function judging(): { judge(over?: Partial<Observation>): Judgement; reads(): number } {
    const seen = watch()(below(0))
    const judge = new Judge()
    let reads = 0
    const topic = new Proxy(seen.topics[0] as Observation['topics'][number], {
      get(target, field) {
        if (field === 'durability') reads += 1
        return Reflect.get(target, field)
      },
    })
    const { clusterKind: kind, totals, ...rest } = { ...seen, topics: [topic] }
    const { unknownPartitions } = totals
    const given = { kind, nowMs: NOW_MS, isFrozen: false, holds: [], unknownPartitions, openCounts: new Map(), ...rest }
    return {
      judge: (over) => judge.judge({ ...given, ...over }),
      reads: () => reads,
    }
  }

  it('is not concluded again while topic and layout are the same', () => {
    const { judge, reads } = judging()
    const first = judge()
    const before = reads()
    expect(before).toBeGreaterThan(0)
    expect(judge()).toEqual(first)
    expect(reads()).toBe(before)
  })

  it('is concluded again when the cluster is built otherwise', () => {
    const poll = watch()
    const topics = [aTopic({ partitions: [aPartition({ replicas: ['1'], isr: ['1'] })] })]
    poll({ brokers: [aBroker('1')], topics })
    const one = poll({ brokers: [aBroker('1')], topics })
    const two = poll({ brokers: [aBroker('1'), aBroker('2')], topics })
    expect(two.topics[0]).toBe(one.topics[0])
    expect(found(one, 'topic.replicationFactorOne').severity).toBe('info')
    expect(found(two, 'topic.replicationFactorOne').severity).toBe('high')
  })

  it.each([
    ['a rack', { rack: 'a' }],
    ['what copies fetch at once', { config: settings({ 'replica.fetch.max.bytes': '1' }) }],
  ])('is concluded again when %s changes', (_, over) => {
    const { judge, reads } = judging()
    judge()
    const before = reads()
    const { brokers } = watch()({ brokers: [aBroker('1', over), aBroker('2'), aBroker('3')] })
    judge({ brokers })
    expect(reads()).toBeGreaterThan(before)
  })
})
