/** The index and the ledger together, against a list of all records. */
import { expect, test } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import { BLOCK_RECORDS } from '../../../lib/inbox/block-codec.ts'
import { MAX_CAUSES, MAX_COARSE_CAUSES, MAX_ORIGINS, REST } from '../../../lib/inbox/cause-book.ts'
import { forgottenOffsets } from '../../../lib/inbox/gone-letters.ts'
import type { ActionKind } from '../../../lib/inbox/handled-ledger.ts'
import type { Inbox } from '../../../lib/inbox/inbox.ts'
import { KEPT_EXPIRED_BLOCKS } from '../../../lib/inbox/inbox-scanner.ts'
import { OffsetRuns } from '../../../lib/inbox/offset-runs.ts'
import { placeKey } from '../../../lib/inbox/queues.ts'
import { type Selection, UNLIMITED } from '../../../lib/inbox/selection.ts'
import { toHeaders } from '../../builders/dead-letters.ts'
import { deadMessage, inboxOf } from '../../builders/dead-messages.ts'
import { MemoryLog } from '../../builders/memory-log.ts'
import { onBothDatabases } from '../db/databases.ts'

const QUEUE = { clusterId: 'c', topic: 'orders-dlt' }
const at = (reader: MemoryLog) => ({ ...QUEUE, reader, decoder: null })
const ONE = { partition: 0, broker: null }
const TWO = { partition: 1, broker: null }
const signal = new AbortController().signal
const HOUR_MS = 3_600_000
const AT_MS = 1_700_000_000_000

