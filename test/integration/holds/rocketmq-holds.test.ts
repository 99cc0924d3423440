/**
 * The reserved time of a real master and its slave is held and given back, by consoles that are killed at any moment, beside
 * people who change it, and while a broker is down. What brokers say is read by RocketMQ's own tool.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { CLAIM_MS } from '../../../lib/holds/hold-keeper.ts'
import { createHoldStore } from '../../../lib/holds/hold-store.ts'
import { askedSettings, planHold } from '../../../lib/holds/plan-hold.ts'
import { RocketmqBrokerSettings } from '../../../lib/rocketmq/rocketmq-broker-settings.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { HELD_HOURS } from '../../builders/holds.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig } from '../../servers/rocketmq-polls.ts'
import { configTable } from '../../servers/rocketmq-tools.ts'
import { Consoles, Life } from './lives.ts'

const MEMBERS = ['broker-a:0', 'broker-a:1']
const [MASTER, SLAVE] = MEMBERS.map((member) => `${member} fileReservedTime`) as [string, string]
const TOPIC = { system: 'rocketmq', internal: false, brokers: MEMBERS } as const
const BEFORE = ['71', '47']
const HELD = [HELD_HOURS, HELD_HOURS]
/** As a person sets them by another tool. */
const THEIRS = '23'
const END_MS = NOW_MS + HOUR_MS

const folder = mkdtempSync(join(tmpdir(), 'holdfast-broker-holds-'))
const signal = (): AbortSignal => AbortSignal.timeout(60_000)

let cluster: RocketmqTestCluster
let settings: RocketmqBrokerSettings
let database: Database
let consoles: Consoles

beforeAll(async () => {
  const [master, slave] = BEFORE.map((fileReservedTime = '') => ({ fileReservedTime, deleteWhen: '05' }))
  cluster = await startRocketmqCluster({ brokerConfig: master ?? {}, slaveConfig: slave ?? {} })
  settings = new RocketmqBrokerSettings(rocketmqConfig(cluster, { readOnly: false }))
  database = await openDatabase(`file:${join(folder, 'holdfast.db')}`)
  consoles = new Consoles(database, settings, TOPIC)
})

