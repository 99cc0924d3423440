import { describe, expect, it } from 'vitest'
import type { RocketmqBrokerState, RocketmqReplication } from '../../../../lib/cluster/rocketmq-state.ts'
import type { BrokerState } from '../../../../lib/cluster/snapshot.ts'
import { StandingStills } from '../../../../lib/durability/rules/standing-stills.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../lib/units.ts'
import {
  aConfiguredBroker,
  aReplication,
  aRocketmqScene,
  aRuntime,
  outcomeOf,
  type PlacedHit,
} from '../../../builders/rocketmq.ts'
import { NOW_MS } from '../../../builders/snapshots.ts'

type Settings = Record<string, string | undefined>
type Code = Parameters<typeof outcomeOf>[0]
type Expected = 'unknown' | null | readonly [severity: PlacedHit['severity'], facts: PlacedHit['facts']]

function expectOutcome(outcome: ReturnType<typeof outcomeOf> | undefined, expected: Expected, at = 'a:0'): void {
  if (expected === null) expect(outcome).toEqual([])
  else if (expected === 'unknown') expect(outcome).toBe('unknown')
  else expect(outcome).toMatchObject([{ at, severity: expected[0], facts: expected[1] }])
}

function slaveOf(replication: Partial<RocketmqReplication> = {}, over: Partial<BrokerState> = {}): BrokerState {
  return aConfiguredBroker('a:1', {}, { replication: aReplication(true, replication) }, over)
}

const IN_SYNC = slaveOf()
const BEHIND = slaveOf({ inSync: false })
const NOT_SEEN = slaveOf({ inSync: null })
const ASYNC = { flushDiskType: 'ASYNC_FLUSH' }
const ONE = { inSyncReplicas: '1' }
const FOR_SET = { ...ASYNC, inSyncReplicas: '1', enableControllerMode: 'true', allAckInSyncStateSet: 'true' }

describe('broker.asyncFlush', () => {
  it.each<[string, Settings, BrokerState[], Expected]>([
    ['synchronous', {}, [BEHIND], null],
    ['a slave has it too', ASYNC, [IN_SYNC], ['info', { broker: 'a:0', copy: 'slave' }]],
    ['one of two slaves has it too', ASYNC, [BEHIND, aConfiguredBroker('a:2')], ['info', { copy: 'slave' }]],
    ['the sync-state set has it too', FOR_SET, [IN_SYNC], ['info', { copy: 'slave' }]],
    ['nobody is waited for', { ...ASYNC, ...ONE }, [IN_SYNC], ['critical', { broker: 'a:0', copy: 'none' }]],
    ['asynchronous master', { ...ASYNC, brokerRole: 'ASYNC_MASTER' }, [IN_SYNC], ['critical', { copy: 'none' }]],
    ['a developer has one broker', { ...ASYNC, ...ONE }, [], ['warning', { copy: 'none' }]],
    ['4.9 waits for a slave', { ...ASYNC, inSyncReplicas: undefined }, [IN_SYNC], ['info', { copy: 'slave' }]],
    ['its slave may be restarting', ASYNC, [BEHIND], ['warning', { copy: 'away' }]],
    ['it waits for slaves and has none', ASYNC, [], ['critical', { copy: 'away' }]],
    ['nobody knows how far the slave is', ASYNC, [NOT_SEEN], 'unknown'],
    ['a quorum confirms', { ...ASYNC, enableDLegerCommitLog: 'true' }, [IN_SYNC], 'unknown'],
    ['flushing is not known', { flushDiskType: undefined }, [IN_SYNC], 'unknown'],
    ['the role is not known', { ...ASYNC, brokerRole: undefined }, [IN_SYNC], 'unknown'],
  ])('%s', (_, settings, slaves, expected) => {
    const scene = aRocketmqScene({ brokers: [aConfiguredBroker('a:0', settings), ...slaves] })
    expectOutcome(outcomeOf('broker.asyncFlush', scene), expected)
  })

  it.each<[string, number, Expected]>([
    ['for less than a restart takes', 4, ['warning', { copy: 'away' }]],
    ['for longer', 5, ['critical', { copy: 'away' }]],
  ])('no slave in sync %s', (_, minutes, expected) => {
    const stills = new StandingStills()
    const brokers = [aConfiguredBroker('a:0', ASYNC), BEHIND]
    outcomeOf('broker.asyncFlush', aRocketmqScene({ brokers, stills }))
    const later = aRocketmqScene({ brokers, stills, nowMs: NOW_MS + minutes * MINUTE_MS })
    expectOutcome(outcomeOf('broker.asyncFlush', later), expected)
  })
})

