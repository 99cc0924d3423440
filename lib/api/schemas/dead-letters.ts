import { z } from 'zod'
import { DLQ_FORMATS } from '../../dlq/dead-letter.ts'
import { count, isoTime } from './common.ts'
import { message, searched } from './messages.ts'

export const DEAD_LETTER_STATUSES = ['open', 'replayed', 'returned', 'archived', 'expired'] as const
export const deadLetterStatus = z.enum(DEAD_LETTER_STATUSES)

/** Which dead letters: the fields combine by AND; an empty selection is refused, and so is an empty text or list. */
export const selection = z.strictObject({
  /** Every open record up to the end at this moment. */
  all: z.literal(true).optional(),
  /** Fingerprints. */
  causes: z.array(z.string().max(100)).min(1).max(1_000).optional(),
  offsets: z
    .array(z.strictObject({ partition: z.int().min(0), broker: z.string().max(255).nullish(), offset: z.int().min(0) }))
    .min(1)
    .max(10_000)
    .optional(),
  fromTime: isoTime.optional(),
  toTime: isoTime.optional(),
  /** Exactly this key, as text; empty: records whose key is. */
  key: z.string().max(1_000).optional(),
  /** As in the search: text in key, headers, payload or cause. */
  q: z.string().max(500).optional(),
  /** Also those that were replayed, archived or returned before. */
  includeHandled: z.boolean().optional(),
})
export type SelectionInput = z.infer<typeof selection>

export const deadLetterOrigin = z.object({
  topic: z.string().nullable(),
  partition: z.int().nullable(),
  offset: count.nullable(),
  timestamp: isoTime.nullable(),
  group: z.string().nullable(),
  /** True: it follows from names or settings alone. */
  guessed: z.boolean(),
})

export const deadLetterException = z.object({
  class: z.string().nullable(),
  rootCauseClass: z.string().nullable(),
  message: z.string().nullable(),
  causeMessage: z.string().nullable(),
  stackTrace: z.string().nullable(),
  /** Which lines of it, counted from 0, are calls of the application's own code. */
  ownFrameLines: z.array(z.int()),
  stage: z.string().nullable(),
  handler: z.string().nullable(),
})

export const hop = z.object({
  format: z.enum(DLQ_FORMATS),
  profile: z.string(),
  origin: deadLetterOrigin,
  exception: deadLetterException.nullable(),
  attempts: count.nullable(),
})

/**
 * Of one that is gone only what the index holds is known: place, time, cause and the topic and group of its origin. Its
 * exception's message then has `<*>` for what varies, and lists are empty.
 */
export const deadLetter = message.extend({
  /** Null too when the record is gone. */
  headers: message.shape.headers.nullable(),
  headerCount: count.nullable(),
  sizeBytes: count.nullable(),
  /** It lies in the queue no more, so that its key, value and headers are not known; null while it does. */
  gone: z.object({ by: z.enum(['retention', 'purge']) }).nullable(),
  clusterId: z.string(),
  topic: z.string(),
  status: deadLetterStatus,
  format: z.enum(DLQ_FORMATS).nullable(),
  fingerprint: z.string(),
  origin: deadLetterOrigin.nullable(),
  exception: deadLetterException.nullable(),
  attempts: count.nullable(),
  /** The newest death first. */
  hops: z.array(hop),
  /** What is wrong with its headers. */
  faults: z.array(z.object({ code: z.string(), header: z.string(), bytes: count.nullable() })),
  /** Names of its headers that a replay leaves out or writes anew; all others are sent as they are. */
  removedOnReplay: z.array(z.string()),
  /** What this console wrote when it sent the record before; null when it never did. */
  replay: z
    .object({
      replayId: z.string(),
      jobId: z.string().nullable(),
      attempt: count.nullable(),
      source: z.string().nullable(),
    })
    .nullable(),
  /** Share groups' records without a payload: where it lies, and whether it was fetched from there. */
  pointer: z
    .object({
      topic: z.string(),
      partition: z.int(),
      offset: count,
      state: z.enum(['fetched', 'gone', 'unknown']),
    })
    .nullable(),
  /** The last action on it; null while it is open. */
  handled: z
    .object({
      action: z.string(),
      at: isoTime,
      by: z.string(),
      note: z.string().nullable(),
      replayId: z.string().nullable(),
    })
    .nullable(),
})
export type DeadLetterAnswer = z.infer<typeof deadLetter>

/**
 * Of how many offsets in front of the log nothing is kept: what expired there is in no list and no count. An upper bound of
 * the records. 131,072 expired ones are kept of each partition.
 */