/** The same log, whose answers wait until the test lets them go. */
function halted(log: MemoryLog) {
  const [hasRead, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slow = Object.assign(new MemoryLog(), { partitions: log.partitions })
  slow.onAnswered = () => {
    hasRead.resolve()
    return goOn.promise
  }
  return { slow, hasRead, goOn }
}

async function offsetsOf(inbox: Inbox, log: MemoryLog, selection: Selection): Promise<Record<string, number[]>> {
  const { places, records } = await inbox.resolve(at(log), selection, UNLIMITED, signal)
  const found = places.map((place): [string, number[]] => [
    placeKey(place),
    [...place.runs].flatMap(({ from, to }) => Array.from({ length: Number(to - from) }, (_, at) => Number(from) + at)),
  ])
  expect(Number(records)).toBe(found.flatMap(([, offsets]) => offsets).length)
  return Object.fromEntries(found)
}

function mark(
  inbox: Inbox,
  queueId: number,
  kind: ActionKind,
  ranges: [number, number][],
  jobId: string | null = null,
) {
  const runs = OffsetRuns.of(ranges.map(([from, to]) => ({ from: BigInt(from), to: BigInt(to) })))
  const action = { kind, actor: 'ann', atMs: AT_MS, note: null, replayId: jobId }
  return inbox.ledger.mark(queueId, action, [{ ...ONE, runs }])
}

onBothDatabases('the index of dead letters', ({ open }) => {
  test('is not called whole while a new leader does not know where its log ends', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    for (let at = 0; at < 1_000; at += 1) log.append(ONE, deadMessage({ cause: 0, origin: 0, atMs: AT_MS + at }))
    const { scanner } = inboxOf(database)
    log.partition(ONE).believedEnd = 700n
    const first = await scanner.scanOnce(at(log), signal)
    expect(first).toMatchObject({ records: 700, isAtEnd: false, faults: [{ code: 'leaderNotAvailable' }] })
    log.onRead = () => {
      if (log.reads > 20) log.partition(ONE).believedEnd = null
    }
    expect(await scanner.scanOnce(at(log), signal)).toMatchObject({ records: 300, isAtEnd: true, faults: [] })
  })

  test('counts are exact over gaps, blocks, handled and expired records', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    const scanned = inboxOf(database)
    // Over two blocks; every 50th offset is a gap.
    for (let at = 0; at < 20_000; at += 1) {
      log.append(ONE, deadMessage({ cause: at % 3, origin: at % 2, atMs: AT_MS + at }), at % 50 === 49 ? 1 : 0)
    }
    const { queue, records, isAtEnd } = await scanned.scanner.scanOnce(at(log), signal)
    expect([records, isAtEnd]).toEqual([20_000, true])
    expect(await naiveOf(scanned, queue.id, log)).toEqual(await countsOf(scanned, database, queue))
    await mark(scanned, queue.id, 'archive', [
      [100, 5_000],
      [5_500, 5_501],
      [16_300, 16_500],
    ])
    await mark(
      scanned,
      queue.id,
      'replay',
      [
        [4_000, 4_100],
        [18_000, 25_000],
      ],
      'job-1',
    )
    expect(await naiveOf(scanned, queue.id, log)).toEqual(await countsOf(scanned, database, queue))
    const before = log
      .partition(ONE)
      .messages.map(({ offset }) => offset)
      .filter((offset) => offset < 17_000n)
    log.expireBefore(ONE, 4_050n)
    await scanned.scanner.scanOnce(at(log), signal)
    expect(await naiveOf(scanned, queue.id, log)).toEqual(await countsOf(scanned, database, queue))
    log.expireBefore(ONE, 17_000n)
    await scanned.scanner.scanOnce(at(log), signal)
    expect(await naiveOf(scanned, queue.id, log)).toEqual(await countsOf(scanned, database, queue))
    const gone = (await scanned.counter.count(queue)).kinds.reduce((sum, { expired }) => sum + expired, 0)
    // Each 51 offsets hold 50 records; 17,000 less those that were archived or replayed.
    expect(gone).toBe(await naiveExpired(scanned, queue.id, before))
    const stored = await database.client.dlqQueue.findUniqueOrThrow({ where: { id: queue.id } })
    expect([Number(stored.openCount), stored.isComplete, stored.format]).toEqual([
      (await scanned.counter.count(queue)).open,
      true,
      'spring',
    ])
  })

  test('of what has expired so much is kept, and what is forgotten is counted', async () => {
    const [database, log] = [await open(), new MemoryLog('id-1', 5_000)]
    const { scanner, blocks } = inboxOf(database)
    const kept = KEPT_EXPIRED_BLOCKS * BLOCK_RECORDS
    for (let at = 0; at < kept + 2 * BLOCK_RECORDS; at += 1) log.append(ONE, deadMessage({ cause: 0, atMs: AT_MS }))
    await scanner.scanOnce(at(log), signal)
    log.expireBefore(ONE, BigInt(kept + 2 * BLOCK_RECORDS - 100))
    const { queue } = await scanner.scanOnce(at(log), signal)
    const partitions = await blocks.partitionsOf(queue)
    expect(partitions[0]?.expiredBlocks).toHaveLength(KEPT_EXPIRED_BLOCKS)
    // One block is forgotten; the newest still holds a hundred records that lie in the log.
    expect(forgottenOffsets(partitions)).toBe(BigInt(BLOCK_RECORDS))
  })

  test('records that come later are added to the same block, and none twice', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    const inbox = inboxOf(database)
    let expected = 0
    for (const more of [1, 1, 700, 0, 3]) {
      for (let at = 0; at < more; at += 1) log.append(ONE, deadMessage({ cause: expected + at }))
      expected += more
      // Another process, with a memory of its own.
      const other = inboxOf(database)
      await Promise.all([inbox.scanner.scanOnce(at(log), signal), other.scanner.scanOnce(at(log), signal)])
      const { queue } = await inbox.scanner.scanOnce(at(log), signal)
      expect((await inbox.counter.count(queue)).open).toBe(expected)
    }
    expect(await database.client.dlqCause.count()).toBe(705)
  })

  test('a scanner that was overtaken by another one takes nothing back', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    for (let at = 0; at < 10; at += 1) log.append(ONE, deadMessage({ cause: 1 }))
    const { slow, hasRead, goOn } = halted(log)
    const overtaken = inboxOf(database).scanner.scanOnce(at(slow), signal)
    await hasRead.promise
    for (let at = 0; at < 5; at += 1) log.append(ONE, deadMessage({ cause: 2 }))
    const inbox = inboxOf(database)
    const { queue } = await inbox.scanner.scanOnce(at(log), signal)
    goOn.resolve()
    expect((await overtaken).isAtEnd).toBe(false)
    expect((await inbox.counter.count(queue)).open).toBe(15)
    expect((await inbox.scanner.scanOnce(at(log), signal)).records).toBe(0)
  })

  test('a selection whose scanner was overtaken has all records all the same', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    for (let at = 0; at < 10; at += 1) log.append(ONE, deadMessage({ cause: 1 }))
    const { slow, hasRead, goOn } = halted(log)
    const pinning = inboxOf(database).resolve(at(slow), { all: true }, UNLIMITED, signal)
    await hasRead.promise
    // Those that the other one has read count, and those that it has not.
    await inboxOf(database).scanner.scanOnce(at(log), signal)
    for (let at = 0; at < 5; at += 1) log.append(ONE, deadMessage({ cause: 2 }))
    goOn.resolve()
    expect(await pinning).toMatchObject({ records: 15n, isComplete: true, faults: [] })
  })

  test('what is selected is pinned, by cause, time, offset, key and text', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    const inbox = inboxOf(database)
    for (let at = 0; at < 12; at += 1) {
      const place = at % 2 === 0 ? ONE : TWO
      log.append(
        place,
        deadMessage({
          cause: at % 3,
          origin: at % 4,
          atMs: AT_MS + at * HOUR_MS,
          key: `k${at % 4}`,
          value: `Größe ${at} MatchMe`,
        }),
      )
    }
    log.append(ONE, deadMessage({ cause: 0, atMs: null }))
    const all = await inbox.resolve(at(log), { all: true }, UNLIMITED, signal)
    expect(all.places.map(({ partition, runs }) => [partition, ...runs])).toEqual([
      [0, { from: 0n, to: 7n }],
      [1, { from: 0n, to: 6n }],
    ])
    log.append(ONE, deadMessage({ cause: 0 }))
    expect(all.records).toBe(13n)
    const fingerprint = (
      await database.client.dlqCause.findFirstOrThrow({ where: { exception: { contains: 'FailureB1' } } })
    ).fingerprint
    expect(await offsetsOf(inbox, log, { causes: [fingerprint] })).toEqual({ '0@': [2, 5], '1@': [0, 3] })
    expect(await offsetsOf(inbox, log, { causes: ['originTopic:orders-2'] })).toEqual({ '0@': [1, 3, 5] })
    expect(
      await offsetsOf(inbox, log, { causes: ['group:billing-3', 'exception:com.acme.FailureA0Exception'] }),
    ).toEqual({
      '0@': [0, 3, 6, 7],
      '1@': [1, 3, 4, 5],
    })
    const iso = (hours: number) => new Date(AT_MS + hours * HOUR_MS).toISOString()
    expect(await offsetsOf(inbox, log, { fromTime: iso(2), toTime: iso(5) })).toEqual({ '0@': [1, 2], '1@': [1] })
    const offsets = [
      { partition: 1, offset: 2 },
      { partition: 0, offset: 99 },
      { partition: 7, offset: 0 },
    ]
    expect(await offsetsOf(inbox, log, { offsets })).toEqual({ '1@': [2] })
    expect(await offsetsOf(inbox, log, { key: 'k1' })).toEqual({ '1@': [0, 2, 4] })
    expect(await offsetsOf(inbox, log, { q: 'größe 3 match' })).toEqual({ '1@': [1] })
    expect(await offsetsOf(inbox, log, { q: 'GRÖSSE 3' })).toEqual({})
    expect(await offsetsOf(inbox, log, { q: 'failureb1exception', key: 'k3' })).toEqual({ '1@': [3] })
    expect(await offsetsOf(inbox, log, { causes: ['nobody'] })).toEqual({})
    await mark(inbox, all.queue.id, 'archive', [[0, 3]])
    expect(await offsetsOf(inbox, log, { causes: [fingerprint] })).toEqual({ '0@': [5], '1@': [0, 3] })
    expect(await offsetsOf(inbox, log, { causes: [fingerprint], includeHandled: true })).toEqual({
      '0@': [2, 5],
      '1@': [0, 3],
    })
    await mark(inbox, all.queue.id, 'archive', [[5, 6]])
    const again = await inbox.resolve(at(log), { causes: [fingerprint], includeHandled: true }, UNLIMITED, signal)
    const { id } = await database.client.dlqAction.findFirstOrThrow({ where: { kind: 'archive' } })
    expect(again.handled.map(({ partition, runs, actionId }) => [partition, [...runs], actionId])).toEqual([
      [0, [{ from: 2n, to: 3n }], id],
      [0, [{ from: 5n, to: 6n }], id + 1],
    ])
    await expect(inbox.resolve(at(log), {}, UNLIMITED, signal)).rejects.toMatchObject({ code: 'bad_request' })
    const few = { maxBytes: 1, maxMs: 60_000 }
    await expect(inbox.resolve(at(slowLog(log)), { q: 'x' }, few, signal)).rejects.toMatchObject({
      code: 'selection_too_large',
    })
  })

  test('what came back marks its source, and only for a job that was begun', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    const inbox = inboxOf(database)
    for (let at = 0; at < 10; at += 1) log.append(ONE, deadMessage({ cause: 1 }))
    const { queue } = await inbox.scanner.scanOnce(at(log), signal)
    await mark(inbox, queue.id, 'replay', [[0, 5]], 'job-1')
    for (const offset of [1n, 3n])
      log.append(ONE, deadMessage({ cause: 1, replay: { jobId: 'job-1', partition: 0, offset } }))
    log.append(ONE, deadMessage({ cause: 1, replay: { jobId: 'forged', partition: 0, offset: 8n } }))
    await inbox.scanner.scanOnce(at(log), signal)
    const [returns] = await inbox.ledger.returnedOf('job-1')
    expect(returns?.places.map(({ runs }) => [...runs])).toEqual([
      [
        { from: 1n, to: 2n },
        { from: 3n, to: 4n },
      ],
    ])
    expect(await inbox.ledger.returnedOf('forged')).toEqual([])
    const { open: isOpen, handled, kinds } = await inbox.counter.count(queue)
    expect([isOpen, handled, kinds.map(({ returned }) => returned)]).toEqual([8, 5, [3]])
  })

  test('what a share group buried again is known by the record’s own headers, which the letter lacks', async () => {
    const [database, log, originals] = [await open(), new MemoryLog(), new MemoryLog()]
    const inbox = inboxOf(database)
    for (let at = 0; at < 5; at += 1) log.append(ONE, deadMessage({ cause: 1 }))
    const { queue } = await inbox.scanner.scanOnce(at(log), signal)
    await mark(inbox, queue.id, 'replay', [[0, 5]], 'job-1')
    originals.append(ONE, deadMessage({ cause: 1, replay: { jobId: 'job-1', partition: 0, offset: 2n } }))
    const readLetters = log.read.bind(log)
    log.read = (request, stop) =>
      request.topic === 'orders' ? originals.read(request, stop) : readLetters(request, stop)
    const died = (partition: string) =>
      toHeaders([
        ['__dlq.errors.topic', 'orders'],
        ['__dlq.errors.partition', partition],
        ['__dlq.errors.offset', '0'],
      ])
    originals.partition(TWO).isBroken = true
    log.append(ONE, { value: null, headers: died('0') })
    log.append(ONE, { headers: died('1') })
    expect(await inbox.scanner.scanOnce(at(log), signal)).toMatchObject({ records: 2, faults: [] })
    const [returns] = await inbox.ledger.returnedOf('job-1')
    expect(returns?.places.map(({ runs }) => [...runs])).toEqual([[{ from: 2n, to: 3n }]])
    const { kinds } = await inbox.counter.count(queue)
    expect(kinds.reduce((sum, { returned }) => sum + returned, 0)).toBe(1)
  })

  test('causes without end are put together, and every record is still counted', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    const inbox = inboxOf(database)
    const records = MAX_CAUSES + MAX_COARSE_CAUSES + 300
    for (let at = 0; at < records; at += 1) log.append(ONE, deadMessage({ cause: at, origin: at }))
    const { queue } = await inbox.scanner.scanOnce(at(log), signal)
    expect(await database.client.dlqCause.count()).toBe(MAX_CAUSES + MAX_COARSE_CAUSES + 1)
    expect(await database.client.dlqOrigin.count()).toBe(MAX_ORIGINS + 1)
    expect((await inbox.counter.count(queue)).open).toBe(records)
    expect((await inbox.resolve(at(log), { causes: [REST] }, UNLIMITED, signal)).records).toBe(300n)
    // A scanner that begins anew knows the bounds, too.
    log.append(ONE, deadMessage({ cause: records, origin: records }))
    await inboxOf(database).scanner.scanOnce(at(log), signal)
    expect((await inbox.resolve(at(log), { causes: [REST] }, UNLIMITED, signal)).records).toBe(301n)
  })

  test('a topic that was created again is read anew, and nothing that was done before counts', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    const inbox = inboxOf(database)
    for (let at = 0; at < 10; at += 1) log.append(ONE, deadMessage({ cause: 1 }))
    const before = await inbox.scanner.scanOnce(at(log), signal)
    await mark(inbox, before.queue.id, 'archive', [[0, 10]])
    const again = new MemoryLog('id-2')
    for (let at = 0; at < 4; at += 1) again.append(ONE, deadMessage({ cause: 2 }))
    const other = inboxOf(database)
    const after = await other.scanner.scanOnce(at(again), signal)
    expect([after.queue.id === before.queue.id, after.records]).toEqual([false, 4])
    expect((await other.counter.count(after.queue)).open).toBe(4)
  })

  test('a log that was cut off is believed when it stays so: what follows is new, and was never handled', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    let nowMs = AT_MS
    const inbox = inboxOf(database, () => nowMs)
    for (let at = 0; at < 10; at += 1) log.append(ONE, deadMessage({ cause: 1 }))
    const { queue } = await inbox.scanner.scanOnce(at(log), signal)
    await mark(inbox, queue.id, 'archive', [[0, 10]])
    const partition = log.partition(ONE)
    partition.messages = partition.messages.slice(0, 6)
    partition.endOffset = 6n
    await inbox.scanner.scanOnce(at(log), signal)
    expect((await inbox.counter.count(queue)).handled).toBe(10)
    nowMs += 31_000
    log.append(ONE, deadMessage({ cause: 2 }))
    await inbox.scanner.scanOnce(at(log), signal)
    const { open: isOpen, handled } = await inbox.counter.count(queue)
    expect([isOpen, handled]).toEqual([1, 6])
  })

  test('a partition that cannot be read says why, and the others are read', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    const inbox = inboxOf(database)
    log.append(ONE, deadMessage({ cause: 1 }))
    log.append(TWO, deadMessage({ cause: 1 }))
    log.partition(ONE).isBroken = true
    const broken = await inbox.scanner.scanOnce(at(log), signal)
    expect([broken.records, broken.isAtEnd, broken.faults.map(({ code }) => code)]).toEqual([
      1,
      false,
      ['leaderNotAvailable'],
    ])
    expect((await database.client.dlqQueue.findUniqueOrThrow({ where: { id: broken.queue.id } })).isComplete).toBe(
      false,
    )
    log.partition(ONE).isBroken = false
    const whole = await inbox.scanner.scanOnce(at(log), signal)
    expect([whole.records, whole.isAtEnd]).toEqual([1, true])
    expect((await database.client.dlqQueue.findUniqueOrThrow({ where: { id: broken.queue.id } })).isComplete).toBe(true)
  })

  test('a scan that is ended keeps what it read and goes on there', async () => {
    const [database, log] = [await open(), new MemoryLog('id', 100)]
    const inbox = inboxOf(database)
    for (let at = 0; at < 2_000; at += 1) log.append(ONE, deadMessage({ cause: at % 5 }))
    const stop = new AbortController()
    log.onRead = () => {
      if (log.reads === 8) stop.abort()
    }
    const first = await inbox.scanner.scanOnce(at(log), stop.signal)
    expect(first.isAtEnd).toBe(false)
    const { open: kept } = await inbox.counter.count(first.queue)
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(2_000)
    const reads = log.reads
    const second = await inbox.scanner.scanOnce(at(log), signal)
    expect(second.records).toBe(2_000 - kept)
    expect(log.reads - reads).toBeLessThanOrEqual(Math.ceil((2_000 - kept) / 100) + 1)
    expect((await inbox.counter.count(second.queue)).open).toBe(2_000)
  })
})

