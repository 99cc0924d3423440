import { describe, expect, it } from 'vitest'
import { LogTrail, slaveReplication } from '../../../lib/rocketmq/replication.ts'
import type { HaStatus } from '../../../lib/rocketmq/rocketmq-requests.ts'

const NOW_MS = 1_800_000_000_000
const KIB = 1024n

function log(max: bigint): ReadonlyMap<string, string> {
  return new Map([
    ['commitLogMinOffset', '0'],
    ['commitLogMaxOffset', String(max)],
  ])
}

/** What a 5.x master tells of its slaves: how far behind each connected one is. */
function master(max: bigint, ...slaveGapsBytes: bigint[]) {
  const ha: HaStatus = { isMaster: true, masterMaxOffset: max, slaveGapsBytes, lastReadAtMs: null }
  return { atMs: NOW_MS, runtime: log(max), ha }
}

function slave(max: bigint, lastReadAtMs: number | null = NOW_MS) {
  const ha: HaStatus = { isMaster: false, masterMaxOffset: null, slaveGapsBytes: [], lastReadAtMs }
  return { atMs: NOW_MS, runtime: log(max), ha }
}

/** 4.9 tells neither side's connections. */
function old(reading: ReturnType<typeof slave>) {
  return { ...reading, ha: null }
}

describe('a slave is in sync', () => {
  it.each([
    ['with everything', slave(1_000n), master(1_000n, 0n), 1, { inSync: true, behindBytes: 0n }],
    ['two batches behind', slave(0n), master(64n * KIB, 64n * KIB), 1, { inSync: true, behindBytes: 64n * KIB }],
    [
      'not a byte more behind',
      slave(0n),
      master(64n * KIB + 1n, 0n),
      1,
      { inSync: false, behindBytes: 64n * KIB + 1n },
    ],
    [
      'though it has passed what its master told earlier',
      slave(2_000n),
      master(1_000n, 0n),
      1,
      { inSync: true, behindBytes: 0n },
    ],
    ['not when the master has no connection', slave(1_000n), master(1_000n), 1, { inSync: false, behindBytes: 0n }],
    ['on 4.9 by its bytes', old(slave(1_000n)), old(master(1_000n)), 1, { inSync: true, behindBytes: 0n }],
    ['not on 4.9 when bytes lack', old(slave(0n)), old(master(65n * KIB)), 1, { inSync: false }],
    ['of two, when its own connection is alive', slave(1_000n), master(1_000n, 0n), 2, { inSync: true }],
    ['not of two, when its own is not', slave(1_000n, NOW_MS - 20_000), master(1_000n, 0n), 2, { inSync: false }],
    ['silent, when the master proves it', null, master(1_000n, 0n), 1, { inSync: true, behindBytes: null }],
    ['not silent, when the master has none connected', null, master(1_000n), 1, { inSync: false, behindBytes: null }],
    ['not silent, when the master tells of a gap', null, master(1_000n, 65n * KIB), 1, { inSync: false }],
    ['unknown, silent on 4.9', null, old(master(1_000n)), 1, { inSync: null, behindBytes: null }],
    [
      'unknown without a master',
      slave(1_000n),
      null,
      1,
      { inSync: null, behindBytes: null, commitLogMaxOffset: 1_000n },
    ],
  ])('%s', (_, ofSlave, ofMaster, slaves, expected) => {
    expect(slaveReplication(ofSlave, ofMaster, slaves, new LogTrail())).toMatchObject(expected)
  })
})

describe('how long a slave is behind', () => {
  function trail(...points: [agoMs: number, end: bigint][]): LogTrail {
    const made = new LogTrail()
    for (const [agoMs, end] of points) made.note(end, NOW_MS - agoMs)
    return made
  }

  it.each([
    ['nothing lacks', [], 5n, 0n, 0],
    [
      'since the master had what it has',
      [
        [3_000, 10n],
        [2_000, 20n],
        [1_000, 30n],
      ],
      20n,
      10n,
      2_000,
    ],
    [
      'within two polls',
      [
        [3_000, 10n],
        [2_000, 20n],
        [1_000, 30n],
      ],
      25n,
      5n,
      2_000,
    ],
    ['longer than anybody knows', [[3_000, 10n]], 5n, 5n, null],
    [
      'of another master’s log',
      [
        [3_000, 10n],
        [1_000, 2n],
      ],
      5n,
      1n,
      1_000,
    ],
  ] satisfies [string, [number, bigint][], bigint, bigint, number | null][])(
    '%s',
    (_, points, end, behindBytes, expected) => {
      expect(trail(...points).ageOf(end, behindBytes, NOW_MS)).toBe(expected)
    },
  )
})
