import { describe, expect, it } from 'vitest'
import type { RocketmqRuntime } from '../../../../lib/cluster/rocketmq-state.ts'
import type { BrokerState } from '../../../../lib/cluster/snapshot.ts'
import { StandingStills } from '../../../../lib/durability/rules/standing-stills.ts'
import { MINUTE_MS } from '../../../../lib/units.ts'
import { aConfiguredBroker, aRocketmqScene, aRuntime, outcomeOf } from '../../../builders/rocketmq.ts'
import { NOW_MS } from '../../../builders/snapshots.ts'

const MIB = 1024n * 1024n
const SLAVE = aConfiguredBroker('a:1')

function diskOf(usedRatio: number | null): Pick<BrokerState, 'logDirs'> {
  const unknown = { volume: null, totalBytes: null, usableBytes: null, logBytes: null, error: null }
  return { logDirs: [{ path: '/data/commitlog', ...unknown, usedRatio }] }
}

function seenOf(code: Parameters<typeof outcomeOf>[0], master: BrokerState): ReturnType<typeof outcomeOf> {
  return outcomeOf(code, aRocketmqScene({ brokers: [master, SLAVE] }))
}

const FORCED = { cleanFileForciblyEnable: 'true' }
const UNREAD = { config: null }

describe('a setting of a master', () => {
  it.each([
    ['forcedCleaning', 'on, room enough', FORCED, diskOf(0.5), 'info', { fromPercent: 85, usedPercent: 50 }],
    ['forcedCleaning', 'on, the mark is near', FORCED, diskOf(0.8), 'critical', { fromPercent: 85, usedPercent: 80 }],
    ['forcedCleaning', 'on, disk not known', FORCED, { logDirs: null }, 'info', { usedPercent: 'unknown' }],
    ['forcedCleaning', 'off', {}, diskOf(0.9), null, {}],
    [
      'transientStorePool',
      'on, asynchronous',
      { transientStorePoolEnable: 'true', flushDiskType: 'ASYNC_FLUSH' },
      {},
      'warning',
      {},
    ],
    ['transientStorePool', 'on, synchronous', { transientStorePoolEnable: 'true' }, {}, 'info', { broker: 'a:0' }],
    ['transientStorePool', 'off', {}, {}, null, {}],
    ['transientStorePool', 'not read', {}, UNREAD, 'unknown', {}],
    ['permission', 'reads only', { brokerPermission: '4' }, {}, 'warning', { broker: 'a:0', permission: 4 }],
    ['permission', 'writes only', { brokerPermission: '2' }, {}, 'warning', { permission: 2 }],
    ['permission', 'nothing', { brokerPermission: '0' }, {}, 'warning', { permission: 0 }],
    ['permission', 'both', { brokerPermission: '6' }, {}, null, {}],
    ['permission', 'both, with another bit', { brokerPermission: '7' }, {}, null, {}],
    ['permission', 'not told', { brokerPermission: undefined }, {}, 'unknown', {}],
    ['timerStopped', 'dequeue', { timerStopDequeue: 'true' }, {}, 'warning', { settings: 'timerStopDequeue' }],
    [
      'timerStopped',
      'both',
      { timerStopDequeue: 'true', timerStopEnqueue: 'true' },
      {},
      'warning',
      { settings: 'timerStopEnqueue, timerStopDequeue' },
    ],
    ['timerStopped', 'without a wheel', { timerStopDequeue: 'true', timerWheelEnable: 'false' }, {}, null, {}],
    ['timerStopped', 'in 4.9, which has none', { timerWheelEnable: undefined }, {}, null, {}],
    ['timerStopped', 'running', {}, {}, null, {}],
    ['timerStopped', 'not read', {}, UNREAD, 'unknown', {}],
    ['autoCreateTopics', 'on, one broker name', { autoCreateTopicEnable: 'true' }, {}, 'info', { broker: 'a:0' }],
    ['autoCreateTopics', 'off', {}, {}, null, {}],
    ['autoCreateTopics', 'not read', {}, UNREAD, 'unknown', {}],
  ] as const)('broker.%s: %s', (code, _, settings, over, severity, facts) => {
    const outcome = seenOf(`broker.${code}`, aConfiguredBroker('a:0', settings, {}, over as Partial<BrokerState>))
    if (severity === null || severity === 'unknown') expect(outcome).toEqual(severity ?? [])
    else expect(outcome).toMatchObject([{ at: 'a:0', severity, facts }])
  })

  it('whose disk marks are not known is not known', () => {
    expect(seenOf('broker.forcedCleaning', aConfiguredBroker('a:0', {}, { diskMarks: null }))).toBe('unknown')
  })

  it('a slave near the mark loses a copy only', () => {
    const slave = aConfiguredBroker('a:1', FORCED, {}, diskOf(0.84))
    const outcome = outcomeOf('broker.forcedCleaning', aRocketmqScene({ brokers: [aConfiguredBroker('a:0'), slave] }))
    expect(outcome).toMatchObject([{ at: 'a:1', severity: 'warning' }])
  })

  it('creating topics matters where there are several brokers', () => {
    const creating = { autoCreateTopicEnable: 'true' }
    const brokers = ['a:0', 'b:0'].map((id) => aConfiguredBroker(id, creating))
    const outcome = outcomeOf('broker.autoCreateTopics', aRocketmqScene({ brokers }))
    expect(outcome).toMatchObject([
      { at: 'a:0', severity: 'warning' },
      { at: 'b:0', severity: 'warning' },
    ])
  })

  it('of a broker that is gone nothing is known', () => {
    const expected = [{ id: 'a:0', host: 'h', port: 1, rack: null, role: 'SYNC_MASTER', lastSeenAtMs: 0 } as const]
    const scene = aRocketmqScene({ brokers: [SLAVE], expected })
    expect(outcomeOf('broker.transientStorePool', scene)).toBe('unknown')
  })
})

