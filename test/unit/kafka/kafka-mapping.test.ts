import { describe, expect, it } from 'vitest'
import { fault } from '../../../lib/cluster/fault.ts'
import { ConfigInterner, type RawConfig, topicSettings } from '../../../lib/kafka/config-mapping.ts'
import { TopicFaults, TopicMapper, type TopicSources, toTopicId } from '../../../lib/kafka/kafka-mapping.ts'
import type { MetadataAnswer } from '../../../lib/kafka/metadata-request.ts'

type RawTopic = MetadataAnswer['topics'][number]

const ELIGIBLE = [['3'], ['3']]
const SOURCES: TopicSources = {
  startOffsets: new Map([['t', [0n, 5n]]]),
  endOffsets: new Map([['t', [10n, null]]]),
  stableOffsets: new Map([['t', [12n, 7n]]]),
  epochEnds: new Map(),
  eligibleLeaders: () => ELIGIBLE,
  sizesVersion: [],
  sizes: () => null,
  config: () => undefined,
  reassignments: new Map(),
  fault: () => null,
}

function rawPartition(partitionIndex: number, more: Partial<RawTopic['partitions'][number]> = {}) {
  const nodes = [1, 2, 3]
  return {
    errorCode: 0,
    partitionIndex,
    leaderId: 1,
    leaderEpoch: 4,
    replicaNodes: nodes,
    isrNodes: nodes,
    offlineReplicas: [],
    ...more,
  }
}

function rawTopic(partitions: RawTopic['partitions'], more: Partial<RawTopic> = {}): RawTopic {
  const topicId = 'be4178e1-340a-4d5e-b67c-2f182c586af8'
  return { errorCode: 0, name: 't', topicId, isInternal: false, partitions, topicAuthorizedOperations: 0, ...more }
}

function mapped(partition: RawTopic['partitions'][number], sources: Partial<TopicSources> = {}) {
  return new TopicMapper().map(rawTopic([partition]), { ...SOURCES, ...sources }).partitions[0]
}

it.each([
  ['one that its brokers call so', { name: '__consumer_offsets', isInternal: true }, true],
  ['that of tiered storage, which they do not', { name: '__remote_log_metadata' }, true],
  ['no other', { name: '__remote_log_metadata_2' }, false],
])('internal is %s', (_, raw, internal) => {
  expect(new TopicMapper().map(rawTopic([rawPartition(0)], raw), SOURCES).internal).toBe(internal)
})

describe('partitions', () => {
  it('have null, not zero, for offsets that nobody answered', () => {
    expect(mapped(rawPartition(1))).toMatchObject({ startOffset: 5n, endOffset: null })
    expect(mapped(rawPartition(7))).toMatchObject({ startOffset: null, endOffset: null, lastStableOffset: null })
  })

  it('have a last stable offset that is not past the end', () => {
    expect(mapped(rawPartition(0))?.lastStableOffset).toBe(10n)
    expect(mapped(rawPartition(1))?.lastStableOffset).toBe(7n)
  })

  it.each([
    ['led', {}, { leader: '1', isr: ['1', '2', '3'], eligibleLeaders: null }],
    ['below full ISR', { isrNodes: [1] }, { leader: '1', isr: ['1'], eligibleLeaders: ['3'] }],
    ['without a leader', { errorCode: 5, leaderId: -1, isrNodes: [2] }, { leader: null, isr: ['2'] }],
    [
      'unknown to the broker',
      { errorCode: 42 },
      { leader: null, isr: null, eligibleLeaders: null, offlineReplicas: null },
    ],
  ])('%s', (_name, raw, expected) => {
    expect(mapped(rawPartition(0, raw))).toMatchObject(expected)
  })

  it('come in order, and share equal replica lists', () => {
    const { partitions } = new TopicMapper().map(rawTopic([rawPartition(2), rawPartition(0), rawPartition(1)]), SOURCES)
    expect(partitions.map(({ partition }) => partition)).toEqual([0, 1, 2])
    expect(partitions[0]?.replicas).toBe(partitions[2]?.replicas)
    expect(partitions[0]?.isr).toBe(partitions[0]?.replicas)
  })
})

