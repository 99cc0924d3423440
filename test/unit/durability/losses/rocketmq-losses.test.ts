import { describe, expect, it, test } from 'vitest'
import type { ClusterSnapshot } from '../../../../lib/cluster/snapshot.ts'
import { MINUTE_MS } from '../../../../lib/units.ts'
import { LossLab } from '../../../builders/losses.ts'
import { aReplication, aRocketmqBroker, aRocketmqBrokerState } from '../../../builders/rocketmq.ts'
import { NOW_MS } from '../../../builders/snapshots.ts'

const cluster = (brokers: ClusterSnapshot['brokers']): Partial<ClusterSnapshot> => ({
  ...{ kind: 'rocketmq', quorum: null, nameServers: [], groups: [], topics: [], brokers },
})

describe('messages whose transaction nobody decided', () => {
  const see = (givenUpHalfMessages: bigint | null) =>
    cluster([aRocketmqBroker('a:0', { rocketmq: aRocketmqBrokerState({ givenUpHalfMessages }) })])

  it('are told once, grow as one, and begin anew after there were none', () => {
    const lab = new LossLab()
    lab.poll(see(0n))
    const zeroAtMs = lab.atMs
    expect(lab.poll(see(2n))).toMatchObject([
      {
        ...{ kind: 'transactionsAbandoned', broker: 'a:0', topic: null, count: 2n, countBound: 'lower' },
        ...{ episode: `${zeroAtMs}`, windowFromMs: zeroAtMs, windowToMs: lab.atMs },
        evidence: { broker: 'a:0', givenUp: 2 },
      },
    ])
    expect(lab.poll(see(2n))).toEqual([])
    expect(lab.poll(see(null))).toEqual([])
    lab.restart()
    expect(lab.poll(see(3n))).toMatchObject([{ episode: `${zeroAtMs}`, count: 3n }])
    expect(lab.poll(see(1n))).toEqual([])
    expect(lab.poll(see(0n))).toEqual([])
    const againAtMs = lab.atMs
    expect(lab.poll(see(1n))).toMatchObject([{ episode: `${againAtMs}`, count: 1n }])
  })

  it('that a first poll finds were given up at an unknown time', () => {
    expect(new LossLab().poll(see(4n))).toMatchObject([{ episode: 'first', windowFromMs: null, count: 4n }])
  })
})

describe('a master that is away', () => {
  const slave = (behindBytes: bigint | null) =>
    aRocketmqBroker('a:1', {
      rocketmq: aRocketmqBrokerState({ brokerNumber: 1, replication: aReplication(true, { behindBytes }) }),
    })
  const SEEN_AT_MS = NOW_MS + 15_000
  function away(behindBytes: bigint | null, more: ClusterSnapshot['brokers'] = []): LossLab {
    const lab = new LossLab()
    lab.poll(cluster([aRocketmqBroker('a:0'), slave(behindBytes), ...more]))
    lab.expectedBrokers = [{ id: 'a:0', host: 'h', port: 1, rack: null, role: 'SYNC_MASTER', lastSeenAtMs: SEEN_AT_MS }]
    return lab
  }
  const gone = cluster([slave(null)])

  it('for longer than a restart takes keeps what its slave lacked', () => {
    const lab = away(1_000_000n)
    expect(lab.poll(gone)).toEqual([])
    lab.restart()
    expect(lab.poll(gone, 6 * MINUTE_MS)).toEqual([
      {
        ...{ kind: 'replicaBehindAtFailover', topic: null, partition: null, broker: 'a:0', group: null },
        ...{ episode: `${SEEN_AT_MS}`, fromOffset: null, toOffset: null, count: null, countBound: 'lower' },
        ...{ windowFromMs: SEEN_AT_MS, windowToMs: SEEN_AT_MS, isAbandoned: false },
        evidence: { broker: 'a:0', address: 'h:1', replica: 'a:1', behindMiB: 1, awayMinutes: 6 },
      },
    ])
    expect(lab.poll(gone)).toEqual([])
    lab.poll(cluster([aRocketmqBroker('a:0'), slave(0n)]))
    expect(lab.memory.episodes.size).toBe(0)
  })

  test.each([
    ['its slave lacked no more than was on the way', away(1_000n), gone],
    ['nobody knows how far behind the slave was', away(null), gone],
    ['it is listed and silent', away(1_000_000n), cluster([aRocketmqBroker('a:0', { online: null }), slave(null)])],
    ['it runs', away(1_000_000n), cluster([aRocketmqBroker('a:0'), slave(1_000_000n)])],
    ['another was elected', away(1_000_000n), cluster([slave(null), aRocketmqBroker('a:2', { role: 'SYNC_MASTER' })])],
  ])('%s', (_, lab, later) => {
    expect(lab.poll(later, 10 * MINUTE_MS)).toEqual([])
  })
})
