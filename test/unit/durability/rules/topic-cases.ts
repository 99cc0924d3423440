import type { PartitionState, TopicState } from '../../../../lib/cluster/snapshot.ts'
import { MINUTE_MS } from '../../../../lib/units.ts'
import { lastSeen, type Poll, type RuleCases, settings } from '../../../builders/rule-cases.ts'
import { aBroker, aPartition, aTopic } from '../../../builders/snapshots.ts'

const SETTINGS = aTopic().settings
const HIDDEN = aTopic({
  ...{ partitions: [], config: null, fault: { code: 'authorizationFailed', facts: { api: 'Metadata' } } },
  settings: { minIsr: null, retentionMs: null, retentionBytes: null, cleanupPolicy: null, uncleanLeaderElection: null },
})
const FROZEN = {
  ...{ leader: null, leaderEpoch: 1, highWatermark: 10n, isMoving: false, voters: [], observers: [] },
}
const ONE_BROKER = [aBroker('1')]

const hidden: readonly Poll[] = [{ topics: [HIDDEN] }]

function topic(over: Partial<TopicState>): Poll[] {
  return [{ topics: [aTopic(over)] }]
}

function set(over: Partial<TopicState['settings']>, more: Partial<TopicState> = {}): Poll[] {
  return topic({ settings: { ...SETTINGS, ...over }, ...more })
}

function partition(over: Partial<PartitionState>, minIsr: number | null = 2): Poll[] {
  return set({ minIsr }, { partitions: [aPartition(over)] })
}

function copies(...counts: number[]): PartitionState[] {
  return counts.map((count, index) => {
    const replicas = ['1', '2', '3', '4'].slice(0, count)
    return aPartition({ partition: index, replicas, isr: replicas })
  })
}

/** On brokers of these racks. */
function racks(...names: (string | null)[]): Poll {
  return { brokers: names.map((rack, index) => aBroker(String(index + 1), { rack })) }
}

/** Broker 3, which lacks a copy of everything, was there last so long ago. */
function without3(minutesAgo: number, over: Partial<PartitionState>, minIsr = 2): Poll[] {
  const gone = { brokers: [aBroker('1'), aBroker('2')], expected: [lastSeen('3', minutesAgo)] }
  return partition(over, minIsr).map((poll) => ({ ...poll, ...gone }))
}

/** Broker 3 was away, and is back since; each poll a minute after the other. */
function back(...isrs: string[][]): Poll[] {
  const gone = without3(1, { isr: ['1', '2'] })
  const later = isrs.map((isr, index): Poll => ({ ...partition({ isr })[0], afterMs: (index + 1) * MINUTE_MS }))
  return [...gone, ...later]
}

const ALL = ['1', '2', '3']
const LAST_COPY = { leader: '1', isr: ['1'] }
const RETURNING = { adding: ['2', '3'], removing: [] }