const expiredUnknownOffsets = count

export const deadLetterList = z.object({
  items: z.array(deadLetter),
  ...searched,
  nextCursor: z.string().nullable(),
  /** Null unless what has expired was asked for. */
  expiredUnknownOffsets: expiredUnknownOffsets.nullable(),
})
export type DeadLetterListAnswer = z.infer<typeof deadLetterList>

/** By what records are grouped; `cause` is the fingerprint of the root cause. */
export const CAUSE_KEYS = ['cause', 'exception', 'originTopic', 'group'] as const

export const cause = z.object({
  fingerprint: z.string(),
  exception: z.string().nullable(),
  /** With `<*>` for what varies. */
  message: z.string().nullable(),
  /** The application's function that failed, where it belongs to the key. */
  frame: z.string().nullable(),
  format: z.enum(DLQ_FORMATS).nullable(),
  /** Open records. */
  count,
  /** Records that were replayed, archived or came back, and still lie in the queue. */
  handledCount: count,
  /** Records that retention or a purge took before anybody handled them, of those that are still known. */
  expiredCount: count,
  /** Records that came back after a replay, also those that are open again. */
  returnedCount: count,
  firstSeenAt: isoTime.nullable(),
  lastSeenAt: isoTime.nullable(),
  /** Arrivals per step, oldest first; the last step ends at `trendUntil`. */
  trend: z.array(count),
  trendStepSeconds: count,
  trendUntil: isoTime.nullable(),
  originTopics: z.array(z.string()),
  groups: z.array(z.string()),
  /** One of its records, the newest. */
  sample: z
    .object({ partition: z.int(), broker: z.string().nullable(), offset: count, message: z.string().nullable() })
    .nullable(),
  /** Most of what arrived lately has this one cause: replaying before it is mended brings the records back. */
  fixFirst: z.boolean(),
})
export type CauseAnswer = z.infer<typeof cause>

export const causeList = z.object({
  items: z.array(cause),
  nextCursor: z.string().nullable(),
  asOf: isoTime.nullable(),
  total: count,
  /** How far the queue was read, by partition. */
  scannedTo: z.array(
    z.object({ partition: z.int(), broker: z.string().nullable(), offset: count, endOffset: count.nullable() }),
  ),
  /** Everything that lies in the queue is counted. */
  complete: z.boolean(),
  expiredUnknownOffsets,
})
export type CauseListAnswer = z.infer<typeof causeList>

export const archiveBody = z.strictObject({ selection, note: z.string().min(1).max(1_000) })
export const restoreBody = z.strictObject({ selection })
/** `confirm` is the queue's name, typed by a person. `onlyExported` refuses while some of the records are in no export. */
export const purgeBody = z.strictObject({
  beforeOffsets: z
    .array(z.strictObject({ partition: z.int().min(0), broker: z.string().max(255).nullish(), offset: z.int().min(0) }))
    .min(1)
    .max(10_000),
  confirm: z.string(),
  onlyExported: z.boolean().optional(),
})

/** What a purge would delete; how many of them nobody has handled, and how many are in no export that came to its end. */
export const purgePreview = z.object({ records: count, openRecords: count, notExported: count })
export type PurgePreviewAnswer = z.infer<typeof purgePreview>
/** One change for all records; the API's and the replay's steps are the same. */
const transformStep = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('setValue'), path: z.string().min(1).max(1_000), json: z.string().max(100_000) }),
  z.strictObject({ kind: z.literal('removeValue'), path: z.string().min(1).max(1_000) }),
  z.strictObject({
    kind: z.literal('setHeader'),
    name: z.string().min(1).max(1_000),
    value: z.string().max(100_000).nullable(),
  }),
  z.strictObject({ kind: z.literal('removeHeader'), name: z.string().min(1).max(1_000) }),
])
export type TransformStepInput = z.infer<typeof transformStep>
export const transformSteps = z.array(transformStep).max(50)

export const previewBody = z.strictObject({ selection, transform: transformSteps.min(1) })

const changedContent = message.pick({ value: true, headers: true })

export const changePreview = z.object({
  /** That are selected. */
  records: count,
  /** A few of them. */
  samples: z.array(
    z.object({
      ...{ partition: z.int(), broker: z.string().nullable(), offset: count },
      before: changedContent,
      /** Null: it cannot be changed as asked, and would be left out. */
      after: changedContent.nullable(),
    }),
  ),
})
export type ChangePreviewAnswer = z.infer<typeof changePreview>

/** How many records an action touched. */
export const handledAnswer = z.object({ records: count })
export type HandledAnswer = z.infer<typeof handledAnswer>
