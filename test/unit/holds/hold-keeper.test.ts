import { beforeEach, describe, expect, test } from 'vitest'
import { type FaultCode, fault } from '../../../lib/cluster/fault.ts'
import { MessageAccessError } from '../../../lib/cluster/messages.ts'
import { advanceHold } from '../../../lib/holds/hold-keeper.ts'
import type { HoldChange, StoredHold } from '../../../lib/holds/hold-store.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import {
  aBrokerHold,
  aHold,
  BROKER_HOURS,
  HELD_HOURS,
  type MemorySettings,
  memorySettings,
} from '../../builders/holds.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

const HELD = { 'retention.ms': '-1', 'retention.bytes': '-1' }
const failure = (code: FaultCode, retriable: boolean) => new MessageAccessError(fault(code), retriable)

let cluster: MemorySettings
let nowMs: number
let changes: HoldChange[]
let audited: string[]
let isStolen: boolean

beforeEach(() => {
  cluster = memorySettings({ 'retention.bytes': '5000' })
  nowMs = NOW_MS
  changes = []
  audited = []
  isStolen = false
})

function stored(over: Partial<StoredHold> = {}): StoredHold {
  return {
    ...aHold(),
    ...{ id: 'h', state: 'planned', activeAtMs: null, releasedBy: null, endedAtMs: null, outcome: null },
    ...{ revision: 1, claimedUntilMs: NOW_MS + MINUTE_MS, lookAtMs: NOW_MS, failures: 0, fault: null },
    ...over,
  }
}

function advance(hold: StoredHold, readOnly = false): Promise<StoredHold | null> {
  const store = {
    change: async (seen: StoredHold, change: HoldChange) => {
      if (isStolen) return null
      changes.push(change)
      return { ...seen, claimedUntilMs: null, ...change, revision: seen.revision + 1 } as StoredHold
    },
  }
  const auditOf = ({ state }: { state: string }) => {
    audited.push(state)
    return {} as never
  }
  const options = { store, now: () => nowMs, auditOf }
  return advanceHold(hold, { settings: cluster, readOnly }, options, AbortSignal.timeout(60_000))
}

const overrides = (): object => Object.fromEntries(cluster.overrides)

describe('a planned hold', () => {
  test('is set, seen to be in effect, and looked at again at its end', async () => {
    const held = await advance(stored())
    expect(held).toMatchObject({ state: 'active', activeAtMs: NOW_MS, lookAtMs: NOW_MS + HOUR_MS, fault: null })
    expect(held).toMatchObject({ outcome: null, endedAtMs: null, claimedUntilMs: null })
    expect(overrides()).toEqual(HELD)
    expect(changes[0]).toEqual({ state: 'planned', claimedUntilMs: NOW_MS + MINUTE_MS })
    expect(audited).toEqual(['active'])
  })

  test('that the cluster refuses is over', async () => {
    cluster.next.change = failure('authorizationFailed', false)
    const ended = { state: 'failed', outcome: 'refused', endedAtMs: NOW_MS, lookAtMs: null }
    expect(await advance(stored())).toMatchObject({ ...ended, fault: { code: 'authorizationFailed' } })
    expect(audited).toEqual(['failed'])
  })

  test('whose change is in doubt is left alone for as long as it may be under way', async () => {
    cluster.next.change = failure('requestTimeout', true)
    const end = NOW_MS + MINUTE_MS
    expect(await advance(stored())).toMatchObject({ state: 'planned', failures: 1, claimedUntilMs: end, lookAtMs: end })
    expect(audited).toEqual([])
  })

  test('that somebody was faster than ends in a conflict that names what was found', async () => {
    cluster.overrides.set('retention.ms', '1000')
    const found = [{ override: '1000' }, null]
    const ended = await advance(stored())
    expect(ended).toMatchObject({ state: 'conflict', outcome: 'changedFirst', lookAtMs: null, endedAtMs: NOW_MS })
    expect(ended?.settings.map(({ foundInstead }) => foundInstead)).toEqual(found)
    expect(cluster.made).toEqual([])
  })

  test('changes nothing once somebody else has claimed it', async () => {
    isStolen = true
    expect(await advance(stored())).toBeNull()
    expect(cluster.made).toEqual([])
  })
})

