import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../lib/db.ts'
import {
  type ActionKind,
  createHandledLedger,
  type HandledLedger,
  type LedgerAction,
} from '../../../lib/inbox/handled-ledger.ts'
import type { HandledRange } from '../../../lib/inbox/ledger-rows.ts'
import { OffsetRuns } from '../../../lib/inbox/offset-runs.ts'
import { beginNextLife, currentQueue, queueOf } from '../../../lib/inbox/queues.ts'
import { onBothDatabases } from '../db/databases.ts'
import { MARKED_BY_EACH } from './write-ledger.ts'

const TOPIC = { clusterId: 'c', topic: 'orders-dlt', topicId: 'id-1' }
const PLACE = { partition: 0, broker: null }
/** Over three rows of the ledger, beyond what a number holds. */
const BASE = 2n ** 60n - 65_536n - 10n

function action(kind: ActionKind, replayId: string | null = null): LedgerAction {
  return { kind, actor: 'ann', atMs: 1_000, note: null, replayId }
}

function runs(...ranges: [number | bigint, number | bigint][]) {
  return [{ ...PLACE, runs: OffsetRuns.of(ranges.map(([from, to]) => ({ from: BigInt(from), to: BigInt(to) }))) }]
}

async function readAll(ledger: HandledLedger, queueId: number, from = 0n, to = 2n ** 62n): Promise<HandledRange[]> {
  const ranges: HandledRange[] = []
  for await (const range of ledger.read(queueId, PLACE, from, to)) ranges.push(range)
  return ranges
}

const statuses = (ranges: readonly HandledRange[]) => ranges.map(({ from, to, status }) => [from, to, status])

