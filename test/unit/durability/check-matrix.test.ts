import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import { type CheckMatrix, checkMatrix } from '../../../lib/durability/check-matrix.ts'
import type { CellState, MatrixSubject } from '../../../lib/durability/check-states.ts'
import type { FindingCode } from '../../../lib/durability/finding-codes.ts'
import type { Finding, Observation } from '../../../lib/durability/observation.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aSnapshot, aTopic } from '../../builders/snapshots.ts'

const SETTINGS = aTopic().settings

function observed(over: Partial<ClusterSnapshot>): Observation {
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const snapshot = aSnapshot({ groups: [], ...over })
  return observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() })
}

interface Given {
  type?: MatrixSubject
  isMuted?: (finding: Finding) => boolean
  /** As of a version that kept none. */
  withoutUnjudged?: boolean
}

function matrixOf(over: Partial<ClusterSnapshot>, given: Given = {}): CheckMatrix {
  const { type = 'topic', isMuted = () => false, withoutUnjudged = false } = given
  const { clusterKind: kind, topics, groups, brokers, findings, unjudged } = observed(over)
  const subjects = { topic: topics, group: groups, broker: brokers }
  return checkMatrix(type, subjects[type], {
    ...{ kind, findings, isMuted, groups },
    unjudged: withoutUnjudged ? null : unjudged,
  })
}

function cell({ columns, rows }: CheckMatrix, name: string, code: FindingCode): CellState | undefined {
  const place = columns.findIndex(({ rule }) => rule.code === code)
  if (place < 0) throw new Error(`no column ${code}`)
  return rows.find((row) => row.name === name)?.cells[place]
}

const HIDDEN = aTopic({
  ...{ name: 'hidden', partitions: [], config: null },
  fault: { code: 'authorizationFailed', facts: { api: 'Metadata' } },
  settings: { minIsr: null, retentionMs: null, retentionBytes: null, cleanupPolicy: null, uncleanLeaderElection: null },
})
const LONE = aTopic({ name: 'lone', partitions: [aPartition({ replicas: ['1'], isr: ['1'] })] })

describe('a cell of a topic', () => {
  it.each([
    ['found', 'lone', 'topic.replicationFactorOne', 'high'],
    ['looked at and found well', 'orders', 'topic.replicationFactorOne', 'passed'],
    ['not told', 'hidden', 'topic.replicationFactorOne', 'unknown'],
    ['not told of its place', 'hidden', 'partition.offline', 'unknown'],
    ['of settings that were not read', 'hidden', 'topic.flushSettings', 'unknown'],
    ['about other topics', 'orders', 'topic.changelogNotCompacted', 'notApplicable'],
    ['about internal topics', 'orders', 'topic.internalReplicationLow', 'notApplicable'],
    ['perhaps about internal topics', 'hidden', 'topic.internalReplicationLow', 'unknown'],
    ['of a transaction that cannot be seen', 'hidden', 'transaction.hanging', 'unknown'],
    ['of another topic’s transactions', 'orders', 'transaction.hanging', 'passed'],
  ] as const)('that is %s', (_, name, code, expected) => {
    const matrix = matrixOf({ topics: [aTopic(), LONE, HIDDEN] })
    expect(cell(matrix, name, code)).toBe(expected)
  })

  it('is unknown everywhere when nothing was kept of what could not be told, but for what was found', () => {
    const { columns, rows } = matrixOf({ topics: [LONE] }, { withoutUnjudged: true })
    expect(columns.every(({ isUnknown }) => isUnknown)).toBe(true)
    expect(rows[0]?.cells).not.toContain('passed')
    expect(rows[0]?.cells).toContain('high')
    expect(rows[0]?.cells).toContain('unknown')
  })

  it('is muted when all that was found is', () => {
    const isMuted = ({ code }: Finding): boolean => code === 'topic.replicationFactorOne'
    expect(cell(matrixOf({ topics: [LONE] }, { isMuted }), 'lone', 'topic.replicationFactorOne')).toBe('muted')
  })

  it('tells the gravest of several that is not muted', () => {
    const below = [aPartition({ isr: ['1'] }), aPartition({ partition: 1, isr: ['1', '2'] })]
    const topics = [aTopic({ partitions: below, settings: { ...SETTINGS, minIsr: 1 } })]
    expect(cell(matrixOf({ topics }), 'orders', 'partition.atMinIsr')).toBe('high')
    const isMuted = ({ severity }: Finding): boolean => severity === 'high'
    const two = [...below, aPartition({ partition: 2, replicas: ['1', '2', '3', '4'], isr: ['1'] })]
    expect(
      cell(matrixOf({ topics: [aTopic({ partitions: two })] }, { isMuted }), 'orders', 'partition.underMinIsr'),
    ).toBe('muted')
  })
})

describe('what groups tell of topics', () => {
  const code = 'topic.retentionBelowLag'
  const topics = ['orders', 'payments', 'quiet'].map((name) => aTopic({ name, topicId: name }))
  const ofTopic = (topic: string, committedOffset: bigint) => aGroupPartition({ topic, committedOffset })

  it('is unknown at the topics whose age they do not know, and passed at others', () => {
    const partitions = [ofTopic('orders', 5n), ofTopic('payments', 100n)]
    const matrix = matrixOf({ topics, groups: [aGroup({ partitions })] })
    expect(topics.map(({ name }) => cell(matrix, name, code))).toEqual(['unknown', 'passed', 'passed'])
  })

  it('is unknown at every topic while nobody knows what a group reads', () => {
    const matrix = matrixOf({ topics, groups: [aGroup({ partitions: null, members: null })] })
    expect(matrix.columns.find(({ rule }) => rule.code === code)?.isUnknown).toBe(true)
    expect(topics.map(({ name }) => cell(matrix, name, code))).toEqual(['unknown', 'unknown', 'unknown'])
  })
})

describe('what is about other subjects', () => {
  it('of the same name is none of it', () => {
    const brokers = [aBroker('lone'), aBroker('2'), aBroker('3')]
    const matrix = matrixOf({ brokers, topics: [LONE] }, { type: 'broker' })
    expect(cell(matrix, 'lone', 'broker.diskFull')).toBe('passed')
    const replicas = matrix.columns.some(({ rule }) => rule.code === 'topic.replicationFactorOne')
    expect(replicas).toBe(false)
  })
})

describe('the checks of brokers and groups', () => {
  it('are those about them, and what is no broker of data is left out of theirs', () => {
    const brokers = [aBroker('1'), aBroker('9', { role: 'controller' })]
    const matrix = matrixOf({ brokers }, { type: 'broker' })
    expect(matrix.columns.every(({ rule: { about, scope } }) => (about ?? scope) === 'broker')).toBe(true)
    expect(cell(matrix, '1', 'broker.diskFull')).toBe('passed')
    expect(cell(matrix, '1', 'broker.autoCreateTopics')).toBe('unknown')
    expect(cell(matrix, '9', 'broker.diskFull')).toBe('notApplicable')
  })

  it('are unknown of a group that was not read', () => {
    const groups = [aGroup({ partitions: null })]
    const matrix = matrixOf({ groups }, { type: 'group' })
    expect(cell(matrix, 'billing', 'group.unreadDeleted')).toBe('unknown')
    expect(cell(matrix, 'billing', 'group.shareWithoutDlq')).toBe('notApplicable')
  })
})