describe('the settings of a master', () => {
  const ACTING = { enableSlaveActingMaster: 'true' }
  const ALONE = { enableSlaveActingMaster: 'false' }
  const LOWERING = { enableAutoInSyncReplicas: 'true' }

  it.each<[Code, string, Settings, BrokerState[], Expected]>([
    ['broker.asyncMaster', 'asynchronous', { brokerRole: 'ASYNC_MASTER' }, [IN_SYNC], ['warning', { broker: 'a:0' }]],
    ['broker.asyncMaster', 'asynchronous, alone', { brokerRole: 'ASYNC_MASTER' }, [], null],
    ['broker.asyncMaster', 'synchronous', {}, [IN_SYNC], null],
    [
      'broker.asyncMaster',
      'a quorum',
      { brokerRole: 'ASYNC_MASTER', enableDLegerCommitLog: 'true' },
      [IN_SYNC],
      'unknown',
    ],
    ['broker.syncMasterInNameOnly', 'one', ONE, [IN_SYNC], ['critical', { broker: 'a:0', replicas: 1 }]],
    ['broker.syncMasterInNameOnly', 'one, alone', ONE, [], ['info', { replicas: 1 }]],
    ['broker.syncMasterInNameOnly', 'two', {}, [IN_SYNC], null],
    ['broker.syncMasterInNameOnly', '4.9', { inSyncReplicas: undefined }, [IN_SYNC], null],
    ['broker.syncMasterInNameOnly', 'asynchronous', { ...ONE, brokerRole: 'ASYNC_MASTER' }, [IN_SYNC], null],
    ['broker.syncMasterInNameOnly', 'waits for the set', FOR_SET, [IN_SYNC], null],
    ['broker.syncMasterInNameOnly', 'another program copies', { duplicationEnable: 'true' }, [IN_SYNC], 'unknown'],
    ['broker.syncMasterInNameOnly', 'not known', { brokerRole: undefined }, [IN_SYNC], 'unknown'],
    ['broker.minInSyncReplicasOne', 'acting masters', ACTING, [IN_SYNC], null],
    ['broker.minInSyncReplicasOne', 'one', FOR_SET, [IN_SYNC], ['warning', { broker: 'a:0', least: 1 }]],
    ['broker.minInSyncReplicasOne', 'two', { ...FOR_SET, minInSyncReplicas: '2' }, [IN_SYNC], null],
    ['broker.minInSyncReplicasOne', 'plain', ALONE, [IN_SYNC], null],
    ['broker.minInSyncReplicasOne', 'alone', FOR_SET, [], null],
    ['broker.minInSyncReplicasOne', 'not told', { ...FOR_SET, minInSyncReplicas: undefined }, [IN_SYNC], 'unknown'],
    [
      'broker.autoInSyncReplicas',
      'lowers',
      { ...ACTING, ...LOWERING },
      [IN_SYNC],
      ['warning', { least: 1, used: 'yes' }],
    ],
    ['broker.autoInSyncReplicas', 'unused', { ...ALONE, ...LOWERING }, [IN_SYNC], ['info', { used: 'no' }]],
    ['broker.autoInSyncReplicas', 'to two', { ...LOWERING, minInSyncReplicas: '2' }, [IN_SYNC], null],
    ['broker.autoInSyncReplicas', 'off', {}, [IN_SYNC], null],
    ['broker.noSlave', 'none', {}, [aConfiguredBroker('b:0'), aConfiguredBroker('b:1')], ['high', { broker: 'a:0' }]],
    ['broker.noSlave', 'a developer’s', {}, [], ['info', { broker: 'a:0' }]],
    ['broker.noSlave', 'one', {}, [IN_SYNC], null],
    ['broker.noAutomaticFailover', 'plain', ALONE, [IN_SYNC], ['info', { broker: 'a:0' }]],
    ['broker.noAutomaticFailover', 'acting masters', ACTING, [IN_SYNC], null],
    ['broker.noAutomaticFailover', 'controllers', { ...ALONE, enableControllerMode: 'true' }, [IN_SYNC], null],
    ['broker.noAutomaticFailover', 'alone', ALONE, [], null],
  ])('%s: %s', (code, _, settings, others, expected) => {
    const scene = aRocketmqScene({ brokers: [aConfiguredBroker('a:0', settings), ...others] })
    expectOutcome(outcomeOf(code, scene), expected)
  })

  it.each<Code>([
    'broker.asyncMaster',
    'broker.syncMasterInNameOnly',
    'broker.minInSyncReplicasOne',
    'broker.autoInSyncReplicas',
    'broker.noAutomaticFailover',
  ])('%s is unknown while they are not read', (code) => {
    const silent = aConfiguredBroker('a:0', {}, { minIsr: null, flushDiskType: null }, { config: null })
    expect(outcomeOf(code, aRocketmqScene({ brokers: [silent, IN_SYNC] }))).toBe('unknown')
  })

  it('a slave that is gone and expected is no missing one', () => {
    const expected = [{ id: 'a:1', host: 'h', port: 1, rack: null, role: 'SLAVE', lastSeenAtMs: 0 } as const]
    const scene = aRocketmqScene({ brokers: [aConfiguredBroker('a:0')], expected })
    expect(outcomeOf('broker.noSlave', scene)).toEqual([])
  })

  it('a master that is gone tells nothing of its slaves', () => {
    const expected = [{ id: 'a:0', host: 'h', port: 1, rack: null, role: 'SYNC_MASTER', lastSeenAtMs: 0 } as const]
    expect(outcomeOf('broker.noSlave', aRocketmqScene({ brokers: [], expected }))).toBe('unknown')
  })
})

