/**
 * What a transaction leaves in the cluster beside its records: where they went, so that the ledger can be completed after
 * a crash between the commit and the database. At most 2,000 bytes; the rest is found by reading there. Pure.
 */
import type { SentMessage } from '../cluster/messages.ts'
import { FAILURE_CODES, type FailureCode } from './replay-types.ts'
import type { LookRange } from './sent-lookup.ts'

const VERSION = 1
const MAX_BYTES = 2_000
/** So many fit beside the rest whatever their numbers. */
export const MOST_FAILURES = 40

export interface ProgressNote {
  /** The part's first offset that this transaction decided. */
  from: bigint
  /** When it began: whatever does not fit in is looked for from there on. */
  startedAtMs: number
  /** Null: they did not fit in. */
  ranges: (LookRange & { to: bigint })[] | null
  failures: { from: bigint; to: bigint; failure: FailureCode }[]
}

/** @param failures at most `MOST_FAILURES`: nothing in the cluster tells of them but this note */
export function writeNote(
  from: bigint,
  startedAtMs: number,
  sent: readonly SentMessage[],
  failures: ProgressNote['failures'],
): string {
  const x = failures.map((one) => [
    Number(one.from - from),
    Number(one.to - one.from),
    FAILURE_CODES.indexOf(one.failure),
  ])
  const head = { v: VERSION, f: String(from), t: startedAtMs, ...(x.length === 0 ? {} : { x }) }
  // A broker that had a batch already does not say where: then all must be looked for.
  const areKnown = sent.every(({ offset }) => offset !== null)
  const whole = areKnown ? JSON.stringify({ ...head, r: rangesOf(sent) }) : null
  return whole !== null && Buffer.byteLength(whole) <= MAX_BYTES ? whole : JSON.stringify(head)
}

/** By topic, to say its name once. */
function rangesOf(sent: readonly SentMessage[]): Record<string, [number, string, number][]> {
  const ranges = new Map<string, Map<number, { from: bigint; to: bigint }>>()
  for (const { topic, partition, offset } of sent) {
    if (offset === null) continue
    const partitions = ranges.get(topic) ?? new Map<number, { from: bigint; to: bigint }>()
    ranges.set(topic, partitions)
    const range = partitions.get(partition)
    if (range === undefined) partitions.set(partition, { from: offset, to: offset + 1n })
    else {
      if (offset < range.from) range.from = offset
      if (offset >= range.to) range.to = offset + 1n
    }
  }
  return Object.fromEntries(
    [...ranges].map(([topic, partitions]) => [
      topic,
      [...partitions].map(([partition, { from, to }]) => [partition, String(from), Number(to - from)]),
    ]),
  )
}

/** Null when it is none that this version wrote. */
export function readNote(text: string): ProgressNote | null {
  let parsed: StoredNote
  try {
    parsed = JSON.parse(text)
  } catch {
    // Not ours: then nothing is known, and everything is looked for.
    return null
  }
  const { v, f, t, r, x } = parsed
  if (v !== VERSION || f === undefined || t === undefined || !/^\d+$/.test(f)) return null
  const from = BigInt(f)
  return {
    from,
    startedAtMs: t,
    ranges: r === undefined ? null : readRanges(r),
    failures: (x ?? []).map(([delta, length, code]) => ({
      from: from + BigInt(delta),
      to: from + BigInt(delta + length),
      // A reason of another version: it was not sent, whatever it says.
      failure: FAILURE_CODES[code] ?? 'notAsPlanned',
    })),
  }
}

type StoredRanges = Record<string, [number, string, number][]>

interface StoredNote {
  v?: number
  f?: string
  t?: number
  r?: StoredRanges
  x?: [number, number, number][]
}

function readRanges(stored: StoredRanges): (LookRange & { to: bigint })[] {
  return Object.entries(stored).flatMap(([topic, partitions]) =>
    partitions.map(([partition, from, length]) => ({
      topic,
      partition,
      broker: null,
      from: BigInt(from),
      to: BigInt(from) + BigInt(length),
    })),
  )
}
