import { expect, test } from 'vitest'
import { LossWatch } from '../../../lib/collector/loss-watch.ts'
import type { Database } from '../../../lib/db.ts'
import { NO_PURGES } from '../../../lib/durability/losses/purged-places.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { readStoredPoll } from '../../../lib/history/stored-poll.ts'
import { notePurge, readPurges } from '../../../lib/inbox/purges.ts'
import { queueOf } from '../../../lib/inbox/queues.ts'
import { createLossLedger } from '../../../lib/losses/loss-ledger.ts'
import { LossLab, onePartition } from '../../builders/losses.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { detected } from '../../builders/stored-losses.ts'
import { onBothDatabases } from '../db/databases.ts'

const BY = { actor: 'ana', note: 'seen', atMs: NOW_MS }

onBothDatabases('the loss ledger', ({ open }) => {
  test('gives back what it was given, the newest first', async () => {
    const ledger = createLossLedger(await open())
    const strange = { topic: '主题', evidence: { groupState: 'a\0b', half: '\ud83d' } }
    await ledger.record('c', [detected(), detected({ ...strange, count: null, windowFromMs: null }, NOW_MS + 1)])
    const { loss } = detected()
    const { episode: _, ...rest } = loss
    const open_ = { clusterId: 'c', acknowledgedAtMs: null, acknowledgedBy: null, note: null }
    expect(await ledger.list()).toEqual([
      expect.objectContaining({
        topic: '主题',
        count: null,
        windowFromMs: null,
        evidence: { groupState: 'a\u{fffd}b', half: '\u{fffd}' },
      }),
      { ...rest, ...open_, id: expect.any(String), firstDetectedAtMs: NOW_MS, lastDetectedAtMs: NOW_MS },
    ])
  })

  test('the same again is one entry, which grows and never shrinks', async () => {
    const ledger = createLossLedger(await open())
    for (let time = 0; time < 3; time += 1) await ledger.record('c', [detected({}, NOW_MS + time)])
    expect(await ledger.list()).toMatchObject([{ count: 410n, lastDetectedAtMs: NOW_MS }])
    await ledger.record('c', [detected({ toOffset: 700n, count: 610n }, NOW_MS + 9)])
    await ledger.record('c', [detected({ toOffset: 600n, count: 510n }, NOW_MS + 10)])
    const grown = { count: 610n, toOffset: 700n, firstDetectedAtMs: NOW_MS, lastDetectedAtMs: NOW_MS + 9 }
    expect(await ledger.list()).toMatchObject([grown])
    await ledger.record('c', [
      detected({ episode: 'id/900' }),
      detected({ partition: 1 }),
      detected({ group: 'audit' }),
    ])
    await ledger.record('d', [detected()])
    expect(await ledger.list()).toHaveLength(5)
  })

  test('is open until somebody acknowledges it, who is the only one', async () => {
    const ledger = createLossLedger(await open())
    await ledger.record('c', [detected(), detected({ partition: 1 }, NOW_MS + 7)])
    const waiting = async (): Promise<number> =>
      (await ledger.list()).filter(({ acknowledgedAtMs }) => acknowledgedAtMs === null).length
    expect(await waiting()).toBe(2)
    const id = (await ledger.list()).find(({ partition }) => partition === 1)?.id ?? ''
    expect(await ledger.acknowledge(id, BY)).toBe(true)
    expect(await ledger.acknowledge(id, { ...BY, actor: 'bob' })).toBe(false)
    expect(await ledger.acknowledge('nothing', BY)).toBe(false)
    expect(await ledger.get(id)).toMatchObject({ acknowledgedAtMs: NOW_MS, acknowledgedBy: 'ana', note: 'seen' })
    expect(await waiting()).toBe(1)
    await ledger.record('c', [detected({ partition: 1, count: 999n })])
    expect(await ledger.get(id)).toMatchObject({ count: 999n, acknowledgedBy: 'ana' })
  })

  test('the list is the same for as long as nothing changed', async () => {
    const ledger = createLossLedger(await open())
    await ledger.record('c', [detected({}, NOW_MS + 50)])
    const before = await ledger.list()
    expect(await ledger.list()).toBe(before)
    // Another cluster, whose poll is older than the newest.
    await ledger.record('d', [detected()])
    const more = await ledger.list()
    expect(more).toHaveLength(2)
    await ledger.record('d', [detected({ count: 500n }, NOW_MS + 1)])
    expect((await ledger.list()).map(({ count }) => count)).toEqual([410n, 500n])
    await ledger.acknowledge(more[0]?.id ?? '', BY)
    expect((await ledger.list())[0]?.acknowledgedBy).toBe('ana')
  })

  test('keeps no more than a number of entries: acknowledged ones go first', async () => {
    const ledger = createLossLedger(await open(), 3)
    const of = (partition: number) => detected({ partition }, NOW_MS + partition)
    await ledger.record('c', [of(1), of(2), of(3)])
    await ledger.acknowledge((await ledger.list())[0]?.id ?? '', BY)
    await ledger.record('c', [of(4)])
    expect((await ledger.list()).map(({ partition }) => partition)).toEqual([4, 2, 1])
    await ledger.record('c', [of(5)])
    expect((await ledger.list()).map(({ partition }) => partition)).toEqual([5, 4, 2])
  })

  test('killed between a loss and the poll that showed it, the console finds it again and adds nothing', async () => {
    const database = await open()
    const lab = new LossLab()
    const see = (endOffset: bigint | null): Observation => {
      lab.poll(onePartition({ endOffset }, null))
      return lab.observation as Observation
    }
    const first = aConsole(database)
    await first.poll(see(100n))
    await first.poll(see(null))
    // The poll that shows it is not stored any more.
    await first.watch.note(see(80n), NO_PURGES)
    const foundAtMs = lab.atMs
    const second = aConsole(database)
    await second.poll(see(85n))
    await second.poll(see(86n))
    expect(await createLossLedger(database).list()).toMatchObject([
      {
        kind: 'logTruncated',
        fromOffset: 80n,
        toOffset: 100n,
        count: 20n,
        firstDetectedAtMs: foundAtMs,
        lastDetectedAtMs: foundAtMs,
      },
    ])
    await aConsole(database).poll(see(60n))
    expect(await createLossLedger(database).list()).toHaveLength(2)
  })

  test('what people had deleted of a dead-letter queue is known by place', async () => {
    const database = await open()
    const queue = await queueOf(database, { clusterId: 'c', topic: 'orders-dlt', topicId: 'id' }, NOW_MS)
    const row = { queueId: queue.id, broker: '', partition: 0, startOffset: 0n, endOffset: 9n, scannedTo: 0n }
    await database.client.dlqPartition.create({ data: { ...row, scannedAtMs: 0n, unreadable: [] } })
    const purge = (offset: bigint) => notePurge(database, queue.id, [{ partition: 0, broker: null, offset }])
    expect(await readPurges(database, 'c')).toEqual(new Map())
    await purge(5n)
    await purge(3n)
    expect([...(await readPurges(database, 'c'))]).toEqual([['["orders-dlt","id",null,0]', 5n]])
    expect(await readPurges(database, 'd')).toEqual(new Map())
  })
})

/** As far as it looks for losses. */
function aConsole(database: Database): { watch: LossWatch; poll(observation: Observation): Promise<void> } {
  const writer = createSnapshotWriter(database)
  const watch = new LossWatch({
    clusterId: 'c',
    ledger: createLossLedger(database),
    pollBefore: (clusterId) => readStoredPoll(database, clusterId),
  })
  return {
    watch,
    poll: async (observation) => {
      await writer.saveObservation('c', observation, 15_000, await watch.note(observation, NO_PURGES))
    },
  }
}
