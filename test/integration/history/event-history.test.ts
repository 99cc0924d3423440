import { expect, test } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import type { ClusterEvent } from '../../../lib/durability/events.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createEventHistory, type EventQuery, pruneEvents } from '../../../lib/history/event-history.ts'
import { DAY_MS } from '../../../lib/units.ts'
import { onBothDatabases } from '../db/databases.ts'

const AT_MS = Date.UTC(2026, 0, 5)

const anEvent = (over: Partial<ClusterEvent> = {}): ClusterEvent => ({
  ...{ kind: 'brokerLost', topic: null, partition: null, broker: '1', group: null, facts: { host: 'h', port: 1 } },
  ...over,
})

const ALL: EventQuery = {
  ...{ clusterIds: ['c'], topic: null, group: null, broker: null, kind: null },
  ...{ fromMs: 0, toMs: 2 * AT_MS, limit: 100 },
}

const countIn = (database: Database): Promise<number> => database.client.historyEvent.count()

onBothDatabases('events', ({ open }) => {
  test('come back as they were given, newest first, and those of one poll in their order', async () => {
    const events = createEventHistory(await open())
    const lead = anEvent({ kind: 'leaderChanged', broker: null, topic: '主题', facts: { partitions: 3, from: '1' } })
    await events.append('c', AT_MS, [lead, anEvent({ kind: 'brokerReturned', group: 'g', partition: 0 })])
    await events.append('c', AT_MS + 1, [anEvent()])
    await events.append('c', AT_MS + 2, [])
    const read = await events.read(ALL)
    expect(read).toEqual([
      { ...anEvent(), id: expect.any(Number), clusterId: 'c', atMs: AT_MS + 1 },
      { ...lead, id: expect.any(Number), clusterId: 'c', atMs: AT_MS },
      expect.objectContaining({ kind: 'brokerReturned', group: 'g', partition: 0 }),
    ])
  })

  test('of a poll that is given again are stored once; another poll, and another cluster, is another', async () => {
    const database = await open()
    const events = createEventHistory(database)
    for (let time = 0; time < 3; time += 1) await events.append('c', AT_MS, [anEvent(), anEvent({ broker: '2' })])
    expect(await countIn(database)).toBe(2)
    await events.append('c', AT_MS + 1, [anEvent()])
    await events.append('d', AT_MS, [anEvent()])
    expect(await countIn(database)).toBe(4)
  })

  test('are found by cluster, by what they concern, by kind and by time, no more than asked for', async () => {
    const events = createEventHistory(await open())
    await events.append('c', AT_MS, [anEvent(), anEvent({ kind: 'configChanged', topic: 't', broker: null })])
    await events.append('c', AT_MS + 10, [anEvent({ broker: '2' }), anEvent({ group: 'g', broker: null })])
    await events.append('d', AT_MS + 5, [anEvent()])
    const count = async (over: Partial<EventQuery>): Promise<number> => (await events.read({ ...ALL, ...over })).length
    expect(await count({})).toBe(4)
    expect(await count({ clusterIds: ['c', 'd'] })).toBe(5)
    expect(await count({ clusterIds: [] })).toBe(0)
    expect(await count({ topic: 't' })).toBe(1)
    expect(await count({ group: 'g' })).toBe(1)
    expect(await count({ broker: '2' })).toBe(1)
    expect(await count({ kind: 'brokerLost' })).toBe(3)
    expect(await count({ fromMs: AT_MS + 1 })).toBe(2)
    expect(await count({ toMs: AT_MS })).toBe(2)
    expect((await events.read({ ...ALL, limit: 1 })).map(({ broker }) => broker)).toEqual(['2'])
  })

  test('a kind that this version does not know is left out', async () => {
    const database = await open()
    const events = createEventHistory(database)
    await events.append('c', AT_MS, [anEvent({ kind: 'fromTheFuture' as ClusterEvent['kind'] }), anEvent()])
    expect((await events.read(ALL)).map(({ kind }) => kind)).toEqual(['brokerLost'])
  })

  test('text that no JSON of a database takes is stored all the same', async () => {
    const events = createEventHistory(await open())
    await events.append('c', AT_MS, [anEvent({ facts: { from: 'a\0b', to: 'half \ud83d' } })])
    expect((await events.read(ALL))[0]?.facts).toEqual({ from: 'a\u{fffd}b', to: 'half \u{fffd}' })
  })

  test('are kept as long as the hourly numbers, and never more than a number of them', async () => {
    const database = await open()
    const events = createEventHistory(database)
    for (const days of [0, 399, 401]) await events.append('c', AT_MS - days * DAY_MS, [anEvent()])
    const kept = { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400 }
    await createChunkHistory(database, { ...kept, now: () => AT_MS }).maintain(AT_MS)
    expect((await events.read(ALL)).map(({ atMs }) => (AT_MS - atMs) / DAY_MS)).toEqual([0, 399])
    for (let poll = 1; poll <= 10; poll += 1) await events.append('c', AT_MS + poll, [anEvent()])
    await pruneEvents(database, 0, 3)
    expect((await events.read(ALL)).map(({ atMs }) => atMs - AT_MS)).toEqual([10, 9, 8])
  })
})