describe('at its end', () => {
  beforeEach(() => {
    cluster = memorySettings(HELD)
    nowMs = NOW_MS + HOUR_MS
  })
  const active = (over: Partial<StoredHold> = {}) => stored({ state: 'active', activeAtMs: NOW_MS, ...over })

  test('a hold gives back what was there: a value, and none', async () => {
    const released = { state: 'released', outcome: 'restored', endedAtMs: nowMs, lookAtMs: null }
    expect(await advance(active())).toMatchObject(released)
    expect(overrides()).toEqual({ 'retention.bytes': '5000' })
    expect(changes[0]).toEqual({ state: 'releasing', claimedUntilMs: nowMs + MINUTE_MS })
    expect(audited).toEqual(['released'])
  })

  test('what somebody changed is left alone, and the rest is given back', async () => {
    cluster.overrides.set('retention.bytes', '77')
    const ended = await advance(active())
    expect(ended).toMatchObject({ state: 'conflict', outcome: 'changedMeanwhile' })
    expect(ended?.settings.map(({ foundInstead }) => foundInstead)).toEqual([null, { override: '77' }])
    expect(overrides()).toEqual({ 'retention.bytes': '77' })
  })

  test('nothing is changed on a cluster that is read-only by now, and it is tried again', async () => {
    const waiting = { state: 'active', failures: 1, fault: { code: 'clusterReadOnly' }, lookAtMs: nowMs + 5_000 }
    expect(await advance(active(), true)).toMatchObject(waiting)
    expect(cluster.made).toEqual([])
    // A person did it by hand.
    cluster = memorySettings({ 'retention.bytes': '5000' })
    expect(await advance(active(), true)).toMatchObject({ state: 'released', outcome: 'restored' })
  })

  test.each([
    ['cannot be read', 'read', 'noBrokers', true, null],
    ['refuses it, as where a right is missing', 'change', 'authorizationFailed', false, null],
    ['does not answer', 'change', 'requestTimeout', true, MINUTE_MS],
  ] as const)('a cluster that %s is asked again and again', async (_, call, code, retriable, claimMs) => {
    cluster.next[call] = failure(code, retriable)
    const claimedUntilMs = claimMs === null ? null : nowMs + claimMs
    const state = call === 'read' ? 'active' : 'releasing'
    const again = await advance(active({ failures: 2 }))
    expect(again).toMatchObject({ state, failures: 3, fault: { code }, claimedUntilMs })
    expect(again?.lookAtMs).toBe(nowMs + (claimMs ?? 20_000))
    expect(await advance(again as StoredHold)).toMatchObject({ state: 'released', failures: 0, fault: null })
  })

  test('the pause between tries has an end', async () => {
    cluster.next.read = failure('noBrokers', true)
    expect(await advance(active({ failures: 400 }))).toMatchObject({ lookAtMs: nowMs + 5 * MINUTE_MS })
  })

  test('a topic is gone when it was seen to be so several times', async () => {
    cluster.topicId = null
    let hold: StoredHold | null = active()
    for (const failures of [1, 2]) {
      hold = hold && (await advance(hold))
      expect(hold).toMatchObject({ state: 'active', failures, fault: { code: 'topicDeleted' } })
    }
    expect(hold && (await advance(hold))).toMatchObject({ state: 'released', outcome: 'topicDeleted', fault: null })
  })

  test('a topic that was created anew keeps its own settings', async () => {
    cluster.topicId = 'another'
    expect(await advance(active())).toMatchObject({ state: 'released', outcome: 'topicRecreated' })
    expect(overrides()).toEqual(HELD)
  })

  test('what is no fault of the cluster is thrown', async () => {
    cluster.read = async () => {
      throw new TypeError('a mistake')
    }
    await expect(advance(active())).rejects.toThrow('a mistake')
  })
})

