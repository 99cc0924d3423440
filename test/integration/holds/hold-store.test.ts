import { expect, test } from 'vitest'
import { type AuditRecord, createAuditLog } from '../../../lib/audit/audit-log.ts'
import { fault } from '../../../lib/cluster/fault.ts'
import { createHoldStore } from '../../../lib/holds/hold-store.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { aBrokerHold, aHold } from '../../builders/holds.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { onBothDatabases } from '../db/databases.ts'

const CLAIMED_MS = NOW_MS + 60_000
const ENDED = { state: 'released', outcome: 'restored', endedAtMs: NOW_MS + 9, lookAtMs: null } as const

onBothDatabases('holds', ({ open }) => {
  test('are given back as they were written, the one that is open before any other', async () => {
    const store = createHoldStore(await open())
    expect(await store.newestOf('live', 'orders')).toBeNull()
    const made = await store.create(aHold({ topic: '主题', topicId: null }), CLAIMED_MS)
    expect(made).toEqual({
      ...aHold({ topic: '主题', topicId: null }),
      ...{ id: made.id, state: 'planned', activeAtMs: null, releasedBy: null, endedAtMs: null, outcome: null },
      ...{ revision: 0, claimedUntilMs: CLAIMED_MS, lookAtMs: NOW_MS, failures: 0, fault: null },
    })
    expect(await store.get(made.id)).toEqual(made)
    expect(await store.newestOf('live', '主题')).toEqual(made)
    const settings = made.settings.map((setting) => ({ ...setting, foundInstead: { override: null } }))
    const trouble = { fault: fault('requestTimeout', { broker: 1 }), failures: 2 }
    const changed = await store.change(made, { state: 'active', activeAtMs: NOW_MS + 1, settings, ...trouble })
    expect(changed).toMatchObject({ state: 'active', revision: 1, claimedUntilMs: null, settings, ...trouble })
    expect(await store.get(made.id)).toEqual(changed)
    const ended = changed && (await store.change(changed, { ...ENDED, fault: null }))
    expect(await store.get(made.id)).toEqual(ended)
    expect(ended?.fault).toBeNull()
  })

  test('are one for each topic while they are open', async () => {
    const store = createHoldStore(await open())
    const first = await store.create(aHold(), CLAIMED_MS)
    await expect(store.create(aHold(), CLAIMED_MS)).rejects.toMatchObject({ code: 'hold_exists' })
    await store.create(aHold({ clusterId: 'other' }), CLAIMED_MS)
    await store.create(aHold({ topic: 'pay' }), CLAIMED_MS)
    await store.change(first, ENDED)
    const second = await store.create(aHold({ createdAtMs: NOW_MS + 5 }), CLAIMED_MS)
    expect((await store.newestOf('live', 'orders'))?.id).toBe(second.id)
    await store.change(second, { ...ENDED, state: 'conflict', outcome: 'changedMeanwhile' })
    expect(await store.newestOf('live', 'orders')).toMatchObject({ id: second.id, state: 'conflict' })
  })

  test('never share a broker while they are open', async () => {
    const store = createHoldStore(await open())
    const first = await store.create(aBrokerHold(), CLAIMED_MS)
    const [, slaveOnly] = first.settings
    const pay = aBrokerHold({ topic: 'pay', settings: slaveOnly === undefined ? [] : [slaveOnly] })
    const held = { code: 'hold_broker_held', facts: { cluster: 'live', topic: 'pay', broker: 'a:1', held: 'orders' } }
    await expect(store.create(pay, CLAIMED_MS)).rejects.toMatchObject(held)
    expect(await store.newestOf('live', 'pay')).toBeNull()
    await expect(store.create(aBrokerHold(), CLAIMED_MS)).rejects.toMatchObject({ code: 'hold_exists' })
    await store.create({ ...pay, clusterId: 'other' }, CLAIMED_MS)
    await store.create(aHold({ topic: 'own' }), CLAIMED_MS)
    await store.change(first, { ...ENDED, state: 'conflict', outcome: 'changedMeanwhile' })
    expect(await store.create(pay, CLAIMED_MS)).toMatchObject({ topic: 'pay', state: 'planned' })
  })

  test('of which several begin at once on one broker are one', async () => {
    const store = createHoldStore(await open())
    const topics = Array.from({ length: 8 }, (_, index) => `topic-${index}`)
    const made = await Promise.allSettled(topics.map((topic) => store.create(aBrokerHold({ topic }), CLAIMED_MS)))
    const refused = made.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused).toHaveLength(topics.length - 1)
    for (const reason of refused) expect(reason).toMatchObject({ code: 'hold_broker_held' })
    expect(await store.unsettled('live')).toHaveLength(1)
  })

  test('are changed by whoever has seen the change before', async () => {
    const store = createHoldStore(await open())
    const seen = await store.create(aHold(), CLAIMED_MS)
    expect(await store.change(seen, { state: 'active' })).not.toBeNull()
    expect(await store.change(seen, { state: 'releasing' })).toBeNull()
    expect(await store.get(seen.id)).toMatchObject({ state: 'active' })
  })

  test('are claimed by one at a time, and again when the claim is over', async () => {
    const store = createHoldStore(await open())
    const { id } = await store.create(aHold(), CLAIMED_MS)
    expect(await store.claim(id, CLAIMED_MS + 1, CLAIMED_MS - 1)).toBeNull()
    expect(await store.claim('nothing', CLAIMED_MS, NOW_MS)).toBeNull()
    const both = [1, 2].map((more) => store.claim(id, CLAIMED_MS + more, CLAIMED_MS))
    const claims = (await Promise.all(both)).filter((claim) => claim !== null)
    expect(claims).toHaveLength(1)
    expect(claims[0]).toMatchObject({ id, revision: 1 })
  })

  test('are due when it is time to look at them and nobody works at them', async () => {
    const store = createHoldStore(await open())
    const one = await store.create(aHold(), CLAIMED_MS)
    const other = await store.create(aHold({ topic: 'pay' }), NOW_MS)
    const due = async (nowMs: number, ids = ['live']): Promise<string[]> =>
      (await store.due(ids, nowMs)).map(({ topic }) => topic)
    expect(await due(NOW_MS)).toEqual(['pay'])
    expect(await due(NOW_MS, ['other'])).toEqual([])
    expect(await due(CLAIMED_MS)).toEqual(['orders', 'pay'])
    await store.change(one, { state: 'active', lookAtMs: NOW_MS + HOUR_MS })
    expect(await due(NOW_MS + HOUR_MS - 1)).toEqual(['pay'])
    expect(await due(NOW_MS + HOUR_MS)).toEqual(['pay', 'orders'])
    await store.change(other, ENDED)
    expect(await due(NOW_MS + HOUR_MS)).toEqual(['orders'])
  })

  test('are listed while they are open or in a conflict, and for a while after their end', async () => {
    const store = createHoldStore(await open())
    const at = (createdAtMs: number, topic: string) => store.create(aHold({ topic, createdAtMs }), CLAIMED_MS)
    const ended = await at(NOW_MS, 'ended')
    await store.change(ended, ENDED)
    await at(NOW_MS + 2, 'open')
    const conflict = await at(NOW_MS + 1, 'conflict')
    await store.change(conflict, { ...ENDED, state: 'conflict', outcome: 'changedMeanwhile' })
    const listed = async (endedAfterMs: number) => (await store.list(endedAfterMs)).map(({ topic }) => topic)
    expect(await listed(ENDED.endedAtMs)).toEqual(['open', 'conflict', 'ended'])
    expect(await listed(ENDED.endedAtMs + 1)).toEqual(['open', 'conflict'])
  })

  test('are unsettled while they are open or in a conflict, and no later one of their topic is there', async () => {
    const store = createHoldStore(await open())
    const unsettled = async () => (await store.unsettled('live')).map(({ id }) => id)
    expect(await unsettled()).toEqual([])
    const first = await store.create(aHold(), CLAIMED_MS)
    await store.create(aHold({ clusterId: 'other' }), CLAIMED_MS)
    expect(await unsettled()).toEqual([first.id])
    await store.change(first, { ...ENDED, state: 'conflict', outcome: 'changedMeanwhile' })
    expect(await unsettled()).toEqual([first.id])
    const later = await store.create(aHold({ createdAtMs: NOW_MS + 5 }), CLAIMED_MS)
    expect(await unsettled()).toEqual([later.id])
    await store.change(later, ENDED)
    expect(await unsettled()).toEqual([])
  })

  test('end later once somebody says so, whoever is killed between claiming and saying', async () => {
    const store = createHoldStore(await open())
    const made = await store.create(aHold(), NOW_MS)
    const active = await store.change(made, { state: 'active', lookAtMs: made.untilAtMs })
    await store.claim(made.id, CLAIMED_MS, NOW_MS)
    const due = async (nowMs: number) => (await store.due(['live'], nowMs)).map(({ id }) => id)
    expect(await due(made.untilAtMs)).toEqual([made.id])
    const claimed = await store.claim(made.id, CLAIMED_MS + 60_000, CLAIMED_MS)
    if (claimed === null || active === null) throw new Error('claimed by nobody else')
    const later = { untilAtMs: made.untilAtMs + HOUR_MS, lookAtMs: made.untilAtMs + HOUR_MS, reason: 'still down' }
    expect(await store.change(active, later)).toBeNull()
    expect(await store.change(claimed, later)).toMatchObject({ ...later, claimedUntilMs: null })
    expect(await store.get(made.id)).toMatchObject(later)
    expect(await due(made.untilAtMs)).toEqual([])
    expect(await due(later.untilAtMs)).toEqual([made.id])
  })

  test('have their end and its audit entry both or neither', async () => {
    const database = await open()
    const store = createHoldStore(database)
    const audit = createAuditLog(database)
    const entry: AuditRecord = {
      ...{ atMs: NOW_MS, actor: 'holdfast', action: 'retention.restore', target: 'live/orders' },
      ...{ outcome: 'ok', httpStatus: null, remoteAddress: null, detail: { reason: 'why' } },
    }
    const seen = await store.create(aHold(), CLAIMED_MS)
    await store.change(seen, ENDED, entry)
    expect(await store.change(seen, ENDED, entry)).toBeNull()
    expect(await audit.list({ limit: 9, beforeId: null, filter: {} })).toMatchObject({ total: 1, entries: [entry] })
  })
})
