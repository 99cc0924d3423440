/**
 * Goes through the messages of several partitions, oldest first, within bounds of messages, bytes and time, and tells
 * exactly where it stopped in each.
 */
import type { Fault } from '../../cluster/fault.ts'
import {
  MessageAccessError,
  type MessageBatch,
  type MessageReader,
  type PartitionPlace,
  type StoredMessage,
} from '../../cluster/messages.ts'
import { readKnown } from '../../cluster/read-known.ts'
import { SECOND_MS } from '../../units.ts'

export interface ScanLimits {
  /** How many to find. */
  messages: number
  /** How many to look at. */
  scanned: number
  scannedBytes: number
  /** What the found ones may hold together. */
  foundBytes: number
  timeMs: number
}

export const SCAN_LIMITS: Omit<ScanLimits, 'messages'> = {
  scanned: 200_000,
  scannedBytes: 256 * 1024 * 1024,
  foundBytes: 24 * 1024 * 1024,
  timeMs: 5 * SECOND_MS,
}

export interface ScanStart extends PartitionPlace {
  offset: bigint
  /** What was the end when it began: nothing behind it keeps the scan going. */
  endOffset: bigint
}

export interface ScanResult {
  found: StoredMessage[]
  scanned: number
  /** By partition, in the order they came in. */
  stoppedAt: (PartitionPlace & { offset: bigint })[]
  isComplete: boolean
  unreadable: (PartitionPlace & MessageBatch['unreadable'][number])[]
  unreachable: (PartitionPlace & { fault: Fault })[]
}

/** Together, of all partitions that are read ahead. */
const BUFFERED_BYTES = 48 * 1024 * 1024
const LARGEST_FETCH_BYTES = 1024 * 1024
const SMALLEST_FETCH_BYTES = 64 * 1024
const FILLED_AT_ONCE = 6
/** A partition that does not answer for so long is named and left out. */
const READ_MS = 4 * SECOND_MS
/** How often others get a turn while messages are looked at. */
const TURN_MESSAGES = 2_000

interface Lane extends ScanStart {
  buffer: StoredMessage[]
  /** Of the buffer: those before are done. */
  at: number
  /** Where the next fetch begins. */
  nextOffset: bigint
  /** Nothing more is to be fetched: it was read to its end, or cannot be read. */
  isExhausted: boolean
}

export async function scanMessages(
  reader: MessageReader,
  topic: string,
  starts: readonly ScanStart[],
  matches: (message: StoredMessage) => boolean | Promise<boolean>,
  limits: ScanLimits,
  signal: AbortSignal,
): Promise<ScanResult> {
  const scan = new Scan(reader, topic, starts, limits, signal)
  await scan.run(matches)
  return scan.result()
}

class Scan {
  readonly #reader: MessageReader
  readonly #topic: string
  readonly #limits: ScanLimits
  readonly #signal: AbortSignal
  readonly #lanes: Lane[]
  readonly #endsAtMs: number
  readonly #fetchBytes: number
  readonly #found: StoredMessage[] = []
  readonly #unreadable: ScanResult['unreadable'] = []
  readonly #unreachable: ScanResult['unreachable'] = []
  #scanned = 0
  #scannedBytes = 0
  #foundBytes = 0
  #bufferedBytes = 0

