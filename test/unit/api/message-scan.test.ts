import { expect, test } from 'vitest'
import { SCAN_LIMITS, type ScanLimits, type ScanResult, scanMessages } from '../../../lib/api/messages/message-scan.ts'
import { fault } from '../../../lib/cluster/fault.ts'
import type { MessageReader, ReadRequest, StoredMessage } from '../../../lib/cluster/messages.ts'

const SIZE_BYTES = 1_000

function stored(partition: number, offset: bigint, timestampMs: number): StoredMessage {
  const rest = { broker: null, key: null, value: Buffer.alloc(1), headers: [], sizeBytes: SIZE_BYTES, rocketmq: null }
  return { partition, offset, timestampMs, ...rest }
}

/** Logs that go on for ever, two messages to a read; every third offset is a gap. */
function endless(onRead: (request: ReadRequest) => void = () => undefined): MessageReader {
  return {
    describe: () => Promise.reject(new Error('not asked for')),
    offsetsAtTime: () => Promise.reject(new Error('not asked for')),
    close: async () => undefined,
    read: async (request) => {
      onRead(request)
      const { partition, fromOffset } = request
      const base = (fromOffset / 3n) * 3n
      const offsets = [base, base + 1n].filter((offset) => offset >= fromOffset)
      return {
        messages: offsets.map((offset) => stored(partition, offset, Number(offset))),
        nextOffset: base + 3n,
        ...{ isAtEnd: false, startOffset: 0n, endOffset: 1_000_000n },
        unreadable: base === 3n ? [{ fromOffset: 5n, toOffset: 6n, fault: fault('batchDamaged') }] : [],
      }
    },
  }
}

function scan(reader: MessageReader, limits: Partial<ScanLimits>, ends: bigint[] = [1_000_000n]): Promise<ScanResult> {
  const starts = ends.map((endOffset, partition) => ({ partition, broker: null, offset: 0n, endOffset }))
  const all = { ...SCAN_LIMITS, messages: 1_000_000, ...limits }
  return scanMessages(reader, 't', starts, () => true, all, AbortSignal.timeout(60_000))
}

test.each<[string, Partial<ScanLimits>, number]>([
  ['messages found', { messages: 7 }, 7],
  ['messages looked at', { scanned: 5 }, 5],
  ['bytes looked at', { scannedBytes: 3 * SIZE_BYTES }, 3],
  ['bytes found', { foundBytes: 4 * SIZE_BYTES }, 4],
])('it stops at the most %s, and says where', async (_name, limits, count) => {
  const { found, scanned, stoppedAt, isComplete } = await scan(endless(), limits)
  expect([found.length, scanned, isComplete]).toEqual([count, count, false])
  // Two of each three offsets hold a message; a place at the end of a read lies behind its gap.
  const behind = BigInt(Math.floor(count / 2) * 3 + (count % 2))
  expect(stoppedAt).toEqual([{ partition: 0, broker: null, offset: behind }])
})

test('it stops when its time is up, without a message lost from where it says', async () => {
  const { found, stoppedAt, isComplete } = await scan(endless(), { timeMs: 30 })
  expect(isComplete).toBe(false)
  const last = found.at(-1)?.offset ?? -1n
  expect(stoppedAt[0]?.offset).toBeGreaterThan(last)
  expect(stoppedAt[0]?.offset).toBeLessThanOrEqual(last + 2n)
})

test('no time at all reads nothing and goes on where it was to begin', async () => {
  const { found, stoppedAt } = await scan(endless(), { timeMs: 0 })
  expect([found, stoppedAt[0]?.offset]).toEqual([[], 0n])
})

test('what is written while it runs is left for the next time', async () => {
  const { found, stoppedAt, isComplete, unreadable } = await scan(endless(), {}, [7n, 4n])
  expect(found.map(({ partition, offset }) => `${partition}:${offset}`)).toEqual([
    ...['0:0', '1:0', '0:1', '1:1', '0:3', '1:3', '0:4', '0:6'],
  ])
  expect(stoppedAt.map(({ offset }) => offset)).toEqual([7n, 4n])
  expect(isComplete).toBe(true)
  expect(unreadable.map(({ partition, toOffset }) => [partition, toOffset])).toEqual([
    [0, 6n],
    [1, 6n],
  ])
})

test('a partition that throws what nobody foresaw is no partition that cannot be reached', async () => {
  const broken = endless(() => {
    throw new TypeError('a fault of the console')
  })
  await expect(scan(broken, {})).rejects.toBeInstanceOf(TypeError)
})
