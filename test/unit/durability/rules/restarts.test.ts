import { describe, expect, it } from 'vitest'
import { Restarts } from '../../../../lib/durability/rules/restarts.ts'
import { MINUTE_MS } from '../../../../lib/units.ts'
import { aRocketmqBrokerState } from '../../../builders/rocketmq.ts'
import { NOW_MS } from '../../../builders/snapshots.ts'

type Seen = Parameters<Restarts['note']>[0]

interface Minute {
  /** Brokers that do not answer. */
  away?: string[]
  /** In sync on the one partition, which is on all three; null: nobody tells. */
  isr?: string[] | null
  /** Null: none of them was ever seen. */
  lastSeen?: null
  /** Of broker 3. */
  hasFailedDisk?: true
}

/** Of three brokers of Kafka, which may be restarting after each of these minutes. */
function overMinutes(...minutes: Minute[]): string[] {
  const restarts = new Restarts()
  const lastSeen = new Map<string, number>()
  return minutes.map(({ away = [], isr = ['1', '2', '3'], ...more }, minute) => {
    const nowMs = NOW_MS + minute * MINUTE_MS
    for (const id of ['1', '2', '3']) if (!away.includes(id)) lastSeen.set(id, nowMs)
    const brokers = ['1', '2', '3'].map((id) => ({
      ...{ id, online: !away.includes(id), rocketmq: null },
      logDirs: [{ error: null }, { error: id === '3' && more.hasFailedDisk ? {} : null }],
      lastSeenAtMs: more.lastSeen === null ? null : (lastSeen.get(id) ?? null),
    }))
    return [...restarts.note({ brokers, topics: [onAllThree(isr)], nowMs })].join(' ')
  })
}

function onAllThree(isr: string[] | null): Seen['topics'][number] {
  return { partitions: [{ broker: null, replicas: ['1', '2', '3'], isr }] }
}

const WELL: Minute = {}
const AWAY: Minute = { away: ['3'], isr: ['1', '2'] }
const LACKS: Minute = { isr: ['1', '2'] }

describe('a broker of Kafka may be restarting', () => {
  it.each<[string, Minute[], string[]]>([
    ['not while it is there and in sync', [WELL, WELL], ['', '']],
    ['from when it goes until it is in sync again', [WELL, AWAY, LACKS, WELL], ['', '3', '3', '']],
    [
      'for five minutes since it was there and in sync',
      [WELL, ...Array(6).fill(AWAY)],
      ['', ...'3333'.split(''), '', ''],
    ],
    [
      'no longer when it comes back and goes again before it has caught up',
      [WELL, AWAY, LACKS, AWAY, LACKS, AWAY, LACKS],
      ['', '3', '3', '3', '3', '', ''],
    ],
    [
      'anew when it goes again after it had caught up',
      [WELL, AWAY, AWAY, AWAY, WELL, AWAY, AWAY, AWAY],
      ['', '3', '3', '3', '', '3', '3', '3'],
    ],
    ['when it hands over its copies before it goes', [WELL, LACKS], ['', '3']],
    ['not when a disk of it failed', [WELL, { ...LACKS, hasFailedDisk: true }], ['', '']],
    ['not when it was never seen in sync', [LACKS, LACKS], ['', '']],
    ['not when it was never seen', [{ ...AWAY, lastSeen: null }], ['']],
    ['as all may, where nobody tells who is in sync', [WELL, { isr: null }], ['', '1 2 3']],
  ])('%s', (_, minutes, expected) => {
    expect(overMinutes(...minutes)).toEqual(expected)
  })
})

it('a slave of RocketMQ that hangs back while it runs does not restart, and one that went does', () => {
  const restarts = new Restarts()
  const members = (isThere: boolean) =>
    ['a:0', 'a:1'].map((id) => ({
      ...{ id, online: id === 'a:0' || isThere, lastSeenAtMs: NOW_MS, rocketmq: aRocketmqBrokerState() },
      logDirs: null,
    }))
  const queue = (isr: string[]) => ({ partitions: [{ broker: 'a', replicas: ['a:0', 'a:1'], isr }] })
  const note = (minute: number, isThere: boolean, isr: string[]) => [
    ...restarts.note({ brokers: members(isThere), topics: [queue(isr)], nowMs: NOW_MS + minute * MINUTE_MS }),
  ]
  expect(note(0, true, ['a:0', 'a:1'])).toEqual([])
  expect(note(1, true, ['a:0'])).toEqual([])
  expect(note(2, false, ['a:0'])).toEqual(['a:1'])
})