export const LADDER_CASES: RuleCases = {
  'partition.noEligibleLeader': [
    [
      'nobody is left whom the controller may elect',
      partition({ leader: null, isr: [], eligibleLeaders: [] }),
      [
        {
          severity: 'critical',
          facts: { topic: 'orders', partitions: 1, partition: 0, inSync: 0, replicas: 3, minIsr: 2 },
        },
      ],
    ],
    ['somebody may be elected', partition({ leader: null, isr: [], eligibleLeaders: ['2'] }), []],
    ['the last one in sync may come back', partition({ leader: null, isr: ['2'], eligibleLeaders: [] }), []],
    ['who is eligible was not read', partition({ leader: null, isr: [], eligibleLeaders: null }), []],
    ['only the name is known', hidden, 'unknown'],
    [
      'the metadata is frozen',
      [{ quorum: FROZEN, ...partition({ leader: null, isr: [], eligibleLeaders: [] })[0] }],
      'unknown',
    ],
  ],
  'partition.offline': [
    [
      'two of three',
      topic({
        partitions: [
          aPartition(),
          aPartition({ partition: 1, leader: null, isr: ['2'] }),
          aPartition({ partition: 2, leader: null, isr: [], eligibleLeaders: ['2'] }),
        ],
      }),
      [
        {
          severity: 'critical',
          facts: { topic: 'orders', partitions: 2, partition: 1, inSync: 0, replicas: 3, minIsr: 2 },
        },
      ],
    ],
    [
      'its leader restarts, and nobody led meanwhile',
      without3(1, { replicas: ['3'], leader: null, isr: ['3'] }),
      [{ severity: 'critical', facts: {} }],
    ],
    ['all are led', topic({}), []],
    ['leader and copies are not known', partition({ leader: null, isr: null }), 'unknown'],
    ['the metadata is frozen', [{ quorum: FROZEN, ...partition({ leader: null, isr: ['2'] })[0] }], 'unknown'],
  ],
  'partition.underMinIsr': [
    [
      'one copy, a write needs two',
      partition(LAST_COPY),
      [
        {
          severity: 'high',
          facts: { topic: 'orders', partitions: 1, partition: 0, inSync: 1, replicas: 3, minIsr: 2 },
        },
      ],
    ],
    [
      'while one restarts: writes are refused all the same',
      without3(1, { replicas: ['1', '3'], isr: ['1'] }),
      [{ severity: 'high', facts: { inSync: 1, replicas: 2, minIsr: 2 } }],
    ],
    ['as many as a write needs', partition({ isr: ['1', '2'] }), []],
    ['copies that are only being added are not missing', partition({ ...LAST_COPY, reassignment: RETURNING }), []],
    ['min ISR is not known', partition(LAST_COPY, null), 'unknown'],
    ['only the name is known', hidden, 'unknown'],
  ],
  'partition.atMinIsr': [
    [
      'two copies, a write needs two',
      partition({ isr: ['1', '2'] }),
      [{ severity: 'warning', part: 'warning', facts: { partitions: 1, inSync: 2, replicas: 3, minIsr: 2 } }],
    ],
    ['one restarts', without3(4, { isr: ['1', '2'] }), [{ severity: 'info', part: 'info', facts: { inSync: 2 } }]],
    ['one is away for longer', without3(5, { isr: ['1', '2'] }), [{ severity: 'warning', facts: {} }]],
    [
      'one restarts, and another one is missing',
      without3(1, { isr: ['1', '3'] }),
      [{ severity: 'warning', facts: {} }],
    ],
    ['one is back and catches up', back(['1', '2']), [{ severity: 'info', facts: {} }]],
    ['one that was in sync hands over before it goes', back(ALL, ['1', '2']), [{ severity: 'info', facts: {} }]],
    [
      'one that was in sync is not any more for five minutes',
      back(ALL, ['1', '2'], ['1', '2'], ['1', '2'], ['1', '2'], ['1', '2']),
      [{ severity: 'warning', facts: {} }],
    ],
    [
      'one does not catch up',
      back(['1', '2'], ['1', '2'], ['1', '2'], ['1', '2']),
      [{ severity: 'warning', facts: {} }],
    ],
    ['the last copy, while one restarts', without3(1, LAST_COPY, 1), [{ severity: 'high', facts: {} }]],
    ['the last copy', partition(LAST_COPY, 1), [{ severity: 'high', part: null, facts: { inSync: 1, minIsr: 1 } }]],
    [
      'both, each with its own part however they are ordered',
      set(
        { minIsr: 1 },
        {
          partitions: [aPartition({ minIsr: 2, isr: ['1', '2'] }), aPartition({ partition: 1, isr: ['2'] })],
        },
      ),
      [
        { severity: 'warning', part: 'warning', facts: { partition: 0 } },
        { severity: 'high', part: null, facts: { partition: 1 } },
      ],
    ],
    ['one copy, as planned', topic({ partitions: copies(1) }), []],
    ['one to spare', partition({}), []],
    ['copies are not known', partition({ leader: null, isr: null }), 'unknown'],
  ],
  'partition.underReplicated': [
    [
      'two of three, a write needs one',
      partition({ isr: ['1', '2'] }, 1),
      [{ severity: 'warning', facts: { topic: 'orders', partitions: 1, inSync: 2, replicas: 3, minIsr: 1 } }],
    ],
    ['one restarts', without3(1, { isr: ['1', '2'] }, 1), [{ severity: 'info', part: 'info', facts: { inSync: 2 } }]],
    ['all in sync', topic({}), []],
    ['a new copy is on its way', partition({ isr: ['1'], reassignment: RETURNING }, 1), []],
    ['only the name is known', hidden, 'unknown'],
  ],
}

const COMPACTED = { cleanupPolicy: 'compact' }
const DEFAULT_BROKER = settings({ 'replica.fetch.max.bytes': '1048576' })
const BIG_FETCH = ['1', '2', '3'].map((id) => aBroker(id, { config: DEFAULT_BROKER }))

