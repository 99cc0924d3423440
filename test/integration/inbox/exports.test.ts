/** Which records an export has taken out, and what of that is forgotten. */
import { expect, test } from 'vitest'
import { countNotExported, noteExport } from '../../../lib/inbox/exports.ts'
import { OffsetRuns } from '../../../lib/inbox/offset-runs.ts'
import { deadMessage, inboxOf } from '../../builders/dead-messages.ts'
import { MemoryLog } from '../../builders/memory-log.ts'
import { onBothDatabases } from '../db/databases.ts'

const ONE = { partition: 0, broker: null }
const signal = new AbortController().signal
const AT_MS = 1_700_000_000_000
const runs = (from: number, to: number) => [{ ...ONE, runs: OffsetRuns.of([{ from: BigInt(from), to: BigInt(to) }]) }]

onBothDatabases('what was exported', ({ open }) => {
  test('grows with each export, and is forgotten where the log was cut off or began anew', async () => {
    const [database, log] = [await open(), new MemoryLog()]
    let now = AT_MS
    const inbox = inboxOf(database, () => now)
    const at = { clusterId: 'c', topic: 'orders-dlt', reader: log, decoder: null }
    for (let offset = 0; offset < 100; offset += 1) log.append(ONE, deadMessage({ cause: 0, atMs: AT_MS }))
    const { queue } = await inbox.scanner.scanOnce(at, signal)
    const left = (id: number) => countNotExported(database, id, runs(0, 100))
    expect(await left(queue.id)).toBe(100n)
    await Promise.all([noteExport(database, queue.id, runs(0, 40)), noteExport(database, queue.id, runs(30, 90))])
    expect(await left(queue.id)).toBe(10n)
    // An unclean election: what lay behind 50 is lost, and other records take its place.
    Object.assign(log.partition(ONE), { messages: log.partition(ONE).messages.slice(0, 50), endOffset: 50n })
    for (const waited of [0, 31_000]) {
      now += waited
      await inbox.scanner.scanOnce(at, signal)
    }
    expect(await left(queue.id)).toBe(50n)
    log.topicId = 'id-2'
    const next = await inbox.scanner.scanOnce(at, signal)
    expect(next.queue.id).not.toBe(queue.id)
    expect([await left(queue.id), await left(next.queue.id)]).toEqual([100n, 100n])
  })
})