/** Outcomes of polls a minute apart. */
function watch(
  code: Parameters<typeof outcomeOf>[0],
  polls: Partial<RocketmqRuntime>[],
): ReturnType<typeof outcomeOf>[] {
  const stills = new StandingStills()
  return polls.map((runtime, poll) => {
    const master = aConfiguredBroker('a:0', {}, { runtime: aRuntime(runtime) })
    const slave = aConfiguredBroker('a:1', {}, { runtime: aRuntime({ putMessageFailures: 0n }) })
    const outcome = outcomeOf(
      code,
      aRocketmqScene({ brokers: [master, slave], stills, nowMs: NOW_MS + poll * MINUTE_MS }),
    )
    stills.sweep()
    return outcome
  })
}

describe('broker.flushBehind', () => {
  const behind = (mib: bigint): Partial<RocketmqRuntime> => ({ remainingToFlushBytes: mib * MIB })

  it.each([
    ['only for a moment', [behind(64n), behind(63n)], []],
    ['for a minute', [behind(64n), behind(70n)], [['warning', { broker: 'a:0', behindMiB: 70, minutes: 1 }]]],
    ['far, for two minutes', [behind(64n), behind(64n), behind(2_048n)], [['high', { behindMiB: 2_048, minutes: 2 }]]],
    ['again after it had caught up', [behind(64n), behind(0n), behind(64n)], []],
  ] as const)('%s', (_, polls, expected) => {
    expect(watch('broker.flushBehind', [...polls]).at(-1)).toMatchObject(
      expected.map(([severity, facts]) => ({ severity, facts })),
    )
  })

  it('is unknown where the broker does not tell', () => {
    expect(watch('broker.flushBehind', [{ remainingToFlushBytes: null }])).toEqual(['unknown'])
  })
})

