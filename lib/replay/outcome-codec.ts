/**
 * What became of the records of one source partition, as runs: a million records sent in their order are some thousand
 * bytes. Stored as
 *
 *     targets (JSON), then for each run: offsets since the run before, its length, code,
 *       and for what was produced: target, target offset + 1 (0: not told)
 *
 * compressed, behind a checksum; `code` 0 is produced, 255 produced and not confirmed, others are failures. Pure.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { SentMessage } from '../cluster/messages.ts'
import { ByteReader, ByteWriter, checkedContent, withChecksum } from '../history/bytes.ts'
import { FAILURE_CODES, type FailureCode } from './replay-types.ts'

export interface OutcomeTarget {
  topic: string
  partition: number
  broker: string | null
}

/** Offsets `from` up to and without `to`; of what was produced, the target's offsets count up with them. */
export type OutcomeRun = { from: bigint; to: bigint } & (
  | { target: OutcomeTarget; targetOffset: bigint | null; failure: null; isUnconfirmed?: true }
  | { target: null; targetOffset: null; failure: FailureCode }
)

/** Far from the codes of failures, of which there may be more one day. */
const UNCONFIRMED = 255
/**
 * Of one record: where it lies now, or why it does not. `isUnconfirmed`: its master has it, and did not hear in time that disk
 * or replicas do.
 */
export type EntryOutcome =
  | { sent: SentMessage; failure: null; isUnconfirmed?: boolean }
  | { sent: null; failure: FailureCode }

const MAX_PLAIN_BYTES = 64 * 2 ** 20

export function encodeOutcomes(runs: readonly OutcomeRun[]): Uint8Array<ArrayBuffer> {
  const targets = new Map<string, number>()
  const names: [string, number, string | null][] = []
  const writer = new ByteWriter()
  const body = new ByteWriter()
  let at = 0n
  for (const run of runs) {
    body.varint(Number(run.from - at))
    body.varint(Number(run.to - run.from))
    at = run.to
    if (run.failure !== null) {
      body.varint(1 + FAILURE_CODES.indexOf(run.failure))
      continue
    }
    const id = targetKey(run.target)
    let index = targets.get(id)
    if (index === undefined) {
      index = names.push([run.target.topic, run.target.partition, run.target.broker]) - 1
      targets.set(id, index)
    }
    body.varint(run.isUnconfirmed ? UNCONFIRMED : 0)
    body.varint(index)
    body.varint(run.targetOffset === null ? 0 : Number(run.targetOffset) + 1)
  }
  writer.block(Buffer.from(JSON.stringify(names)))
  writer.block(body.take())
  const params = { [constants.ZSTD_c_compressionLevel]: 1 }
  return withChecksum(zstdCompressSync(writer.take(), { params }))
}

/** @throws RangeError when it is not what `encodeOutcomes` wrote */
export function decodeOutcomes(stored: Uint8Array): OutcomeRun[] {
  const content = checkedContent(stored)
  if (content === null) throw new RangeError('stored outcomes are damaged')
  const reader = new ByteReader(zstdDecompressSync(content, { maxOutputLength: MAX_PLAIN_BYTES }))
  const names = JSON.parse(Buffer.from(reader.block()).toString('utf8')) as [string, number, string | null][]
  const targets = names.map(([topic, partition, broker]): OutcomeTarget => ({ topic, partition, broker }))
  const body = new ByteReader(reader.block())
  const runs: OutcomeRun[] = []
  for (let at = 0n; !body.atEnd; ) {
    const from = at + BigInt(body.varint())
    const to = from + BigInt(body.varint())
    runs.push({ from, to, ...readEnd(body, targets) })
    at = to
  }
  return runs
}

function readEnd(body: ByteReader, targets: readonly OutcomeTarget[]) {
  const code = body.varint()
  if (code > 0 && code !== UNCONFIRMED) {
    const failure = FAILURE_CODES[code - 1]
    if (failure === undefined) throw new RangeError('stored outcomes are of another version')
    return { target: null, targetOffset: null, failure }
  }
  const target = targets[body.varint()]
  if (target === undefined) throw new RangeError('stored outcomes are damaged')
  const offset = body.varint()
  const place = { target, targetOffset: offset === 0 ? null : BigInt(offset - 1), failure: null }
  return code === UNCONFIRMED ? { ...place, isUnconfirmed: true as const } : place
}

/** Joins runs that go on where the one before ended, at both ends. They come in the order of their offsets. */
export class OutcomeBuilder {
  readonly runs: OutcomeRun[] = []

  decided(offset: bigint, outcome: EntryOutcome): void {
    if (outcome.sent === null) this.failed(offset, offset + 1n, outcome.failure)
    else {
      const { topic, partition, broker } = outcome.sent
      this.produced(offset, { topic, partition, broker }, outcome.sent.offset, outcome.isUnconfirmed)
    }
  }

  produced(offset: bigint, target: OutcomeTarget, targetOffset: bigint | null, isUnconfirmed = false): void {
    const last = this.runs.at(-1)
    if (last !== undefined && last.failure === null && last.to === offset && goesOn(last, target, targetOffset)) {
      if ((last.isUnconfirmed ?? false) === isUnconfirmed) {
        last.to = offset + 1n
        return
      }
    }
    const run = { from: offset, to: offset + 1n, target, targetOffset, failure: null }
    this.runs.push(isUnconfirmed ? { ...run, isUnconfirmed } : run)
  }

  failed(from: bigint, to: bigint, failure: FailureCode): void {
    const last = this.runs.at(-1)
    if (last?.failure === failure && last.to === from) last.to = to
    else this.runs.push({ from, to, target: null, targetOffset: null, failure })
  }
}

function goesOn(last: OutcomeRun & { failure: null }, target: OutcomeTarget, targetOffset: bigint | null): boolean {
  const { topic, partition, broker } = last.target
  if (partition !== target.partition || topic !== target.topic || broker !== target.broker) return false
  if (last.targetOffset === null || targetOffset === null) return last.targetOffset === targetOffset
  return last.targetOffset + (last.to - last.from) === targetOffset
}

export function targetKey({ topic, partition, broker }: OutcomeTarget): string {
  return `${topic}/${broker ?? ''}/${partition}`
}

/** How many of the runs' records were produced, and how many failed. */
export function countOutcomes(runs: readonly OutcomeRun[]): { produced: number; failed: number } {
  let produced = 0
  let failed = 0
  for (const { from, to, failure } of runs) {
    if (failure === null) produced += Number(to - from)
    else failed += Number(to - from)
  }
  return { produced, failed }
}

/** Of the produced records, those that nobody confirmed to be safe. */
export function countUnconfirmed(runs: readonly OutcomeRun[]): number {
  return runs.reduce(
    (sum, run) => (run.failure === null && run.isUnconfirmed ? sum + Number(run.to - run.from) : sum),
    0,
  )
}