  constructor(
    reader: MessageReader,
    topic: string,
    starts: readonly ScanStart[],
    limits: ScanLimits,
    signal: AbortSignal,
  ) {
    this.#reader = reader
    this.#topic = topic
    this.#limits = limits
    this.#signal = signal
    this.#lanes = starts.map((start) => ({
      ...start,
      ...{ buffer: [], at: 0, nextOffset: start.offset, isExhausted: start.offset >= start.endOffset },
    }))
    this.#endsAtMs = performance.now() + limits.timeMs
    const share = Math.floor(BUFFERED_BYTES / 4 / Math.max(1, starts.length))
    this.#fetchBytes = Math.min(LARGEST_FETCH_BYTES, Math.max(SMALLEST_FETCH_BYTES, share))
  }

  result(): ScanResult {
    return {
      found: this.#found,
      scanned: this.#scanned,
      stoppedAt: this.#lanes.map((lane) => ({ partition: lane.partition, broker: lane.broker, offset: placeOf(lane) })),
      isComplete: this.#unreachable.length === 0 && this.#lanes.every((lane) => lane.isExhausted && isEmpty(lane)),
      unreadable: this.#unreadable,
      unreachable: this.#unreachable,
    }
  }

  async run(matches: (message: StoredMessage) => boolean | Promise<boolean>): Promise<void> {
    while (!this.#isOver()) {
      await this.#fill()
      const lane = this.#oldest()
      if (lane === null) return
      const message = lane.buffer[lane.at]
      if (message === undefined) return
      lane.at++
      this.#scanned++
      this.#scannedBytes += message.sizeBytes
      this.#bufferedBytes -= message.sizeBytes
      const verdict = matches(message)
      if (typeof verdict === 'boolean' ? verdict : await verdict) this.#take(message)
      if (this.#scanned % TURN_MESSAGES === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #isOver(): boolean {
    const { messages, scanned, scannedBytes, foundBytes } = this.#limits
    if (this.#found.length >= messages || this.#foundBytes >= foundBytes) return true
    return this.#scanned >= scanned || this.#scannedBytes >= scannedBytes || this.#isLate()
  }

  #isLate(): boolean {
    return this.#signal.aborted || performance.now() >= this.#endsAtMs
  }

  #take(message: StoredMessage): void {
    this.#found.push(message)
    this.#foundBytes += message.sizeBytes
  }

  /** Every lane that goes on has something to compare; those that do not fit into memory wait for the next request. */
  async #fill(): Promise<void> {
    const empty = this.#lanes.filter((lane) => !lane.isExhausted && isEmpty(lane))
    if (empty.length === 0) return
    const waiting = [...empty]
    const work = async (): Promise<void> => {
      for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
        while (!lane.isExhausted && isEmpty(lane) && !this.#isLate() && this.#hasRoom()) await this.#read(lane)
      }
    }
    await Promise.all(Array.from({ length: Math.min(FILLED_AT_ONCE, empty.length) }, work))
  }

  #hasRoom(): boolean {
    return this.#bufferedBytes < BUFFERED_BYTES
  }

  async #read(lane: Lane): Promise<void> {
    const { partition, broker, nextOffset: fromOffset } = lane
    const request = { topic: this.#topic, partition, broker, fromOffset, maxBytes: this.#fetchBytes }
    try {
      const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(READ_MS)])
      const batch = await readKnown(this.#reader, request, lane.endOffset, signal)
      lane.buffer = batch.messages.filter(({ offset }) => offset < lane.endOffset)
      lane.at = 0
      lane.nextOffset = batch.nextOffset
      for (const { sizeBytes } of lane.buffer) this.#bufferedBytes += sizeBytes
      for (const one of batch.unreadable) this.#unreadable.push({ partition, broker, ...one })
      // A batch may reach beyond what was the end when the search began.
      if (lane.buffer.length < batch.messages.length) lane.nextOffset = lane.endOffset
      lane.isExhausted = lane.nextOffset >= lane.endOffset
    } catch (error) {
      if (!(error instanceof MessageAccessError)) throw error
      // At the end of the time: it is not the partition's fault, and the place to go on from is known.
      if (!this.#signal.aborted) this.#unreachable.push({ partition, broker, fault: error.fault })
      lane.isExhausted = !this.#signal.aborted
      lane.buffer = []
      lane.at = 0
    }
  }

  #oldest(): Lane | null {
    let oldest: Lane | null = null
    for (const lane of this.#lanes) {
      if (isEmpty(lane)) continue
      if (oldest === null || timeOf(lane) < timeOf(oldest)) oldest = lane
    }
    return oldest
  }
}

function isEmpty({ buffer, at }: Lane): boolean {
  return at >= buffer.length
}

function timeOf({ buffer, at }: Lane): number {
  return buffer[at]?.timestampMs ?? 0
}

function placeOf({ buffer, at, nextOffset }: Lane): bigint {
  return buffer[at]?.offset ?? nextOffset
}
