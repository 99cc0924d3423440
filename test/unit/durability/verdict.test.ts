import { describe, expect, it } from 'vitest'
import type { FindingCode } from '../../../lib/durability/finding-codes.ts'
import type { Finding, Severity } from '../../../lib/durability/observation.ts'
import { verdictOf } from '../../../lib/durability/verdict.ts'

function finding(code: FindingCode, severity: Severity, over: Partial<Finding> = {}): Finding {
  return { code, severity, subject: { type: 'topic', name: 'orders' }, facts: {}, part: null, atMs: 0, ...over }
}

function many(count: number, over: (index: number) => Partial<Finding>): Finding[] {
  return Array.from({ length: count }, (_, index) => {
    const subject = { type: 'topic', name: `t${index}` } as const
    return finding('partition.underMinIsr', 'high', {
      subject,
      atMs: 100 - index,
      facts: { partitions: 2 },
      ...over(index),
    })
  })
}

describe('the level', () => {
  it.each([
    ['nothing was found', [], 'safe'],
    ['something is good to know', [finding('topic.compactedNullKeys', 'info')], 'safe'],
    ['something is to be watched', [finding('group.stopped', 'warning')], 'watch'],
    ['one failure costs messages', [finding('partition.underMinIsr', 'high')], 'atRisk'],
    ['it is critical and nothing is lost yet', [finding('quorum.noLeader', 'critical')], 'atRisk'],
    ['messages that somebody reads are lost', [finding('group.unreadDeleted', 'critical')], 'losing'],
    ['messages that nobody reads are lost', [finding('group.unreadDeleted', 'warning')], 'watch'],
    ['it may be that nobody reads them', [finding('group.unreadDeleted', 'high')], 'atRisk'],
    ['the worst of several counts', [finding('group.stopped', 'warning'), finding('broker.missing', 'high')], 'atRisk'],
  ] as const)('%s', (_, findings, level) => {
    expect(verdictOf(findings).level).toBe(level)
  })
})

describe('the reasons', () => {
  it('leave out what is good to know, but for what is not known', () => {
    const findings = [finding('topic.compactedNullKeys', 'info'), finding('cluster.partlyUnknown', 'info')]
    expect(verdictOf(findings)).toMatchObject({ level: 'safe', reasons: [{ code: 'cluster.partlyUnknown' }] })
  })

  it('are findings without their part', () => {
    expect(verdictOf([finding('broker.diskFull', 'high', { part: '/data' })]).reasons[0]).not.toHaveProperty('part')
  })

  it('up to five of one code are named', () => {
    expect(verdictOf(many(5, () => ({}))).reasons).toHaveLength(5)
  })

  it('more are one, since the first of them', () => {
    const { reasons } = verdictOf(many(6, () => ({})))
    const facts = { topics: 6, count: 6, partitions: 12 }
    const sum = {
      code: 'partition.underMinIsr',
      severity: 'high',
      subject: { type: 'cluster', name: '' },
      facts,
      atMs: 95,
    }
    expect(reasons).toEqual([sum])
  })

  it('a sum counts subjects, however much is found at each', () => {
    const [reason] = verdictOf(
      many(6, (index) => ({ subject: { type: 'topic', name: `t${index % 2}` }, part: `g${index}` })),
    ).reasons
    expect(reason?.facts).toMatchObject({ topics: 2, count: 2 })
  })

  it('are summed by severity and kind of subject', () => {
    const mixed = [...many(5, () => ({})), ...many(5, () => ({ severity: 'warning' }))]
    expect(verdictOf(mixed).reasons).toHaveLength(10)
  })

  it('of the cluster itself are all named: each says something else', () => {
    const differ = many(8, (index) => ({
      code: 'cluster.settingsDiffer',
      subject: { type: 'cluster', name: '' },
      part: `s${index}`,
    }))
    expect(verdictOf(differ).reasons).toHaveLength(8)
  })

  it('come gravest first, then what hurts soonest, then the longest, then by name', () => {
    const named = (name: string, atMs: number): Partial<Finding> => ({ subject: { type: 'topic', name }, atMs })
    const { reasons } = verdictOf([
      finding('group.stopped', 'warning'),
      finding('topic.uncleanLeaderElection', 'high'),
      finding('partition.atMinIsr', 'high', named('c', 20)),
      finding('partition.atMinIsr', 'high', named('b', 20)),
      finding('partition.atMinIsr', 'high', named('d', 10)),
      finding('topic.internalReplicationLow', 'high'),
      finding('quorum.noLeader', 'critical'),
    ])
    expect(reasons.map(({ code, subject }) => `${code} ${subject.name}`)).toEqual([
      'quorum.noLeader orders',
      'partition.atMinIsr d',
      'partition.atMinIsr b',
      'partition.atMinIsr c',
      'topic.uncleanLeaderElection orders',
      'topic.internalReplicationLow orders',
      'group.stopped orders',
    ])
  })
})