onBothDatabases('the handled ledger', ({ open, createUrl }) => {
  test('a run over several rows is one range again, exact beyond 2^53', async () => {
    const [database, ledger, id] = await aQueue(open)
    const { actionId } = await ledger.mark(id, action('archive'), runs([BASE, BASE + 140_000n]))
    expect(await readAll(ledger, id)).toEqual([{ from: BASE, to: BASE + 140_000n, status: 'archived', actionId }])
    expect(await database.client.dlqLedgerBlock.count()).toBe(4)
    expect(statuses(await readAll(ledger, id, BASE + 5n, BASE + 7n))).toEqual([[BASE + 5n, BASE + 7n, 'archived']])
  })

  test('a replay writes its progress again: one action, nothing changes', async () => {
    const [database, ledger, id] = await aQueue(open)
    await ledger.begin(id, action('replay', 'job-1'))
    const first = await ledger.mark(id, action('replay', 'job-1'), runs([0, 100]))
    const again = await ledger.mark(id, action('replay', 'job-1'), runs([0, 100]))
    expect(again).toEqual({ actionId: first.actionId, changed: [] })
    await ledger.mark(id, action('replay', 'job-1'), runs([100, 250]))
    expect(statuses(await readAll(ledger, id))).toEqual([[0n, 250n, 'replayed']])
    expect(await database.client.dlqAction.count()).toBe(1)
  })

  test('what came back stays so when its job writes its progress again, or only now', async () => {
    const [, ledger, id] = await aQueue(open)
    await ledger.mark(id, action('return', 'job-1'), runs([7, 8]))
    await ledger.mark(id, action('replay', 'job-1'), runs([0, 10]))
    await ledger.mark(id, action('return', 'job-1'), runs([3, 4]))
    await ledger.mark(id, action('replay', 'job-1'), runs([0, 10]))
    const [returns] = await ledger.returnedOf('job-1')
    expect(returns?.queue.id).toBe(id)
    expect(returns?.places.map(({ runs }) => [...runs])).toEqual([
      [
        { from: 3n, to: 4n },
        { from: 7n, to: 8n },
      ],
    ])
    // Another job replays it again: then it is replayed, and what comes back late of the first job says nothing of it.
    await ledger.mark(id, action('replay', 'job-2'), runs([3, 4]))
    await ledger.mark(id, action('return', 'job-1'), runs([3, 4]))
    const after = await readAll(ledger, id, 3n, 4n)
    expect(statuses(after)).toEqual([[3n, 4n, 'replayed']])
  })

  test('archive takes what is open, restore what is archived, and both say what they changed', async () => {
    const [database, ledger, id] = await aQueue(open)
    await ledger.mark(id, action('replay', 'job-1'), runs([10, 20]))
    const archived = await ledger.mark(id, action('archive'), runs([5, 25]))
    expect([...(archived.changed[0]?.runs ?? [])]).toEqual([
      { from: 5n, to: 10n },
      { from: 20n, to: 25n },
    ])
    const restored = await ledger.mark(id, action('restore'), runs([0, 22]))
    expect([...(restored.changed[0]?.runs ?? [])]).toEqual([
      { from: 5n, to: 10n },
      { from: 20n, to: 22n },
    ])
    expect(statuses(await readAll(ledger, id))).toEqual([
      [10n, 20n, 'replayed'],
      [22n, 25n, 'archived'],
    ])
    const again = await ledger.mark(id, action('archive'), runs([10, 25]))
    expect([...(again.changed[0]?.runs ?? [])]).toEqual([{ from: 20n, to: 22n }])
    const actions = await database.client.dlqAction.count()
    expect(await ledger.mark(id, action('archive'), runs([10, 25]))).toEqual({ actionId: null, changed: [] })
    expect(await database.client.dlqAction.count()).toBe(actions)
    await ledger.mark(id, { ...action('archive'), includeHandled: true }, runs([10, 25]))
    expect(statuses(await readAll(ledger, id))).toEqual([
      [10n, 20n, 'archived'],
      [20n, 22n, 'archived'],
      [22n, 25n, 'archived'],
    ])
  })

  test('any sequence leaves what a plain map of offsets says', async () => {
    const [, ledger, id] = await aQueue(open)
    const map = new Map<bigint, string>()
    const steps = fc.sample(
      fc.record({
        kind: fc.constantFrom<ActionKind>('archive', 'restore', 'replay', 'return'),
        from: fc.bigInt({ min: 0n, max: 60n }),
        length: fc.bigInt({ min: 1n, max: 30n }),
      }),
      { numRuns: 40, seed: 6 },
    )
    for (const { kind, from, length } of steps) {
      const replayId = kind === 'replay' || kind === 'return' ? 'job' : null
      // Around the bound between two rows.
      const start = 65_536n - 45n + from
      await ledger.mark(id, action(kind, replayId), runs([start, start + length]))
      for (let offset = start; offset < start + length; offset += 1n) naive(map, offset, kind)
    }
    const read = await readAll(ledger, id)
    const found = new Map<bigint, string>()
    for (const { from, to, status } of read) for (let at = from; at < to; at += 1n) found.set(at, status)
    expect(found).toEqual(new Map([...map].sort(([one], [other]) => Number(one - other))))
  })

  test('two processes at once lose nothing of each other', async () => {
    const url = await createUrl()
    const database = await openDatabase(url)
    const queue = await queueOf(database, TOPIC, 1)
    const file = fileURLToPath(new URL('write-ledger.ts', import.meta.url))
    const writers = [
      ['archive', '0'],
      ['replay', '1'],
    ].map(([kind = '', first = '']) =>
      spawn(process.execPath, [file, url, String(queue.id), kind, first], { stdio: ['ignore', 'inherit', 'inherit'] }),
    )
    const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0]))
    expect(codes).toEqual([0, 0])
    const read = await readAll(createHandledLedger(database), queue.id)
    const expected = Array.from({ length: 2 * MARKED_BY_EACH }, (_, at) => [
      BigInt(at),
      BigInt(at + 1),
      at % 2 === 0 ? 'archived' : 'replayed',
    ])
    expect(statuses(read)).toEqual(expected)
    await database.close()
  })

  test('a topic that was created again begins with an empty ledger; the old one is kept', async () => {
    const [database, ledger, id] = await aQueue(open)
    await ledger.mark(id, action('archive'), runs([0, 10]))
    const next = await queueOf(database, { ...TOPIC, topicId: 'id-2' }, 5)
    expect([next.id === id, next.incarnation]).toEqual([false, 2])
    expect(await readAll(ledger, next.id)).toEqual([])
    expect(statuses(await readAll(ledger, id))).toEqual([[0n, 10n, 'archived']])
    const third = await beginNextLife(database, next, 6)
    expect((await currentQueue(database, TOPIC.clusterId, TOPIC.topic))?.id).toBe(third.id)
    expect((await queueOf(database, { ...TOPIC, topicId: 'id-2' }, 7)).id).toBe(third.id)
  })
})

async function aQueue(open: () => Promise<Database>): Promise<[Database, HandledLedger, number]> {
  const database = await open()
  const { id } = await queueOf(database, TOPIC, 1)
  return [database, createHandledLedger(database), id]
}

function naive(map: Map<bigint, string>, offset: bigint, kind: ActionKind): void {
  const before = map.get(offset)
  if (kind === 'archive' && before === undefined) map.set(offset, 'archived')
  if (kind === 'restore' && before === 'archived') map.delete(offset)
  if (kind === 'replay' && before !== 'returned') map.set(offset, 'replayed')
  if (kind === 'return' && (before === undefined || before === 'replayed')) map.set(offset, 'returned')
}
