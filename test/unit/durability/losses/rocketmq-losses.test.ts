import { describe, expect, it, test } from 'vitest'
import type { ClusterSnapshot } from '../../../../lib/cluster/snapshot.ts'
import { MINUTE_MS } from '../../../../lib/units.ts'
import { LossLab } from '../../../builders/losses.ts'
import {
  aQueue,
  aReplication,
  aRocketmqBroker,
  aRocketmqBrokerState,
  aRocketmqTopic,
} from '../../../builders/rocketmq.ts'
import { NOW_MS } from '../../../builders/snapshots.ts'

const cluster = (brokers: ClusterSnapshot['brokers']): Partial<ClusterSnapshot> => ({
  ...{ kind: 'rocketmq', quorum: null, nameServers: [], groups: [], topics: [], brokers },
})

describe('messages whose transaction nobody decided', () => {
  /** Set aside since the topic is there, and how many of them have expired. */
  const see = (all: bigint | null, expired = 0n, master = 'a:0') => {
    const state = aRocketmqBrokerState({ givenUpHalfMessages: all === null ? null : all - expired })
    const queue = aQueue('a', 0, { startOffset: expired, endOffset: all })
    return {
      ...cluster([aRocketmqBroker(master, { role: 'SYNC_MASTER', rocketmq: state })]),
      topics: [aRocketmqTopic('TRANS_CHECK_MAX_TIME_TOPIC', { internal: true, partitions: [queue] })],
    }
  }

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
    expect(lab.poll(see(3n, 2n))).toEqual([])
    expect(lab.poll(see(3n, 3n))).toEqual([])
    const againAtMs = lab.atMs
    expect(lab.poll(see(4n, 3n))).toMatchObject([{ episode: `${againAtMs}`, count: 1n }])
  })

  it('count also where fewer are stored than before, since the others expired', () => {
    const lab = new LossLab()
    lab.poll(see(9n, 9n))
    const before = lab.atMs
    expect(lab.poll(see(12n, 9n))).toMatchObject([{ count: 3n }])
    expect(lab.poll(see(13n, 11n))).toMatchObject([{ episode: `${before}`, count: 4n }])
  })

  it('are the same on another member that became master', () => {
    const lab = new LossLab()
    lab.poll(see(0n))
    const zeroAtMs = lab.atMs
    lab.poll(see(2n))
    expect(lab.poll(see(2n, 0n, 'a:1'))).toEqual([])
    const same = { broker: 'a:0', episode: `${zeroAtMs}`, count: 3n, evidence: { broker: 'a:1' } }
    expect(lab.poll(see(3n, 0n, 'a:1'))).toMatchObject([same])
  })

  it.each([
    ['with what the one before had deleted', 3n],
    ['without the last ones', 2n],
  ])('are the same on another that became master while the console was down, %s', (_, end) => {
    const lab = new LossLab()
    lab.poll(see(1n, 1n))
    const beforeMs = lab.atMs
    expect(lab.poll(see(3n, 1n))).toMatchObject([{ broker: 'a:0', count: 2n }])
    lab.restart()
    expect(lab.poll(see(end, 0n, 'a:1')).filter(({ kind }) => kind === 'transactionsAbandoned')).toEqual([])
    const same = { broker: 'a:0', episode: `${beforeMs}`, count: 4n, evidence: { broker: 'a:1' } }
    expect(lab.poll(see(5n, 0n, 'a:1'))).toMatchObject([same])
  })

  it('are others on a disk that was emptied', () => {
    const lab = new LossLab()
    lab.poll(see(9n, 8n))
    const before = lab.atMs
    const lost = lab.poll(see(2n)).filter(({ kind }) => kind === 'transactionsAbandoned')
    expect(lost).toMatchObject([{ episode: `${before}`, count: 2n }])
  })

  it('that a first poll finds were given up at an unknown time', () => {
    expect(new LossLab().poll(see(4n))).toMatchObject([{ episode: 'first', windowFromMs: null, count: 4n }])
  })
})

