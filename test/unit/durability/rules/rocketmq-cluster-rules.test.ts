import { describe, expect, it } from 'vitest'
import type { RocketmqSyncStateSet } from '../../../../lib/cluster/rocketmq-state.ts'
import type { BrokerState, FactStatus } from '../../../../lib/cluster/snapshot.ts'
import { Judge } from '../../../../lib/durability/judge.ts'
import type { ExpectedBroker } from '../../../../lib/durability/observe-brokers.ts'
import { Restarts } from '../../../../lib/durability/rules/restarts.ts'
import { StandingStills } from '../../../../lib/durability/rules/standing-stills.ts'
import { MINUTE_MS } from '../../../../lib/units.ts'
import {
  aConfiguredBroker,
  aQueue,
  aRocketmqGroup,
  aRocketmqScene,
  aRocketmqSnapshot,
  aRocketmqTopic,
  outcomeOf,
  type RocketmqSceneParts,
} from '../../../builders/rocketmq.ts'
import { NOW_MS } from '../../../builders/snapshots.ts'

function gone(id: string, minutesAgo: number, role: ExpectedBroker['role'] = 'SYNC_MASTER'): ExpectedBroker {
  return { id, host: 'h', port: 10_911, rack: null, role, lastSeenAtMs: NOW_MS - minutesAgo * MINUTE_MS }
}

const SLAVE = aConfiguredBroker('a:1')
const SILENT = { online: null, fault: { code: 'requestTimeout', facts: {} } } as const

describe('broker.masterMissing', () => {
  it.each([
    ['away for a restart', [SLAVE], [gone('a:0', 4)], [['a:0', 'warning', { name: 'a', slaves: 1, minutes: 4 }]]],
    [
      'away for longer, a slave serves',
      [SLAVE],
      [gone('a:0', 5)],
      [['a:0', 'high', { broker: 'a:0', slaves: 1, minutes: 5 }]],
    ],
    [
      'away for a restart, and another one takes messages',
      [SLAVE, aConfiguredBroker('b:0')],
      [gone('a:0', 4)],
      [['a:0', 'info', { name: 'a', slaves: 1 }]],
    ],
    [
      'away for a restart with its slave',
      [aConfiguredBroker('b:0')],
      [gone('a:0', 4), gone('a:1', 4, 'SLAVE')],
      [['a:0', 'warning', { slaves: 0 }]],
    ],
    ['away with its slave', [], [gone('a:0', 5), gone('a:1', 5, 'SLAVE')], [['a:0', 'critical', { slaves: 0 }]]],
    ['never seen', [SLAVE], [], [['a:1', 'high', { name: 'a', slaves: 1, minutes: 'unknown' }]]],
    [
      'another one took over',
      [aConfiguredBroker('a:2', { brokerRole: 'SYNC_MASTER' }, {}, { role: 'SYNC_MASTER' })],
      [gone('a:1', 60)],
      [],
    ],
    ['there', [aConfiguredBroker('a:0'), SLAVE], [], []],
    [
      'of one of two',
      [aConfiguredBroker('a:0'), aConfiguredBroker('b:1')],
      [gone('b:0', 9)],
      [['b:0', 'high', { name: 'b' }]],
    ],
  ] as const)('%s', (_, brokers, expected, hits) => {
    const outcome = outcomeOf(
      'broker.masterMissing',
      aRocketmqScene({ brokers: [...brokers], expected: [...expected] }),
    )
    expect(outcome).toMatchObject(hits.map(([at, severity, facts]) => ({ at, severity, facts })))
    expect(outcome).toHaveLength(hits.length)
  })

  it('is unknown while a master is listed and silent', () => {
    const brokers = [aConfiguredBroker('a:0', {}, {}, SILENT), SLAVE]
    expect(outcomeOf('broker.masterMissing', aRocketmqScene({ brokers }))).toBe('unknown')
  })
})