const MIB = 1024n * 1024n
const YOUNG = { runtime: aRuntime({ bootAtMs: NOW_MS - MINUTE_MS }) }
const OLD = { runtime: aRuntime({ bootAtMs: NOW_MS - HOUR_MS }) }

describe('broker.slaveBehind', () => {
  it.each<[string, Partial<RocketmqReplication>, Partial<RocketmqBrokerState>, Expected]>([
    ['what is on the way', { behindBytes: 65_536n, behindMs: HOUR_MS }, OLD, null],
    ['much, for a moment', { behindBytes: 300n * MIB, behindMs: 29 * SECOND_MS }, OLD, null],
    [
      'for a while',
      { behindBytes: 65_537n, behindMs: 42_000 },
      OLD,
      ['warning', { broker: 'a:1', behindMiB: 1, behindSeconds: 42 }],
    ],
    [
      'for long',
      { behindBytes: 80n * MIB, behindMs: 6 * MINUTE_MS },
      OLD,
      ['high', { behindMiB: 80, behindSeconds: 360 }],
    ],
    [
      'for long, just restarted',
      { behindBytes: 80n * MIB, behindMs: 6 * MINUTE_MS },
      YOUNG,
      ['warning', { behindSeconds: 360 }],
    ],
    [
      'much, nobody knows how long',
      { behindBytes: 64n * MIB, behindMs: null },
      OLD,
      ['warning', { behindSeconds: 'unknown' }],
    ],
    ['some, nobody knows how long', { behindBytes: MIB, behindMs: null }, OLD, 'unknown'],
    ['nobody knows', { behindBytes: null, behindMs: null }, OLD, 'unknown'],
  ])('%s', (_, replication, state, expected) => {
    const slave = aConfiguredBroker('a:1', {}, { ...state, replication: aReplication(true, replication) })
    expectOutcome(
      outcomeOf('broker.slaveBehind', aRocketmqScene({ brokers: [aConfiguredBroker('a:0'), slave] })),
      expected,
      'a:1',
    )
  })

  it('is unknown while the replication is not read', () => {
    const brokers = [aConfiguredBroker('a:0'), aConfiguredBroker('a:1', {}, { replication: null })]
    expect(outcomeOf('broker.slaveBehind', aRocketmqScene({ brokers }))).toBe('unknown')
  })
})

describe('broker.slaveStuck', () => {
  const at = (
    end: bigint,
    behindBytes: bigint,
    more: Partial<RocketmqReplication> = {},
  ): Partial<RocketmqReplication> => ({
    ...{ commitLogMaxOffset: end, behindBytes },
    ...more,
  })
  const heard = (secondsAgo: number): Partial<RocketmqReplication> => ({
    lastReadAtMs: NOW_MS + MINUTE_MS - secondsAgo * SECOND_MS,
  })

  /** Two polls a minute apart. */
  it.each<[string, Partial<RocketmqReplication>, Partial<RocketmqReplication>, Partial<RocketmqBrokerState>, Expected]>(
    [
      [
        'it stands and lacks something',
        at(5n, 1n),
        at(5n, MIB),
        OLD,
        ['high', { broker: 'a:1', behindMiB: 1, stuckSeconds: 60 }],
      ],
      ['it moves and lacks something', at(5n, 9n), at(6n, 9n), OLD, null],
      ['nobody writes', at(5n, 0n), at(5n, 0n), OLD, null],
      ['the first bytes for long are on the way', at(5n, 0n), at(5n, 9n), OLD, null],
      ['it hears its master', at(5n, 0n), at(5n, 0n, heard(5)), OLD, null],
      [
        'it heard nothing for long',
        at(5n, 0n),
        at(5n, 0n, heard(61)),
        OLD,
        ['warning', { behindMiB: 0, stuckSeconds: 61 }],
      ],
      ['it heard nothing and lacks something', at(5n, 9n), at(6n, 9n, heard(90)), OLD, ['high', { stuckSeconds: 90 }]],
      ['somebody has just restarted', at(5n, 9n), at(5n, 9n), YOUNG, ['warning', { stuckSeconds: 60 }]],
      ['what it lacks is not known', at(5n, 9n), { commitLogMaxOffset: 5n, behindBytes: null }, OLD, 'unknown'],
      ['its end is not known', at(5n, 9n), { commitLogMaxOffset: null, behindBytes: 9n }, OLD, 'unknown'],
    ],
  )('%s', (_, before, now, state, expected) => {
    const stills = new StandingStills()
    const outcomes = [before, now].map((replication, poll) => {
      const slave = aConfiguredBroker('a:1', {}, { ...state, replication: aReplication(true, replication) })
      const brokers = [aConfiguredBroker('a:0', {}, OLD), slave]
      const scene = aRocketmqScene({ brokers, stills, nowMs: NOW_MS + poll * MINUTE_MS })
      return outcomeOf('broker.slaveStuck', scene)
    })
    expectOutcome(outcomes.at(-1), expected, 'a:1')
  })
})