afterAll(async () => {
  await Promise.allSettled([settings?.close(), database?.close()])
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function told(id: number): Promise<Record<string, string>> {
  return configTable(await cluster.mqadmin('getBrokerConfig', ['-b', cluster.broker('broker-a', id).address]))
}

const hours = (): Promise<(string | undefined)[]> =>
  Promise.all([0, 1].map(async (id) => (await told(id)).fileReservedTime))

async function setByHand(id: number, value: string): Promise<void> {
  const { address } = cluster.broker('broker-a', id)
  await cluster.mqadmin('updateBrokerConfig', ['-b', address, '-k', 'fileReservedTime', '-v', value])
}

const reset = async (): Promise<void> => {
  for (const id of [0, 1]) await setByHand(id, BEFORE[id] ?? '')
}

/** Begun by a console, and seen to be in effect. */
async function held(clusterId: string): Promise<void> {
  await consoles.hold(new Life(), clusterId, 'orders')
  expect(await consoles.newestOf(clusterId, 'orders')).toMatchObject({ state: 'active', fault: null })
  expect(await hours()).toEqual(HELD)
}

beforeEach(reset)

test('hours of master and slave are read and changed, each by itself, and nothing else is', async () => {
  const before = await Promise.all([told(0), told(1)])
  const read = await settings.read('orders', askedSettings(TOPIC), signal())
  expect(read.unanswered).toEqual([])
  expect(read.settings.map(({ name, override }) => [name, override])).toEqual([
    [MASTER, BEFORE[0]],
    ['broker-a:0 enableDLegerCommitLog', 'false'],
    [SLAVE, BEFORE[1]],
    ['broker-a:1 enableDLegerCommitLog', 'false'],
  ])
  const plan = planHold(TOPIC, read.settings)
  await settings.change(
    'orders',
    plan.settings.map(({ name, held: override }) => ({ name, override })),
    signal(),
  )
  const raised = before.map((table) => ({ ...table, fileReservedTime: HELD_HOURS }))
  expect(await Promise.all([told(0), told(1)])).toEqual(raised)
  await settings.change('orders', [{ name: SLAVE, override: '47' }], signal())
  expect(await hours()).toEqual([HELD_HOURS, '47'])
})

test('what was there before comes back to each broker, also to one that was started anew meanwhile', async () => {
  await held('plain')
  const slave = cluster.broker('broker-a', 1)
  await slave.kill()
  await slave.start()
  await cluster.waitForBrokers()
  expect(await hours()).toEqual(HELD)
  await consoles.work(new Life(), 'plain', END_MS)
  expect(await hours()).toEqual(BEFORE)
  expect(await consoles.newestOf('plain', 'orders')).toMatchObject({ state: 'released', outcome: 'restored' })
  expect(await consoles.endsOf('plain')).toEqual(['released'])
})

describe('a console that is killed', () => {
  // RocketMQ's own tool takes a second for each look: it has the last word, and the others are the console's own.
  const seen = async (): Promise<(string | null)[]> =>
    (await settings.read('any', [MASTER, SLAVE], signal())).settings.map(({ override }) => override)
  const set = (...changes: [name: string, override: string][]): Promise<void> =>
    settings.change(
      'any',
      changes.map(([name, override]) => ({ name, override })),
      signal(),
    )
  const isHeld = async (): Promise<void> => expect(await seen()).toEqual(HELD)

  test('restores what was there before, once, whenever that was', async () => {
    let steps = 0
    for (; await consoles.liveAndDie('killed', steps, { held: isHeld }); steps += 1) {
      expect(await seen(), `killed at ${steps}`).toEqual(BEFORE)
      const left = await consoles.newestOf(`killed-${steps}`, 'killed')
      // Killed before it was written down, it never was.
      const [ended, ends] = left === null ? [null, []] : [{ state: 'released', outcome: 'restored' }, ['released']]
      if (ended !== null) expect(left, `killed at ${steps}`).toMatchObject(ended)
      expect(await consoles.endsOf(`killed-${steps}`), `killed at ${steps}`).toEqual(ends)
    }
    expect(steps).toBeGreaterThan(20)
    expect(await hours()).toEqual(BEFORE)
  })

  test('never overwrites what somebody has set meanwhile', async () => {
    const meanwhile = (): Promise<void> => set([SLAVE, THEIRS])
    for (let steps = 0; ; steps += 1) {
      await set([MASTER, BEFORE[0] ?? ''], [SLAVE, BEFORE[1] ?? ''])
      if (!(await consoles.liveAndDie('changed', steps, { held: isHeld, meanwhile }))) break
      expect(await seen(), `killed at ${steps}`).toEqual([BEFORE[0], THEIRS])
      const left = await consoles.newestOf(`changed-${steps}`, 'changed')
      if (left === null) continue
      // Killed behind its end, it had ended before somebody came.
      expect(['conflict', 'released'], `killed at ${steps}`).toContain(left.state)
      const found = left.settings.map(({ foundInstead }) => foundInstead?.override ?? null)
      expect(found).toEqual(left.state === 'conflict' ? [null, THEIRS] : [null, null])
    }
  })

  test('leaves alone what another tool has set on one broker, and gives back the other', async () => {
    await held('theirs')
    await setByHand(1, THEIRS)
    await consoles.work(new Life(), 'theirs', END_MS)
    expect(await hours()).toEqual([BEFORE[0], THEIRS])
    const left = await consoles.newestOf('theirs', 'orders')
    expect(left).toMatchObject({ state: 'conflict', outcome: 'changedMeanwhile' })
  })

  test('between two brokers is followed by one that goes on with the other', async () => {
    const read = await settings.read('half', askedSettings(TOPIC), signal())
    const wanted = { ...{ clusterId: 'half', topic: 'half', topicId: null, reason: 'why', createdBy: 'ana' } }
    const times = { createdAtMs: NOW_MS, untilAtMs: END_MS }
    const plan = planHold(TOPIC, read.settings)
    await createHoldStore(database).create({ ...wanted, ...times, settings: plan.settings }, NOW_MS + CLAIM_MS)
    await set([MASTER, HELD_HOURS])
    await consoles.work(new Life(), 'half', NOW_MS + CLAIM_MS)
    expect(await hours()).toEqual(HELD)
    expect(await consoles.newestOf('half', 'half')).toMatchObject({ state: 'active' })
    await set([MASTER, BEFORE[0] ?? ''])
    await consoles.work(new Life(), 'half', END_MS)
    expect(await hours()).toEqual(BEFORE)
    expect(await consoles.newestOf('half', 'half')).toMatchObject({ state: 'released', outcome: 'restored' })
  })
})

test('a broker that is down when the hold ends gets back its hours when it is there again, the other one at once', async () => {
  await held('down')
  const slave = cluster.broker('broker-a', 1)
  await slave.kill()
  await cluster.waitForBrokers()
  await consoles.work(new Life(), 'down', END_MS)
  expect((await told(0)).fileReservedTime).toBe(BEFORE[0])
  const waiting = await consoles.newestOf('down', 'orders')
  expect(waiting).toMatchObject({ state: 'releasing', failures: 1, fault: { code: 'brokerNotListed' } })
  expect(waiting?.fault?.facts).toEqual({ broker: 'broker-a:1' })
  await slave.start()
  await cluster.waitForBrokers()
  // Its file says what the hold has set.
  expect(await hours()).toEqual([BEFORE[0], HELD_HOURS])
  await consoles.work(new Life(), 'down', END_MS + MINUTE_MS)
  expect(await hours()).toEqual(BEFORE)
  expect(await consoles.newestOf('down', 'orders')).toMatchObject({ state: 'released', failures: 0, fault: null })
})

test('a broker that hangs when the hold ends is not waited for', async () => {
  await held('hangs')
  const slave = cluster.broker('broker-a', 1)
  process.kill(slave.pid as number, 'SIGSTOP')
  try {
    await consoles.work(new Life(), 'hangs', END_MS)
    expect((await told(0)).fileReservedTime).toBe(BEFORE[0])
    const hung = { state: 'releasing', fault: { code: 'requestTimeout' } }
    expect(await consoles.newestOf('hangs', 'orders')).toMatchObject(hung)
  } finally {
    process.kill(slave.pid as number, 'SIGCONT')
  }
  await cluster.waitForBrokers()
  await consoles.work(new Life(), 'hangs', END_MS + 2 * MINUTE_MS)
  expect(await hours()).toEqual(BEFORE)
  expect(await consoles.newestOf('hangs', 'orders')).toMatchObject({ state: 'released' })
})

test('a hold is begun on no broker while one of them is down', async () => {
  const slave = cluster.broker('broker-a', 1)
  const read = await settings.read('early', askedSettings(TOPIC), signal())
  const plan = planHold(TOPIC, read.settings)
  await slave.kill()
  await cluster.waitForBrokers()
  const wanted = { ...{ clusterId: 'early', topic: 'early', topicId: null, reason: 'why', createdBy: 'ana' } }
  const times = { createdAtMs: NOW_MS, untilAtMs: END_MS }
  await createHoldStore(database).create({ ...wanted, ...times, settings: plan.settings }, NOW_MS + CLAIM_MS)
  await consoles.work(new Life(), 'early', NOW_MS + CLAIM_MS)
  expect((await told(0)).fileReservedTime).toBe(BEFORE[0])
  expect(await consoles.newestOf('early', 'early')).toMatchObject({ state: 'planned', failures: 1 })
  await slave.start()
  await cluster.waitForBrokers()
  await consoles.work(new Life(), 'early', NOW_MS + 2 * CLAIM_MS)
  expect(await hours()).toEqual(HELD)
  await consoles.work(new Life(), 'early', END_MS)
  expect(await hours()).toEqual(BEFORE)
})

test('4.9 takes it from an administrator, and refuses it for good to anybody else', async () => {
  const guarded = await startRocketmqCluster({ version: '4.9.7', acl: true, slaves: 0 })
  const { superUser = null, readOnlyUser = null } = guarded.credentials ?? {}
  const change = async (acl: typeof superUser): Promise<unknown> => {
    const access = new RocketmqBrokerSettings(rocketmqConfig(guarded, { acl }))
    try {
      await access.change('orders', [{ name: MASTER, override: HELD_HOURS }], signal())
      const { settings: read } = await access.read('orders', [MASTER], signal())
      return read[0]?.override
    } catch (error) {
      return error
    } finally {
      await access.close()
    }
  }
  try {
    expect(await change(readOnlyUser)).toMatchObject({ fault: { code: 'authorizationFailed' }, retriable: false })
    const target = ['-b', guarded.broker('broker-a').address]
    expect(configTable(await guarded.mqadmin('getBrokerConfig', target)).fileReservedTime).toBe('72')
    expect(await change(superUser)).toBe(HELD_HOURS)
    expect(configTable(await guarded.mqadmin('getBrokerConfig', target)).fileReservedTime).toBe(HELD_HOURS)
  } finally {
    await guarded.stop()
  }
})