test('one in a conflict is closed when somebody has repaired it, and its end stays when it was', async () => {
  const conflict = stored({ state: 'conflict', outcome: 'changedMeanwhile', endedAtMs: NOW_MS - 9, lookAtMs: null })
  cluster.overrides.set('retention.ms', '1000')
  const found = await advance(conflict)
  expect(found).toMatchObject({ state: 'conflict', outcome: 'changedMeanwhile', lookAtMs: null, endedAtMs: NOW_MS - 9 })
  expect(found?.settings[0]?.foundInstead).toEqual({ override: '1000' })
  cluster.overrides.delete('retention.ms')
  expect(await advance(conflict)).toMatchObject({ state: 'released', outcome: 'restored', endedAtMs: NOW_MS - 9 })
  expect(cluster.made).toEqual([])
})

describe('a hold of brokers', () => {
  const [MASTER, SLAVE] = Object.keys(BROKER_HOURS) as [string, string]
  const HELD_BROKERS = { [MASTER]: HELD_HOURS, [SLAVE]: HELD_HOURS }
  const given = (over: Partial<StoredHold> = {}): StoredHold => stored({ ...aBrokerHold(), ...over })
  const active = (): StoredHold => given({ state: 'active', activeAtMs: NOW_MS })

  beforeEach(() => {
    cluster = memorySettings(BROKER_HOURS)
    // The topic is gone: its brokers are not.
    cluster.topicId = null
  })

  test('is set on all of them, and each gets back its own', async () => {
    expect(await advance(given())).toMatchObject({ state: 'active', fault: null })
    expect(overrides()).toEqual(HELD_BROKERS)
    nowMs = NOW_MS + HOUR_MS
    expect(await advance(active())).toMatchObject({ state: 'released', outcome: 'restored' })
    expect(overrides()).toEqual(BROKER_HOURS)
  })

  test('is begun on none while one of them does not answer', async () => {
    cluster.silent.add('a:1')
    const waiting = { state: 'planned', failures: 1, fault: { code: 'brokerNotListed', facts: { broker: 'a:1' } } }
    expect(await advance(given())).toMatchObject({ ...waiting, lookAtMs: NOW_MS + 5_000, claimedUntilMs: null })
    expect(overrides()).toEqual(BROKER_HOURS)
  })

  test('of which one has done it goes on with the other', async () => {
    cluster.overrides.set(MASTER, HELD_HOURS)
    expect(await advance(given())).toMatchObject({ state: 'active' })
    expect(cluster.made).toEqual([[{ name: SLAVE, override: HELD_HOURS }]])
  })

  test('of which one has done it, and the other refuses, is given back', async () => {
    cluster.overrides.set(MASTER, HELD_HOURS)
    cluster.next.change = failure('authorizationFailed', false)
    const refused = await advance(given())
    expect(refused).toMatchObject({ state: 'releasing', endedAtMs: null, fault: { code: 'authorizationFailed' } })
    expect(refused?.lookAtMs).toBe(NOW_MS + 5_000)
    expect(await advance(refused as StoredHold)).toMatchObject({ state: 'released', outcome: 'restored' })
    expect(overrides()).toEqual(BROKER_HOURS)
  })

  test('that all refuse is over', async () => {
    cluster.next.change = failure('authorizationFailed', false)
    expect(await advance(given())).toMatchObject({ state: 'failed', outcome: 'refused' })
  })

  test('gives back to those that answer, and waits for the others', async () => {
    for (const name of [MASTER, SLAVE]) cluster.overrides.set(name, HELD_HOURS)
    cluster.silent.add('a:0')
    nowMs = NOW_MS + HOUR_MS
    const waiting = await advance(active())
    expect(waiting).toMatchObject({ state: 'releasing', failures: 1, fault: { code: 'brokerNotListed' } })
    expect(overrides()).toEqual({ [MASTER]: HELD_HOURS, [SLAVE]: '48' })
    cluster.silent.clear()
    expect(await advance(waiting as StoredHold)).toMatchObject({ state: 'released', fault: null })
    expect(overrides()).toEqual(BROKER_HOURS)
  })
})