/** The same records, one fetch for each. */
function slowLog(log: MemoryLog): MemoryLog {
  const slow = new MemoryLog(log.topicId, 1)
  for (const [key, partition] of log.partitions) slow.partitions.set(key, partition)
  return slow
}

type Counts = Record<string, [open: number, handled: number]>

async function countsOf(
  inbox: Inbox,
  database: Database,
  queue: Parameters<Inbox['counter']['count']>[0],
): Promise<Counts> {
  const counts: Counts = {}
  for (const { causeId, originId, open, handled } of (await inbox.counter.count(queue)).kinds) {
    const cause = await database.client.dlqCause.findUniqueOrThrow({ where: { id: causeId } })
    const origin = await database.client.dlqOrigin.findUniqueOrThrow({ where: { id: originId } })
    counts[`${cause.exception} ${origin.topic}`] = [open, handled]
  }
  return counts
}

/** From the records themselves and the ledger's own answers. */
async function naiveExpired(inbox: Inbox, queueId: number, gone: readonly bigint[]): Promise<number> {
  const handled: { from: bigint; to: bigint }[] = []
  for await (const range of inbox.ledger.read(queueId, ONE, 0n, 1_000_000n)) handled.push(range)
  return gone.filter((offset) => !handled.some(({ from, to }) => from <= offset && offset < to)).length
}

async function naiveOf(inbox: Inbox, queueId: number, log: MemoryLog): Promise<Counts> {
  const handled = new Set<bigint>()
  for await (const { from, to } of inbox.ledger.read(queueId, ONE, 0n, 1_000_000n)) {
    for (let offset = from; offset < to; offset += 1n) handled.add(offset)
  }
  const counts: Counts = {}
  for (const { offset, headers } of log.partition(ONE).messages) {
    const text = (name: string) => String(headers.find(({ key }) => key === name)?.value)
    const key = `${text('kafka_dlt-exception-cause-fqcn')} ${text('kafka_dlt-original-topic')}`
    const count = counts[key] ?? [0, 0]
    count[handled.has(offset) ? 1 : 0] += 1
    counts[key] = count
  }
  return counts
}
