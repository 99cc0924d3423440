/** Small snapshots for tests of pure code: a healthy three-broker cluster unless told otherwise. */
import type {
  BrokerState,
  ClusterSnapshot,
  GroupPartition,
  GroupState,
  PartitionState,
  TopicState,
} from '../../lib/cluster/snapshot.ts'

export const NOW_MS = Date.UTC(2026, 0, 5, 3, 0, 0)

export function aPartition(over: Partial<PartitionState> = {}): PartitionState {
  return {
    partition: 0,
    broker: null,
    minIsr: null,
    leader: '1',
    leaderEpoch: 4,
    replicas: ['1', '2', '3'],
    isr: ['1', '2', '3'],
    eligibleLeaders: null,
    offlineReplicas: [],
    startOffset: 0n,
    endOffset: 100n,
    lastStableOffset: 100n,
    earlierEpoch: null,
    oldestAtMs: null,
    beganAnewAtMs: null,
    replicaSizes: ['1', '2', '3'].map((broker) => ({
      broker,
      logDir: '/data',
      sizeBytes: 1_000n,
      offsetLag: 0n,
      isFuture: false,
    })),
    reassignment: null,
    ...over,
  }
}

export function aTopic(over: Partial<TopicState> = {}): TopicState {
  return {
    name: 'orders',
    topicId: 'id-orders',
    internal: false,
    internalKind: null,
    partitions: [aPartition()],
    config: [],
    settings: {
      minIsr: 2,
      retentionMs: 604_800_000n,
      retentionBytes: -1n,
      cleanupPolicy: 'delete',
      uncleanLeaderElection: false,
    },
    fault: null,
    rocketmq: null,
    ...over,
  }
}

export function aBroker(id: string, over: Partial<BrokerState> = {}): BrokerState {
  return {
    id,
    host: 'localhost',
    port: 9090 + Number(id),
    rack: null,
    role: 'broker',
    version: null,
    online: true,
    isController: false,
    fault: null,
    logDirs: [
      {
        ...{ path: '/data', volume: null, totalBytes: 1_000n, usableBytes: 600n },
        ...{ usedRatio: null, logBytes: 300n, error: null },
      },
    ],
    config: null,
    rocketmq: null,
    ...over,
  }
}

export function aGroup(over: Partial<GroupState> = {}): GroupState {
  return {
    id: 'billing',
    type: 'classic',
    state: 'Stable',
    coordinator: '1',
    members: [
      {
        ...{ memberId: 'm1', clientId: 'c1', host: '/127.0.0.1' },
        assignments: [{ topic: 'orders', broker: null, partitions: [0] }],
      },
    ],
    partitions: [aGroupPartition()],
    fault: null,
    rocketmq: null,
    ...over,
  }
}

export function aGroupPartition(over: Partial<GroupPartition> = {}): GroupPartition {
  return {
    ...{ topic: 'orders', partition: 0, broker: null },
    ...{ committedOffset: 90n, isCommitUnknown: false, unreadFrom: null, firstUnread: null },
    ...over,
  }
}

export function aSnapshot(over: Partial<ClusterSnapshot> = {}): ClusterSnapshot {
  return {
    kind: 'kafka',
    startedAtMs: NOW_MS - 200,
    finishedAtMs: NOW_MS,
    version: '4.3',
    systemClusterId: 'abc',
    quorum: { leader: '100', leaderEpoch: 1, highWatermark: 10n, isMoving: true, voters: [], observers: [] },
    nameServers: null,
    brokers: ['1', '2', '3'].map((id) => aBroker(id)),
    topics: [aTopic()],
    groups: [aGroup()],
    declaredDlqs: [],
    facts: [],
    ...over,
  }
}