function largest(bytes: number): Poll[] {
  return [{ brokers: BIG_FETCH, topics: [aTopic({ config: settings({ 'max.message.bytes': String(bytes) }) })] }]
}

export const KAFKA_TOPIC_CASES: RuleCases = {
  'topic.replicationFactorOne': [
    [
      'one copy on three brokers',
      topic({ partitions: copies(1, 1) }),
      [{ severity: 'high', facts: { topic: 'orders', partitions: 2, brokers: 3 } }],
    ],
    ['of one partition only', topic({ partitions: copies(3, 1) }), [{ severity: 'high', facts: { partitions: 1 } }]],
    [
      'one copy on the only broker there is',
      [{ brokers: ONE_BROKER, topics: [aTopic({ partitions: copies(1) })] }],
      [{ severity: 'info', facts: { brokers: 1 } }],
    ],
    [
      'others are only being added',
      partition({ isr: ['1'], reassignment: RETURNING }),
      [{ severity: 'high', facts: {} }],
    ],
    ['two copies', topic({ partitions: copies(2) }), []],
    ['an internal topic has a check of its own', topic({ internal: true, partitions: copies(1) }), []],
    ['only the name is known', hidden, 'unknown'],
  ],
  'topic.internalReplicationLow': [
    [
      'one copy',
      topic({ name: '__consumer_offsets', internal: true, partitions: copies(1) }),
      [{ severity: 'high', facts: { topic: '__consumer_offsets', replicas: 1, wanted: 3 } }],
    ],
    [
      'two',
      topic({ internal: true, partitions: copies(3, 2) }),
      [{ severity: 'warning', facts: { replicas: 2, wanted: 3 } }],
    ],
    [
      'one of where tiered storage is',
      topic({ name: '__remote_log_metadata', internal: true, partitions: copies(1) }),
      [{ severity: 'high', facts: { topic: '__remote_log_metadata', replicas: 1, wanted: 3 } }],
    ],
    ['as many as brokers', [{ brokers: ONE_BROKER, topics: [aTopic({ internal: true, partitions: copies(1) })] }], []],
    ['an ordinary topic', topic({ partitions: copies(1) }), []],
    ['only the name is known', hidden, 'unknown'],
  ],
  'topic.minIsrOne': [
    ['of three', set({ minIsr: 1 }), [{ severity: 'warning', facts: { topic: 'orders', minIsr: 1, replicas: 3 } }]],
    [
      'of the offsets of groups',
      set({ minIsr: 1 }, { name: '__consumer_offsets', internal: true }),
      [{ severity: 'info', facts: {} }],
    ],
    [
      'of where tiered storage is',
      set({ minIsr: 1 }, { name: '__remote_log_metadata', internal: true }),
      [{ severity: 'warning', facts: { topic: '__remote_log_metadata', minIsr: 1, replicas: 3 } }],
    ],
    ['with a single copy', set({ minIsr: 1 }, { partitions: copies(1) }), []],
    ['two', set({ minIsr: 2 }), []],
    ['the setting is not known', set({ minIsr: null }), 'unknown'],
    ['only the name is known', hidden, 'unknown'],
  ],
  'topic.minIsrEqualsReplicas': [
    [
      'three of three',
      set({ minIsr: 3 }),
      [{ severity: 'warning', facts: { topic: 'orders', minIsr: 3, replicas: 3 } }],
    ],
    [
      'in the partition with fewest copies',
      set({ minIsr: 2 }, { partitions: copies(3, 2) }),
      [{ severity: 'warning', facts: { minIsr: 2, replicas: 2 } }],
    ],
    ['one of one', set({ minIsr: 1 }, { partitions: copies(1) }), []],
    ['two of three', set({ minIsr: 2 }), []],
    ['the setting is not known', set({ minIsr: null }), 'unknown'],
  ],
  'topic.minIsrAboveReplicas': [
    ['four of three', set({ minIsr: 4 }), [{ severity: 'high', facts: { topic: 'orders', minIsr: 4, replicas: 3 } }]],
    [
      'two of one',
      set({ minIsr: 2 }, { partitions: copies(1) }),
      [{ severity: 'warning', facts: { minIsr: 2, replicas: 1 } }],
    ],
    [
      'two of one where one is all there can be',
      [{ brokers: ONE_BROKER, topics: [aTopic({ partitions: copies(1) })] }],
      [{ severity: 'info', facts: { minIsr: 2 } }],
    ],
    ['as many', set({ minIsr: 3 }), []],
    ['only the name is known', hidden, 'unknown'],
  ],
  'topic.uncleanLeaderElection': [
    ['on', set({ uncleanLeaderElection: true }), [{ severity: 'high', facts: { topic: 'orders' } }]],
    ['off', set({ uncleanLeaderElection: false }), []],
    ['on, and nobody else to elect', set({ uncleanLeaderElection: true }, { partitions: copies(1) }), []],
    ['the setting is not known', set({ uncleanLeaderElection: null }), 'unknown'],
  ],
  'topic.singleRack': [
    [
      'all of one partition in one',
      [{ ...racks('a', 'a', 'b'), topics: [aTopic({ partitions: copies(2, 3) })] }],
      [{ severity: 'warning', facts: { topic: 'orders', partitions: 1, rack: 'a' } }],
    ],
    ['spread', [racks('a', 'b', 'b')], []],
    [
      'a single copy is in one rack anyway',
      [{ ...racks('a', 'b', 'b'), topics: [aTopic({ partitions: copies(1) })] }],
      [],
    ],
    ['the cluster has one rack, which it is told itself', [racks('a', 'a', 'a')], []],
    ['a broker does not tell its rack', [racks('a', 'b', null)], 'unknown'],
    ['only the name is known', [{ ...racks('a', 'b', 'b'), ...hidden[0] }], 'unknown'],
  ],
  'topic.compactedNullKeys': [
    ['compacted', set(COMPACTED), [{ severity: 'info', facts: { topic: 'orders' } }]],
    ['compacted and deleted', set({ cleanupPolicy: 'compact,delete' }), [{ severity: 'info', facts: {} }]],
    ['deleted', set({ cleanupPolicy: 'delete' }), []],
    ['kept for ever', set({ cleanupPolicy: '' }), []],
    ['an internal topic is meant to be', set(COMPACTED, { internal: true }), []],
    ['a changelog is meant to be', set(COMPACTED, { name: 'app-store-changelog' }), []],
    ['only the name is known', hidden, 'unknown'],
  ],
  'topic.changelogNotCompacted': [
    [
      'deleted',
      topic({ name: 'app-store-changelog' }),
      [{ severity: 'warning', facts: { topic: 'app-store-changelog' } }],
    ],
    ['compacted', set(COMPACTED, { name: 'app-store-changelog' }), []],
    ['of windows', set({ cleanupPolicy: 'compact,delete' }, { name: 'app-store-changelog' }), []],
    ['kept for ever', set({ retentionMs: -1n }, { name: 'app-store-changelog' }), []],
    [
      'kept by size',
      set({ retentionMs: -1n, retentionBytes: 1_000n }, { name: 'app-store-changelog' }),
      [{ severity: 'warning', facts: {} }],
    ],
    ['another topic', topic({}), []],
    ['the setting is not known', set({ cleanupPolicy: null }, { name: 'app-store-changelog' }), 'unknown'],
  ],
  'topic.flushSettings': [
    [
      'of its own',
      topic({ config: settings({ 'flush.messages': '1', 'flush.ms': '1000' }, 'DYNAMIC_TOPIC_CONFIG') }),
      [{ severity: 'info', facts: { topic: 'orders', settings: 'flush.messages, flush.ms' } }],
    ],
    ['of the broker', topic({ config: settings({ 'flush.ms': '1000' }) }), []],
    ['not set', topic({ config: settings({ 'flush.ms': '1000' }, 'DEFAULT_CONFIG') }), []],
    ['settings were not read', topic({ config: null }), 'unknown'],
  ],
  'topic.messageSizeAboveFetch': [
    [
      'larger than what is fetched',
      largest(10_000_000),
      [{ severity: 'info', facts: { topic: 'orders', maxBytes: 10_000_000, fetchBytes: 1_048_576 } }],
    ],
    ['as Kafka’s defaults are', largest(1_048_588), []],
    ['settings of brokers were not read', topic({ config: settings({ 'max.message.bytes': '1048588' }) }), 'unknown'],
    ['settings of the topic were not read', [{ brokers: BIG_FETCH, topics: [HIDDEN] }], 'unknown'],
  ],
  'topic.messageSizeAboveClients': [
    [
      'larger than clients take',
      largest(100_000_001),
      [{ severity: 'warning', facts: { topic: 'orders', maxBytes: 100_000_001, clientBytes: 100_000_000 } }],
    ],
    ['just as large', largest(100_000_000), []],
    ['settings of the topic were not read', hidden, 'unknown'],
  ],
}
