/** What both ways to deliver have in common: batches in, outcomes out, and what is known after a crash. */
import type { Fault } from '../cluster/fault.ts'
import type { MessageAccessError } from '../cluster/messages.ts'
import { type EntryOutcome, OutcomeBuilder } from './outcome-codec.ts'
import type { PartProgress } from './progress-store.ts'
import type { ReplayPart } from './replay-types.ts'
import type { FeedBatch, FeedEntry } from './source-feed.ts'

export interface Delivery {
  /**
   * Makes ready to send, and finds out what an earlier run did without writing it down. Called before anything else, and
   * again after any failure.
   *
   * @param isEnded nothing more is sent: what nobody can find out need not be waited for
   * @returns what must be saved before the next batch
   * @throws MessageAccessError
   */
  open(parts: readonly ReplayPart[], isEnded: boolean, signal: AbortSignal): Promise<PartProgress[]>

  /**
   * All of the batch, or an error after which `open` tells what became of it. Nothing waits while it is half sent.
   *
   * @throws MessageAccessError, SmallerBatchError
   */
  deliver(batch: FeedBatch, parts: readonly ReplayPart[]): Promise<PartProgress[]>

  /** Records that `open` found sent, and no batch has told yet. */
  readonly foundSent: number

  /** So long a quota of the target's cluster holds back whatever follows the last batch; 0 without one. */
  readonly heldBackMs: number

  /** The replay has ended: what `open` found and no batch has told, to be saved. */
  leftOver(parts: readonly ReplayPart[]): PartProgress[]

  /** Everything is written down: what the clusters keep of the job may go. */
  forget(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** What was declared and is not written down yet: of its records nobody knows yet whether they were sent. */
export function windowOf({ inFlightTo, nextOffset: from }: ReplayPart): { from: bigint; to: bigint } | null {
  return inFlightTo === null || inFlightTo <= from ? null : { from, to: inFlightTo }
}

/** Some record of the batch is refused, and only smaller batches can tell which. */
export class SmallerBatchError extends Error {
  readonly records: number

  constructor(records: number, cause: unknown) {
    super(`at most ${records} records`, { cause })
    this.name = 'SmallerBatchError'
    this.records = records
  }
}

/** Faults that one record has by itself: sent alone it would be refused as well, and others are not. */
const REFUSALS: ReadonlySet<string> = new Set([
  'messageTooLarge',
  'recordRefused',
  'messageRefused',
  'propertyNotSendable',
])

export function isRefusal({ code }: Fault): boolean {
  return REFUSALS.has(code)
}

/** After these `open` tells what happened, whatever the access says of asking again. */
const TOLD_BY_OPEN: ReadonlySet<string> = new Set([
  'transactionOutcomeUnknown',
  'transactionNotOpen',
  'transactionTimedOut',
  'producerFenced',
])
/** Faults of a send that no waiting mends: somebody has to change something first. */
const HOPELESS: ReadonlySet<string> = new Set([
  'authorizationFailed',
  'authenticationFailed',
  'saslMechanismUnsupported',
  'notWritable',
  'notReadable',
  'partitionNotFound',
  'topicDeleted',
  // Every record of a replay has the time of this machine.
  'timestampRefused',
  'unsupportedByBroker',
  'configurationInvalid',
])

/** Whether to go on by itself after a while. */
export function mayPass({ fault, retriable }: MessageAccessError): boolean {
  return TOLD_BY_OPEN.has(fault.code) || (retriable && !HOPELESS.has(fault.code))
}

/** An entry of a batch without what was to be sent. */
export type Decided = { ordinal: number; offset: bigint; failure: null } | Exclude<FeedEntry, { failure: null }>

/** `outcomes`: of the entries that are to be sent, in their order. */
export function progressOf(
  batch: Pick<FeedBatch, 'reached'> & { entries: readonly Decided[] },
  parts: readonly ReplayPart[],
  outcomes: readonly EntryOutcome[],
  newlyStopped: ReadonlyMap<number, readonly string[]>,
): PartProgress[] {
  const builders = new Map(batch.reached.map(({ ordinal }) => [ordinal, new OutcomeBuilder()]))
  const stopped = new Map(newlyStopped)
  let index = 0
  for (const entry of batch.entries) {
    const builder = builders.get(entry.ordinal)
    if (builder === undefined) throw new Error('a batch holds records of a part that it does not advance')
    if (entry.failure !== null) {
      builder.failed(entry.from, entry.to, entry.failure)
      if (entry.stops !== undefined) stopped.set(entry.ordinal, [...(stopped.get(entry.ordinal) ?? []), entry.stops])
      continue
    }
    const outcome = outcomes[index++]
    if (outcome === undefined) throw new Error('a record without an outcome')
    builder.decided(entry.offset, outcome)
  }
  return batch.reached.map(({ ordinal, from, to }) => {
    const part = parts[ordinal] as ReplayPart
    const keys = stopped.get(ordinal)
    return {
      ...{ ordinal, from, to, partition: part.partition, broker: part.broker },
      runs: builders.get(ordinal)?.runs ?? [],
      stoppedKeys: keys === undefined ? null : [...part.stoppedKeys, ...keys],
    }
  })
}