describe('broker.putFailures', () => {
  const failed = (count: bigint): Partial<RocketmqRuntime> => ({ putMessageFailures: count })

  it.each([
    ['none', [failed(0n), failed(0n)], []],
    ['some before it was watched', [failed(7n), failed(7n)], [['info', { broker: 'a:0', failures: 7, recent: 'no' }]]],
    ['more than at the first poll', [failed(7n), failed(9n)], [['warning', { failures: 9, recent: 'yes' }]]],
    ['the first ones', [failed(0n), failed(1n)], [['warning', { failures: 1, recent: 'yes' }]]],
    [
      'no more for ten minutes',
      [failed(0n), ...Array.from({ length: 11 }, () => failed(1n))],
      [['info', { recent: 'no' }]],
    ],
  ] as const)('%s', (_, polls, expected) => {
    const outcome = watch('broker.putFailures', [...polls]).at(-1)
    expect(outcome).toMatchObject(expected.map(([severity, facts]) => ({ at: 'a:0', severity, facts })))
    expect(outcome).toHaveLength(expected.length)
  })

  it('is unknown where the broker does not tell', () => {
    expect(watch('broker.putFailures', [{ putMessageFailures: null }])).toEqual(['unknown'])
  })
})

describe('broker.vulnerableVersion', () => {
  it.each([
    ['5.5.0', []],
    ['5.3.0', []],
    ['5.2.0', ['2024-23321 5.3.0']],
    ['5.1.2', ['2024-23321 5.3.0']],
    ['5.1.1', ['2023-37582 5.1.2', '2024-23321 5.3.0']],
    ['5.1.0', ['2023-33246 5.1.2', '2023-37582 5.1.2', '2024-23321 5.3.0']],
    ['5.0.0', ['2023-33246 5.1.2', '2023-37582 5.1.2', '2024-23321 5.3.0']],
    ['4.9.7', ['2024-23321 5.3.0']],
    ['4.9.6', ['2023-37582 4.9.7', '2024-23321 5.3.0']],
    ['4.9.5', ['2023-33246 4.9.7', '2023-37582 4.9.7', '2024-23321 5.3.0']],
    ['4.6.1', ['2023-33246 4.9.7', '2023-37582 4.9.7', '2024-23321 5.3.0']],
    ['4.6.0', ['2023-33246 4.9.7', '2023-37582 4.9.7', '2024-23321 5.3.0', '2019-17572 4.6.1']],
    ['5.3.4.SNAPSHOT', []],
  ] as const)('%s', (version, expected) => {
    const severityOf = (year: string): string => (year === '2023' ? 'high' : 'warning')
    expect(seenOf('broker.vulnerableVersion', aConfiguredBroker('a:0', {}, {}, { version }))).toEqual(
      expected.map((text) => {
        const [number = '', fixedIn] = text.split(' ')
        const cve = `CVE-${number}`
        return {
          ...{ at: 'a:0', severity: severityOf(number.slice(0, 4)), part: cve },
          facts: { broker: 'a:0', version, cve, fixedIn, address: 'localhost:10911' },
        }
      }),
    )
  })

  it.each([null, 'HIGHER_VERSION'])('%s is unknown', (version) => {
    expect(seenOf('broker.vulnerableVersion', aConfiguredBroker('a:0', {}, {}, { version }))).toBe('unknown')
  })
})

describe('broker.noAuthentication', () => {
  it.each([
    ['neither', { authenticationEnabled: 'false' }, 'warning'],
    ['ACL 1.0', { authenticationEnabled: undefined, aclEnable: 'true' }, null],
    ['ACL 2.0', { authenticationEnabled: 'true', aclEnable: undefined }, null],
    ['4.9 without', { authenticationEnabled: undefined, aclEnable: 'false' }, 'warning'],
    ['not told', { authenticationEnabled: undefined, aclEnable: undefined }, 'unknown'],
  ] as const)('%s', (_, settings, severity) => {
    const outcome = seenOf('broker.noAuthentication', aConfiguredBroker('a:0', settings))
    if (severity === 'warning') expect(outcome).toMatchObject([{ at: 'a:0', severity, facts: { broker: 'a:0' } }])
    else expect(outcome).toEqual(severity ?? [])
  })
})