describe('topics', () => {
  it('are the very same object while nothing they are made of changes', () => {
    const [mapper, raw] = [new TopicMapper(), rawTopic([rawPartition(0, { isrNodes: [1] })])]
    const first = mapper.map(raw, SOURCES)
    expect(mapper.map(raw, { ...SOURCES })).toBe(first)
    const changes: Partial<TopicSources>[] = [
      { startOffsets: new Map([['t', [1n]]]) },
      { endOffsets: new Map([['t', [11n]]]) },
      { stableOffsets: new Map([['t', [9n]]]) },
      { epochEnds: new Map([['t', new Map([[0, { leaderEpoch: 3, endOffset: 8n }]])]]) },
      { eligibleLeaders: () => null },
      { sizesVersion: [], sizes: () => [{ broker: '1', logDir: 'd', sizeBytes: 7n, offsetLag: 0n, isFuture: false }] },
      { config: () => ({ value: [], fault: null }) },
      { reassignments: new Map([['t', new Map([[0, { adding: ['4'], removing: [] }]])]]) },
      { fault: () => fault('topicDeleted') },
    ]
    for (const change of changes) {
      const changed = mapper.map(raw, { ...SOURCES, ...change })
      expect(changed).not.toEqual(first)
      expect(mapper.map(raw, SOURCES)).toEqual(first)
    }
    expect(mapper.map({ ...raw }, SOURCES)).not.toBe(first)
  })

  it('have ids as Kafka prints them, and none when the broker has none', () => {
    const mapper = new TopicMapper()
    expect(mapper.map(rawTopic([]), SOURCES).topicId).toBe('vkF44TQKTV62fC8YLFhq-A')
    const none = rawTopic([], { topicId: '00000000-0000-0000-0000-000000000000' })
    expect(mapper.map(none, SOURCES).topicId).toBeNull()
  })

  it('that are refused have a fault and no partitions', () => {
    const refused = rawTopic([rawPartition(0)], { errorCode: 29 })
    expect(new TopicMapper().map(refused, SOURCES)).toMatchObject({
      partitions: [],
      fault: { code: 'authorizationFailed' },
    })
  })

  it('name their own fault before a broker’s', () => {
    const faults = new TopicFaults()
    faults.add('t', fault('connectionRefused'), false)
    expect(faults.of('t')?.code).toBe('connectionRefused')
    faults.add('t', fault('topicDeleted'), true)
    expect(faults.of('t')?.code).toBe('topicDeleted')
    expect(faults.of('other')).toBeNull()
  })
})

describe('settings', () => {
  const raw = (name: string, value: string | null, configSource = 5): RawConfig => ({
    name,
    value,
    configSource,
    isSensitive: false,
  })

  it('are held once when they are equal, entry by entry and as lists', () => {
    const interner = new ConfigInterner()
    const first = interner.intern([raw('a', '1'), raw('b', '2')])
    expect(interner.intern([raw('a', '1'), raw('b', '2')])).toBe(first)
    const other = interner.intern([raw('a', '1'), raw('b', '3', 1)])
    expect(other[0]).toBe(first[0])
    expect(other[1]).toEqual({
      name: 'b',
      value: '3',
      source: 'DYNAMIC_TOPIC_CONFIG',
      isDefault: false,
      sensitive: false,
    })
  })

  it('keeps an empty value apart from none', () => {
    const interner = new ConfigInterner()
    expect(interner.intern([raw('a', '')])[0]?.value).toBe('')
    expect(interner.intern([raw('a', null)])[0]?.value).toBeNull()
  })

  it('are parsed for rules, and unknown where they are not there or no numbers', () => {
    const config = new ConfigInterner().intern([
      raw('min.insync.replicas', '2'),
      raw('retention.ms', '-1'),
      raw('retention.bytes', 'many'),
      raw('unclean.leader.election.enable', 'false'),
    ])
    expect(topicSettings(config)).toEqual({
      minIsr: 2,
      retentionMs: -1n,
      retentionBytes: null,
      cleanupPolicy: null,
      uncleanLeaderElection: false,
    })
    expect(topicSettings(null).minIsr).toBeNull()
  })
})

describe('the id of a topic', () => {
  it('is written as the tools of Kafka write it, whoever asked for it', () => {
    expect(toTopicId('71a3e7a0-7a33-4bba-9ac1-2d5c64a92d0e')).toBe('caPnoHozS7qawS1cZKktDg')
    expect(toTopicId('00000000-0000-0000-0000-000000000000')).toBeNull()
  })
})