describe('queues of a master that restarts', () => {
  const MASTERLESS = [0, 1].map((queue) =>
    aQueue('a', queue, { leader: null, replicas: ['a:1'], isr: [], offlineReplicas: [], minIsr: null }),
  )
  const ELSEWHERE = [0, 1].map((queue) => aQueue('b', queue))
  const OTHERS = [SLAVE, aConfiguredBroker('b:0'), aConfiguredBroker('b:1')]

  it.each([
    ['writers go to another broker', [...MASTERLESS, ...ELSEWHERE], {}, gone('a:0', 4), 'info'],
    ['they do so for longer than a restart', [...MASTERLESS, ...ELSEWHERE], {}, gone('a:0', 5), 'critical'],
    ['they have no other', MASTERLESS, {}, gone('a:0', 4), 'critical'],
    ['of the broker itself', MASTERLESS, { internal: true }, gone('a:0', 4), 'info'],
    [
      'the other broker takes nothing either',
      [...MASTERLESS, aQueue('b', 0, { isr: ['b:0'] })],
      {},
      gone('a:0', 4),
      'critical',
    ],
  ] as const)('%s', (_, partitions, over, expected, severity) => {
    const topics = [aRocketmqTopic('orders', { partitions: [...partitions], ...over })]
    const outcome = outcomeOf('partition.offline', aRocketmqScene({ brokers: OTHERS, topics, expected: [expected] }))
    expect(outcome).toMatchObject([{ at: 'orders', severity }])
  })

  it('count as gone while a slave is away that does not restart', () => {
    const topics = [aRocketmqTopic('orders', { partitions: [...MASTERLESS, ...ELSEWHERE] })]
    const expected = [gone('a:0', 1), gone('a:2', 60, 'SLAVE')]
    const outcome = outcomeOf('partition.offline', aRocketmqScene({ brokers: OTHERS, topics, expected }))
    expect(outcome).toMatchObject([{ severity: 'critical' }])
  })

  it('are written by one copy less until the slaves are connected anew', () => {
    const restarts = new Restarts()
    const notYet = [aQueue('a', 0, { isr: ['a:0'] }), ...ELSEWHERE]
    const at = (minutes: number, over: RocketmqSceneParts): RocketmqSceneParts => ({
      ...{ restarts, nowMs: NOW_MS + minutes * MINUTE_MS, brokers: [aConfiguredBroker('a:0'), ...OTHERS] },
      ...over,
    })
    const severityAfter = (parts: RocketmqSceneParts): unknown =>
      outcomeOf('partition.underMinIsr', aRocketmqScene(parts))
    const topics = [aRocketmqTopic('orders', { partitions: notYet })]
    aRocketmqScene(at(0, { brokers: OTHERS, expected: [gone('a:0', 1)], topics }))
    expect(severityAfter(at(1, { topics }))).toMatchObject([{ severity: 'info' }])
    expect(severityAfter(at(4, { topics }))).toMatchObject([{ severity: 'high' }])
  })
})

describe('group.transactionsAbandoned', () => {
  it.each([
    ['two', 2n, [{ at: 'a:0', severity: 'critical', facts: { broker: 'a:0', count: 2, address: 'localhost:10911' } }]],
    ['none', 0n, []],
    ['not known', null, 'unknown'],
  ] as const)('%s', (_, givenUpHalfMessages, expected) => {
    const brokers = [aConfiguredBroker('a:0', {}, { givenUpHalfMessages }), SLAVE]
    const outcome = outcomeOf('group.transactionsAbandoned', aRocketmqScene({ brokers }))
    if (expected === 'unknown') expect(outcome).toBe(expected)
    else expect(outcome).toEqual(expected)
  })
})

const CONTROLLED = { enableControllerMode: 'true', allAckInSyncStateSet: 'true' }
const WHOLE: RocketmqSyncStateSet = {
  ...{ controllerLeader: '10.0.0.9:9878', master: 1, masterEpoch: 1, epoch: 1 },
  ...{ inSync: [1, 2], notInSync: [] },
}

function controlled(set: Partial<RocketmqSyncStateSet> | null, settings: Record<string, string> = {}): BrokerState[] {
  const syncStateSet = set && { ...WHOLE, ...set }
  const master = { ...CONTROLLED, brokerRole: 'SYNC_MASTER', ...settings }
  return [
    aConfiguredBroker('a:1', master, { syncStateSet }, { role: 'SYNC_MASTER' }),
    aConfiguredBroker('a:2', CONTROLLED, { syncStateSet }),
  ]
}

function factsOf(faultCount: number): FactStatus[] {
  return [{ kind: 'syncStateSets', paceMs: null, lastReadAtMs: null, faults: [], faultCount }]
}

/** The last of two polls so many minutes apart. */
function later(
  code: Parameters<typeof outcomeOf>[0],
  minutes: number,
  parts: RocketmqSceneParts,
): ReturnType<typeof outcomeOf> {
  const stills = new StandingStills()
  outcomeOf(code, aRocketmqScene({ ...parts, stills }))
  return outcomeOf(code, aRocketmqScene({ ...parts, stills, nowMs: NOW_MS + minutes * MINUTE_MS }))
}

describe('controller.noLeader', () => {
  const leaderless = controlled({ controllerLeader: null })

  it.each([
    ['an election', leaderless, 0, 4, ['warning', { minutes: 4 }]],
    ['for longer', leaderless, 0, 5, ['high', { minutes: 5 }]],
    ['since the first poll', controlled(null), 0, 5, ['high', { minutes: 5 }]],
    ['some controller is silent', leaderless, 1, 5, 'unknown'],
    ['it leads', controlled({}), 0, 5, null],
    ['nobody elects', [aConfiguredBroker('a:0'), SLAVE], 0, 5, null],
    ['settings are not read', [aConfiguredBroker('a:0', {}, {}, { config: null })], 0, 5, 'unknown'],
  ] as const)('%s', (_, brokers, faultCount, minutes, expected) => {
    const outcome = later('controller.noLeader', minutes, { brokers: [...brokers], facts: factsOf(faultCount) })
    if (expected === null || expected === 'unknown') expect(outcome).toEqual(expected ?? [])
    else expect(outcome).toMatchObject([{ at: '', severity: expected[0], facts: expected[1] }])
  })
})