describe('what a slave copies beside the log', () => {
  const COPY = { readAtMs: 0, missingTopics: 0, missingGroups: 0, missingOffsets: 0, staleOffsets: 0 }

  it.each<[Code, string, Partial<typeof COPY> | null, number, Expected]>([
    [
      'broker.slaveMissingOffsets',
      'none there',
      { missingOffsets: 8 },
      3,
      ['warning', { broker: 'a:1', missing: 8, stale: 0 }],
    ],
    ['broker.slaveMissingOffsets', 'old ones', { staleOffsets: 2 }, 3, ['warning', { missing: 0, stale: 2 }]],
    ['broker.slaveMissingOffsets', 'not yet', { missingOffsets: 8 }, 2, null],
    ['broker.slaveMissingOffsets', 'all there', {}, 3, null],
    ['broker.slaveMissingOffsets', 'not read', null, 3, 'unknown'],
    [
      'broker.slaveMissingTopics',
      'topics',
      { missingTopics: 1 },
      3,
      ['warning', { broker: 'a:1', topics: 1, groups: 0 }],
    ],
    ['broker.slaveMissingTopics', 'groups', { missingGroups: 4 }, 3, ['warning', { topics: 0, groups: 4 }]],
    ['broker.slaveMissingTopics', 'not yet', { missingTopics: 1 }, 2, null],
    ['broker.slaveMissingTopics', 'all there', {}, 3, null],
    ['broker.slaveMissingTopics', 'not read', null, 3, 'unknown'],
  ])('%s: %s', (code, _, copy, minutes, expected) => {
    const stills = new StandingStills()
    const slave = aConfiguredBroker('a:1', {}, { slaveCopy: copy && { ...COPY, ...copy } })
    const brokers = [aConfiguredBroker('a:0'), slave]
    outcomeOf(code, aRocketmqScene({ brokers, stills }))
    const later = aRocketmqScene({ brokers, stills, nowMs: NOW_MS + minutes * MINUTE_MS })
    expectOutcome(outcomeOf(code, later), expected, 'a:1')
  })
})

describe('broker.replicaSettingsDiffer', () => {
  const outcome = (slave: Settings, over: Partial<BrokerState> = {}): ReturnType<typeof outcomeOf> =>
    outcomeOf(
      'broker.replicaSettingsDiffer',
      aRocketmqScene({ brokers: [aConfiguredBroker('a:0'), aConfiguredBroker('a:1', slave, {}, over)] }),
    )
  const facts = { broker: 'a:1', master: 'a:0' }

  it.each<[string, Settings, Expected]>([
    ['the same', {}, null],
    ['not told by its version', { maxMessageSize: undefined }, null],
    [
      'shorter',
      { fileReservedTime: '48' },
      ['high', { ...facts, setting: 'fileReservedTime', slaveValue: '48', masterValue: '72' }],
    ],
    ['longer', { fileReservedTime: '96' }, ['warning', { slaveValue: '96', masterValue: '72' }]],
    [
      'flushing',
      { flushDiskType: 'ASYNC_FLUSH' },
      ['warning', { setting: 'flushDiskType', slaveValue: 'ASYNC_FLUSH' }],
    ],
    ['the role, of course', { brokerRole: 'SLAVE' }, null],
  ])('%s', (_, slave, expected) => expectOutcome(outcome(slave), expected, 'a:1'))

  it('tells each setting apart', () => {
    const found = outcome({ flushDiskType: 'ASYNC_FLUSH', cleanFileForciblyEnable: 'true' })
    expect(found).toMatchObject([{ part: 'flushDiskType' }, { part: 'cleanFileForciblyEnable' }])
  })

  it('is unknown without the settings of both', () => {
    expect(outcome({}, { config: null })).toBe('unknown')
    expect(outcomeOf('broker.replicaSettingsDiffer', aRocketmqScene({ brokers: [IN_SYNC] }))).toBe('unknown')
  })
})
