/**
 * One row of the ledger: which of 65,536 offsets are handled. Stored as
 *
 *     form, number of runs, for each: offsets since the run before, its length, 4 × action + status
 *
 * behind a checksum; `form` 1 is plain, 2 is compressed. Pure.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { ByteReader, ByteWriter, checkedContent, withChecksum } from '../history/bytes.ts'

export const LEDGER_BLOCK_OFFSETS = 65_536

export const HANDLED_STATUSES = ['replayed', 'returned', 'archived'] as const
export type HandledStatus = (typeof HANDLED_STATUSES)[number]

/** What became of some offsets, and which action did it. */
export interface Mark {
  status: HandledStatus
  actionId: number
}

/** Offsets within the block; `to` is behind the last one. */
export interface LedgerRun extends Mark {
  from: number
  to: number
}

/** Rising, and none touches one of the same mark. */
export type LedgerRuns = readonly LedgerRun[]

const PLAIN = 1
const COMPRESSED = 2
const WORTH_COMPRESSING_BYTES = 256
/** Every second offset another run of the longest numbers. */
const MAX_PLAIN_BYTES = 2 ** 20

/** Offsets within the block. */
export interface BlockRange {
  from: number
  to: number
}

/**
 * The runs with the ranges (rising, apart from each other) marked wherever `mayReplace` allows it of what stands there
 * (null: open). A mark of null opens them. The same array when nothing changes.
 */
export function markRuns(
  runs: LedgerRuns,
  ranges: readonly BlockRange[],
  mark: Mark | null,
  mayReplace: (before: Mark | null) => boolean,
): LedgerRuns {
  const marked: LedgerRun[] = []
  let isChanged = false
  let [runAt, rangeAt] = [0, 0]
  for (let at = 0; at < LEDGER_BLOCK_OFFSETS; ) {
    while ((runs[runAt]?.to ?? LEDGER_BLOCK_OFFSETS) <= at && runAt < runs.length) runAt += 1
    while ((ranges[rangeAt]?.to ?? LEDGER_BLOCK_OFFSETS) <= at && rangeAt < ranges.length) rangeAt += 1
    const [before, end] = stretchAt(runs[runAt], at)
    const [range, rangeEnd] = stretchAt(ranges[rangeAt], at)
    const to = Math.min(end, rangeEnd)
    const after = range !== null && mayReplace(before) ? mark : before
    if (!isSame(after, before)) isChanged = true
    if (after !== null) append(marked, at, to, after)
    at = to
  }
  return isChanged ? marked : runs
}

/** What covers an offset (null: nothing does), and up to where that holds. */
function stretchAt<T extends BlockRange>(next: T | undefined, at: number): [T | null, number] {
  if (next === undefined) return [null, LEDGER_BLOCK_OFFSETS]
  return next.from > at ? [null, next.from] : [next, next.to]
}

function append(runs: LedgerRun[], from: number, to: number, { status, actionId }: Mark): void {
  const last = runs.at(-1)
  if (last !== undefined && last.to === from && isSame(last, { status, actionId })) last.to = to
  else runs.push({ from, to, status, actionId })
}

function isSame(one: Mark | null, other: Mark | null): boolean {
  return one?.status === other?.status && one?.actionId === other?.actionId
}

export function encodeLedgerRuns(runs: LedgerRuns): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  writer.varint(runs.length)
  let end = 0
  for (const { from, to, status, actionId } of runs) {
    writer.varint(from - end)
    writer.varint(to - from)
    writer.varint(4 * actionId + HANDLED_STATUSES.indexOf(status))
    end = to
  }
  const plain = writer.take()
  if (plain.length < WORTH_COMPRESSING_BYTES) return withChecksum(Buffer.concat([Uint8Array.of(PLAIN), plain]))
  const compressed = zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
  return withChecksum(Buffer.concat([Uint8Array.of(COMPRESSED), compressed]))
}

/** @throws RangeError when it is damaged: to take it for empty would open what was handled */
export function decodeLedgerRuns(stored: Uint8Array): LedgerRuns {
  const content = checkedContent(stored)
  if (content === null || content.length === 0) throw new RangeError('a block of the ledger is damaged')
  const rest = content.subarray(1)
  const plain = content[0] === COMPRESSED ? zstdDecompressSync(rest, { maxOutputLength: MAX_PLAIN_BYTES }) : rest
  const reader = new ByteReader(plain)
  const runs: LedgerRun[] = []
  let end = 0
  for (let left = reader.varint(); left > 0; left -= 1) {
    const from = end + reader.varint()
    end = from + reader.varint()
    const code = reader.varint()
    const status = HANDLED_STATUSES[code % 4]
    if (status === undefined || end > LEDGER_BLOCK_OFFSETS) throw new RangeError('a block of the ledger is damaged')
    runs.push({ from, to: end, status, actionId: Math.floor(code / 4) })
  }
  return runs
}