describe('controller.replicaNotInSync', () => {
  const out = { inSync: [1], notInSync: [2] }
  const facts = { broker: 'a:1', name: 'a', members: '2', count: 1, inSync: 1, least: 1 }

  it.each([
    ['a restart', controlled(out), 4, ['warning', facts]],
    ['the master is alone for longer', controlled(out), 5, ['high', facts]],
    ['others are left', controlled({ inSync: [1, 3], notInSync: [2] }), 5, ['warning', { inSync: 2 }]],
    [
      'others are left, and all are needed',
      controlled({ inSync: [1, 3], notInSync: [2] }, { minInSyncReplicas: '2' }),
      5,
      ['high', { least: 2 }],
    ],
    ['all are in', controlled({}), 5, null],
    ['nobody elects', [aConfiguredBroker('a:0'), SLAVE], 5, null],
    ['told before the controllers lost their leader', controlled({ ...out, controllerLeader: null }), 5, 'unknown'],
    ['not read', controlled(null), 5, 'unknown'],
  ] as const)('%s', (_, brokers, minutes, expected) => {
    const outcome = later('controller.replicaNotInSync', minutes, { brokers: [...brokers] })
    if (expected === null || expected === 'unknown') expect(outcome).toEqual(expected ?? [])
    else expect(outcome).toMatchObject([{ at: 'a:1', severity: expected[0], facts: expected[1] }])
  })
})

describe('nameServer.single', () => {
  const one = {
    address: 'n:1',
    online: true,
    fault: null,
    brokers: [],
    topicCount: 0,
    missingBrokers: [],
    missingTopicCount: 0,
  } as const
  const server = (address: string): NonNullable<RocketmqSceneParts['nameServers']>[number] => ({
    ...one,
    address,
    brokers: [],
    missingBrokers: [],
  })
  const pair = [aConfiguredBroker('a:0'), SLAVE]

  it.each([
    ['one', [server('n:1')], pair, [{ at: '', severity: 'warning', facts: { address: 'n:1' } }]],
    ['one, a developer’s', [server('n:1')], [aConfiguredBroker('a:0')], [{ severity: 'info' }]],
    ['two', [server('n:1'), server('n:2')], pair, []],
  ])('%s', (_, nameServers, brokers, expected) => {
    const outcome = outcomeOf('nameServer.single', aRocketmqScene({ nameServers, brokers }))
    expect(outcome).toMatchObject(expected)
    expect(outcome).toHaveLength(expected.length)
  })

  it('is unknown when nobody told of them', () => {
    expect(outcomeOf('nameServer.single', aRocketmqScene({ nameServers: null }))).toBe('unknown')
  })
})

describe('all rules together', () => {
  const severitiesOf = (parts: RocketmqSceneParts): Record<string, string> => {
    const { findings } = new Judge().judge(aRocketmqScene(parts))
    return Object.fromEntries(
      findings.map(({ code, severity, subject }) => [`${code} ${subject.name}`.trim(), severity]),
    )
  }
  const topics = [aRocketmqTopic('orders', { partitions: [], rocketmq: { deadLetterGroup: null, brokers: [] } })]
  const asDelivered = {
    ...{ flushDiskType: 'ASYNC_FLUSH', authenticationEnabled: 'false', autoCreateTopicEnable: 'true' },
    ...{ cleanFileForciblyEnable: 'true', enableSlaveActingMaster: 'false' },
  }

  it('find nothing but what the settings leave open in a healthy pair with one NameServer', () => {
    const brokers = ['a:0', 'a:1'].map((id) => aConfiguredBroker(id, asDelivered))
    const nameServers = (aRocketmqSnapshot().nameServers ?? []).slice(0, 1)
    expect(severitiesOf({ brokers, topics, groups: [aRocketmqGroup({ partitions: [] })], nameServers })).toEqual({
      'broker.asyncFlush a:0': 'info',
      'group.consumeFromLast billing': 'info',
      'broker.noAutomaticFailover a:0': 'info',
      'broker.forcedCleaning a:0': 'info',
      'broker.forcedCleaning a:1': 'info',
      'broker.autoCreateTopics a:0': 'info',
      'broker.noAuthentication a:0': 'warning',
      'broker.noAuthentication a:1': 'warning',
      'nameServer.single': 'warning',
    })
  })

  it('warn of no more while its slave restarts', () => {
    const found = severitiesOf({
      brokers: [aConfiguredBroker('a:0', asDelivered)],
      ...{ topics, expected: [gone('a:1', 2, 'SLAVE')] },
    })
    expect(found).toMatchObject({ 'broker.missing a:1': 'info', 'broker.asyncFlush a:0': 'info' })
    expect(Object.values(found)).not.toContain('high')
    expect(Object.values(found)).not.toContain('critical')
  })

  it('warn of no more while its master restarts', () => {
    const brokers = [aConfiguredBroker('a:1', asDelivered, { replication: null })]
    const found = severitiesOf({ brokers, topics, expected: [gone('a:0', 2)] })
    expect(found).toMatchObject({ 'broker.masterMissing a:0': 'warning', 'broker.missing a:0': 'info' })
    expect(Object.values(found)).not.toContain('high')
    expect(Object.values(found)).not.toContain('critical')
  })
})
