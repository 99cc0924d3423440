import { expect, test } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import type { Delivery } from '../../../lib/outbox/delivery.ts'
import { createOutbox, enqueue, type NewDelivery } from '../../../lib/outbox/outbox.ts'
import { DAY_MS, HOUR_MS } from '../../../lib/units.ts'
import { anAlertNotification, aReportNotification } from '../../builders/notifications.ts'
import { onBothDatabases } from '../db/databases.ts'

const NOW_MS = Date.UTC(2026, 0, 5)

function aDelivery(over: Partial<NewDelivery> = {}): NewDelivery {
  return { receiverId: 'mail', source: 'r-1', sequence: 0, notification: aReportNotification(), ...over }
}

async function put(database: Database, ...deliveries: NewDelivery[]): Promise<void> {
  await database.transaction((tx) => enqueue(tx, deliveries, NOW_MS))
}

const FAILED = { atMs: NOW_MS, code: 'serverFailed', facts: { status: 500 }, latencyMs: 12 }
const LATER = { state: 'waiting', nextAttemptAtMs: NOW_MS + 5_000, tries: 1 } as const
const DONE = { state: 'delivered', nextAttemptAtMs: null, tries: 1 } as const

onBothDatabases('the outbox', ({ open }) => {
  test('gives back what was put into it, with the same id until it was told', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    expect([await outbox.hasDue(NOW_MS), await outbox.due(NOW_MS)]).toEqual([false, []])
    await put(database, aDelivery())
    expect([await outbox.hasDue(NOW_MS - 1), await outbox.hasDue(NOW_MS)]).toEqual([false, true])
    const [first] = await outbox.due(NOW_MS)
    if (first === undefined) throw new Error('nothing is due')
    expect(first.notification).toEqual(aReportNotification())
    expect(first.delivery.id).toMatch(/^d-[\w-]{16}$/)
    expect(await outbox.note(first.delivery, FAILED, LATER)).toBe(true)
    expect(await outbox.due(NOW_MS + 4_999)).toEqual([])
    const [second] = await outbox.due(NOW_MS + 5_000)
    expect(second?.delivery).toEqual({ ...first.delivery, ...LATER, attempts: 1, last: FAILED })
    if (second === undefined) throw new Error('nothing is due')
    const taken = { atMs: NOW_MS + 5_000, code: 'delivered', facts: {}, latencyMs: 7 }
    await outbox.note(second.delivery, taken, { ...DONE, tries: 2 })
    expect(await outbox.hasDue(NOW_MS + DAY_MS)).toBe(false)
    const { delivery, log } = await outbox.get(first.delivery.id)
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 2, nextAttemptAtMs: null, last: taken })
    expect(log).toEqual([taken, FAILED])
    expect(await outbox.list()).toEqual([delivery])
    await expect(outbox.get('nothing')).rejects.toMatchObject({ code: 'delivery_not_found' })
  })

  test('tells of each receiver how many wait, since when, and how many failed', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    expect(await outbox.backlogs()).toEqual([])
    await put(
      database,
      aDelivery(),
      aDelivery({ sequence: 1 }),
      ...['chat', 'hook'].map((receiverId) => aDelivery({ receiverId })),
    )
    await database.transaction((tx) => enqueue(tx, [aDelivery({ sequence: 2 })], NOW_MS + 9))
    for (const { delivery } of await outbox.due(NOW_MS)) {
      const state = ({ hook: 'delivered', chat: 'givenUp' } as const)[delivery.receiverId]
      if (state !== undefined) await outbox.note(delivery, FAILED, { ...DONE, state })
    }
    const told = (await outbox.backlogs()).sort((one, other) => one.receiverId.localeCompare(other.receiverId))
    expect(told).toEqual([
      { receiverId: 'chat', waiting: 0, waitingSinceMs: null, failed: 1 },
      { receiverId: 'mail', waiting: 3, waitingSinceMs: NOW_MS, failed: 0 },
    ])
  })

  test('has what is told, and who is told, in one transaction with what it tells', async () => {
    const database = await open()
    const broken = database.transaction(async (tx) => {
      await enqueue(tx, [aDelivery()], NOW_MS)
      throw new Error('what it tells could not be stored')
    })
    await expect(broken).rejects.toThrow('could not be stored')
    expect(await createOutbox(database).list()).toEqual([])
  })

  test('has one of each for each receiver', async () => {
    const database = await open()
    await put(database, aDelivery(), aDelivery({ receiverId: 'chat' }), aDelivery({ sequence: 1 }))
    await expect(put(database, aDelivery())).rejects.toThrow()
    expect(await createOutbox(database).list()).toHaveLength(3)
  })

  test('never lets an end overtake its beginning at one receiver', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    const notification = anAlertNotification()
    const told = { source: 'a-1', notification }
    await put(database, aDelivery({ ...told, sequence: 1 }), aDelivery({ ...told, sequence: 0 }))
    await put(database, aDelivery({ ...told, sequence: 1, receiverId: 'other' }))
    const due = async (atMs: number): Promise<string[]> =>
      (await outbox.due(atMs)).map(({ delivery }) => `${delivery.receiverId} ${delivery.sequence}`).sort()
    expect(await due(NOW_MS)).toEqual(['mail 0', 'other 1'])
    const [begin] = (await outbox.due(NOW_MS)).filter(({ delivery }) => delivery.receiverId === 'mail')
    if (begin === undefined) throw new Error('nothing is due')
    // The beginning waits for its next attempt, and the end with it.
    await outbox.note(begin.delivery, FAILED, LATER)
    expect(await due(NOW_MS + 1)).toEqual(['other 1'])
    await outbox.note({ ...begin.delivery, attempts: 1 }, FAILED, DONE)
    expect(await due(NOW_MS + 1)).toEqual(['mail 1', 'other 1'])
  })

  test('gives every receiver its share, however much waits for another or for what was before it', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    const many = Array.from({ length: 250 }, (_, index) => `a-${index}`)
    await put(database, ...many.flatMap((source) => [aDelivery({ source }), aDelivery({ source, sequence: 1 })]))
    await put(database, aDelivery({ receiverId: 'late', source: 'x' }))
    // Every beginning waits for its next attempt, and its end for it.
    await database.client.delivery.updateMany({
      where: { receiverId: 'mail', sequence: 0 },
      data: { nextAttemptAtMs: BigInt(NOW_MS + HOUR_MS) },
    })
    await put(database, aDelivery({ receiverId: 'slow', source: 'y' }))
    await put(database, ...many.map((source) => aDelivery({ source, receiverId: 'full' })))
    await put(database, aDelivery({ source: 'free' }))
    const due = async (...except: string[]): Promise<Record<string, number>> =>
      Object.fromEntries(
        [...Map.groupBy(await outbox.due(NOW_MS, except), ({ delivery }) => delivery.receiverId)].map(([id, found]) => [
          id,
          found.length,
        ]),
      )
    expect(await due()).toEqual({ late: 1, slow: 1, full: 20, mail: 1 })
    expect(await due('full', 'slow')).toEqual({ late: 1, mail: 1 })
  })

  test('is not changed by who saw it before somebody else changed it', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    await put(database, aDelivery())
    const [seen] = await outbox.due(NOW_MS)
    if (seen === undefined) throw new Error('nothing is due')
    const noted = await Promise.all([1, 2, 3].map(() => outbox.note(seen.delivery, FAILED, LATER)))
    expect(noted.filter(Boolean)).toHaveLength(1)
    expect((await outbox.get(seen.delivery.id)).log).toHaveLength(1)
  })

  test('tries again from the start what a person asks for, under its id', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    await put(database, aDelivery())
    const [seen] = await outbox.due(NOW_MS)
    if (seen === undefined) throw new Error('nothing is due')
    await outbox.note(seen.delivery, FAILED, { state: 'givenUp', nextAttemptAtMs: null, tries: 27 })
    const laterMs = NOW_MS + 2 * DAY_MS
    const again = await outbox.resend(seen.delivery.id, laterMs)
    expect(again).toMatchObject({
      id: seen.delivery.id,
      state: 'waiting',
      tries: 0,
      triedSinceMs: laterMs,
      attempts: 1,
    })
    expect((await outbox.due(laterMs)).map(({ delivery }) => delivery)).toEqual([again])
    await expect(outbox.resend('nothing', laterMs)).rejects.toMatchObject({ code: 'delivery_not_found' })
  })

  test('sends again only what was refused or given up, and nothing behind which a later one was told', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    const told = { source: 'a-1', notification: anAlertNotification() }
    await put(database, aDelivery({ ...told, sequence: 0 }), aDelivery({ ...told, sequence: 1 }))
    await put(database, aDelivery({ ...told, sequence: 1, receiverId: 'other' }))
    const dueAt = async (sequence: number): Promise<Delivery> => {
      const found = (await outbox.due(NOW_MS)).find(
        ({ delivery }) => delivery.receiverId === 'mail' && delivery.sequence === sequence,
      )
      if (found === undefined) throw new Error('it is not due')
      return found.delivery
    }
    const refusal = (id: string): Promise<unknown> =>
      outbox.resend(id, NOW_MS).then(
        () => null,
        ({ code, facts }) => [code, facts],
      )
    const begin = await dueAt(0)
    expect(await refusal(begin.id)).toEqual(['delivery_not_failed', { delivery: begin.id, state: 'waiting' }])
    await outbox.note(begin, FAILED, { state: 'refused', nextAttemptAtMs: null, tries: 1 })
    const end = await dueAt(1)
    expect(await refusal(begin.id)).toBe(null)
    await outbox.note({ ...begin, attempts: 1 }, FAILED, { state: 'givenUp', nextAttemptAtMs: null, tries: 1 })
    await outbox.note(end, FAILED, DONE)
    expect(await refusal(end.id)).toEqual(['delivery_not_failed', { delivery: end.id, state: 'delivered' }])
    expect(await refusal(begin.id)).toEqual(['delivery_overtaken', { delivery: begin.id }])
    expect((await outbox.get(begin.id)).delivery.state).toBe('givenUp')
  })

  test('loses all that is old, however much that is', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    await put(database, ...Array.from({ length: 450 }, (_, index) => aDelivery({ source: `r-${index}` })))
    await database.client.delivery.updateMany({ data: { state: 'delivered', nextAttemptAtMs: null } })
    const laterMs = NOW_MS + 30 * DAY_MS + HOUR_MS
    let rounds = 0
    while (await outbox.prune(laterMs)) rounds += 1
    expect(rounds).toBeGreaterThan(0)
    expect(await outbox.list()).toEqual([])
  })

  test('loses 30 days later what ended, and nothing that waits', async () => {
    const database = await open()
    const outbox = createOutbox(database)
    await put(database, aDelivery(), aDelivery({ source: 'r-2' }))
    const [ended] = await outbox.due(NOW_MS)
    if (ended === undefined) throw new Error('nothing is due')
    await outbox.note(ended.delivery, FAILED, DONE)
    await outbox.prune(NOW_MS + 30 * DAY_MS)
    expect(await outbox.list()).toHaveLength(2)
    await outbox.prune(NOW_MS + 30 * DAY_MS + HOUR_MS)
    expect((await outbox.list()).map(({ state }) => state)).toEqual(['waiting'])
    expect(await database.client.deliveryAttempt.count()).toBe(0)
  })
})