describe('a master that is away', () => {
  const MIB = 1024n * 1024n
  const member = (id: string, commitLogMaxOffset: bigint | null) => {
    const behindBytes = commitLogMaxOffset === null ? null : 5n * MIB - commitLogMaxOffset
    const replication = aReplication(id !== 'a:0', { commitLogMaxOffset, behindBytes })
    return aRocketmqBroker(id, { rocketmq: aRocketmqBrokerState({ brokerNumber: Number(id.at(-1)), replication }) })
  }
  const SEEN_AT_MS = NOW_MS + 15_000
  function away(...slaves: ClusterSnapshot['brokers']): LossLab {
    const lab = new LossLab()
    lab.poll(cluster([member('a:0', 5n * MIB), ...slaves]))
    lab.expectedBrokers = [{ id: 'a:0', host: 'h', port: 1, rack: null, role: 'SYNC_MASTER', lastSeenAtMs: SEEN_AT_MS }]
    return lab
  }
  const behind = member('a:1', 3n * MIB)
  const silent = member('a:1', null)

  it('for longer than a restart takes keeps what its slave lacks', () => {
    const lab = away(behind)
    expect(lab.poll(cluster([behind]))).toEqual([])
    lab.restart()
    expect(lab.poll(cluster([behind]), 6 * MINUTE_MS)).toEqual([
      {
        ...{ kind: 'replicaBehindAtFailover', topic: null, partition: null, broker: 'a:0', group: null },
        ...{ episode: `${SEEN_AT_MS}`, fromOffset: null, toOffset: null, count: null, countBound: 'lower' },
        ...{ windowFromMs: SEEN_AT_MS, windowToMs: SEEN_AT_MS, isAbandoned: false },
        evidence: { broker: 'a:0', address: 'h:1', replica: 'a:1', behindMiB: 2, awayMinutes: 6 },
      },
    ])
    expect(lab.poll(cluster([behind]))).toEqual([])
    lab.poll(cluster([member('a:0', 5n * MIB), behind]))
    expect(lab.memory.episodes.size).toBe(0)
  })

  describe('and is replaced by the slave that lacks some', () => {
    const led = (leader: string | null, ...ends: bigint[]) => ({
      topics: [
        aRocketmqTopic('orders', {
          partitions: ends.map((endOffset, queue) => aQueue('a', queue, { leader, endOffset, startOffset: 0n })),
        }),
      ],
    })
    const elected = { ...behind, role: 'SYNC_MASTER' as const }
    const back = { ...member('a:0', 4n * MIB), role: 'SLAVE' as const }

    it('is one entry, that now tells how many; what only brokers read is not counted', () => {
      const lab = away(behind)
      const own = (leader: string | null, endOffset: bigint) => [
        aRocketmqTopic('RMQ_SYS_TRANS_HALF_TOPIC', {
          internal: true,
          partitions: [aQueue('a', 0, { leader, endOffset })],
        }),
      ]
      lab.poll({
        ...cluster([member('a:0', 5n * MIB), behind]),
        topics: [...led('a:0', 100n, 50n).topics, ...own('a:0', 70n)],
      })
      lab.poll({ ...cluster([behind]), topics: [...led(null, 90n, 45n).topics, ...own(null, 60n)] }, 6 * MINUTE_MS)
      lab.restart()
      const one = { kind: 'replicaBehindAtFailover', topic: null, partition: null, broker: 'a:0' }
      const episode = `${SEEN_AT_MS}`
      const now = { ...cluster([elected]), topics: [...led('a:1', 90n, 45n).topics, ...own('a:1', 60n)] }
      expect(lab.poll(now)).toMatchObject([
        { ...one, episode, count: 15n, countBound: 'lower', evidence: { broker: 'a:0', replica: 'a:1', queues: 2 } },
      ])
      expect(lab.poll(now)).toEqual([])
    })

    it('is one entry also where queues are told one after the other', () => {
      const lab = away(behind)
      lab.poll({ ...cluster([member('a:0', 5n * MIB), behind]), ...led('a:0', 100n, 50n) })
      lab.poll({ ...cluster([behind]), ...led(null, 90n, 45n) }, 6 * MINUTE_MS)
      const [first] = led('a:1', 90n).topics
      const later = {
        ...cluster([elected]),
        topics: [
          { ...first, partitions: [...(first?.partitions ?? []), aQueue('a', 1, { leader: 'a:1', endOffset: null })] },
        ],
      } as Partial<ClusterSnapshot>
      expect(lab.poll(later)).toMatchObject([{ episode: `${SEEN_AT_MS}`, count: 10n }])
      expect(lab.poll({ ...cluster([elected]), ...led('a:1', 90n, 45n) })).toMatchObject([
        { episode: `${SEEN_AT_MS}`, count: 15n },
      ])
    })

    it('is an entry for each queue where it was not told before', () => {
      const lab = away(behind)
      lab.poll({ ...cluster([member('a:0', 5n * MIB), behind]), ...led('a:0', 100n, 50n) })
      lab.restart()
      const lost = lab.poll({ ...cluster([elected]), ...led('a:1', 90n, 45n) }, 10 * MINUTE_MS)
      expect(lost).toMatchObject([
        { kind: 'replicaBehindAtFailover', topic: 'orders', partition: 0, count: 10n },
        { kind: 'replicaBehindAtFailover', topic: 'orders', partition: 1, count: 5n },
      ])
    })

    it('is over when the old master is back, in whatever role', () => {
      const lab = away(behind)
      lab.poll({ ...cluster([member('a:0', 5n * MIB), behind]), ...led('a:0', 100n, 50n) })
      lab.poll({ ...cluster([behind]), ...led(null, 90n, 45n) }, 6 * MINUTE_MS)
      lab.poll({ ...cluster([elected]), ...led('a:1', 90n, 45n) })
      lab.poll({ ...cluster([elected, back]), ...led('a:1', 95n, 45n) })
      expect(lab.memory.episodes.size).toBe(0)
    })
  })

  it('keeps what a slave lacks that hung while the master ran, and is told once the slave tells', () => {
    const lab = away(silent)
    expect(lab.poll(cluster([silent]), 6 * MINUTE_MS)).toEqual([])
    const nearer = member('a:2', 4n * MIB)
    const evidence = { replica: 'a:2', behindMiB: 1 }
    expect(lab.poll(cluster([behind, nearer]))).toMatchObject([{ kind: 'replicaBehindAtFailover', evidence }])
  })

  test.each([
    ['its slave caught up after both were asked last', away(behind), cluster([member('a:1', 5n * MIB)])],
    ['one of its slaves does not tell', away(behind), cluster([behind, member('a:2', null)])],
    ['it is listed and silent', away(behind), cluster([aRocketmqBroker('a:0', { online: null }), behind])],
    ['it runs', away(behind), cluster([member('a:0', 5n * MIB), behind])],
    ['another was elected', away(behind), cluster([behind, aRocketmqBroker('a:2', { role: 'SYNC_MASTER' })])],
  ])('%s', (_, lab, later) => {
    expect(lab.poll(later, 10 * MINUTE_MS)).toEqual([])
  })
})
