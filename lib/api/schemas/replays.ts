import { z } from 'zod'
import { REPLAY_STATES } from '../../replay/replay-states.ts'
import { count, isoTime, listOf } from './common.ts'
import { selection, transformSteps } from './dead-letters.ts'

export { REPLAY_STATES }

/** Null: unlimited. */
export const replayRate = z.strictObject({
  recordsPerSecond: z.number().positive().max(1e9).nullish(),
  bytesPerSecond: z.number().positive().max(1e12).nullish(),
})

const headersInput = z
  .array(z.strictObject({ key: z.string().min(1).max(1_000), value: z.string().nullable() }))
  .max(500)

export const replayTarget = z.strictObject({
  /** `origin`: where each record came from. `retry`: only the group that failed sees it. `topic`: the one named. */
  mode: z.enum(['origin', 'retry', 'topic']),
  topic: z.string().max(255).nullish(),
  /** Another cluster; its own when left out. */
  clusterId: z.string().max(100).nullish(),
})

export const createReplayBody = z.strictObject({
  clusterId: z.string().max(100),
  topic: z.string().max(255),
  selection,
  target: replayTarget,
  edits: z
    .array(
      z.strictObject({
        partition: z.int().min(0),
        broker: z.string().max(255).nullish(),
        offset: z.int().min(0),
        /** Text; left out: unchanged; null: a tombstone. */
        value: z.string().max(2_000_000).nullish(),
        /** Instead of the record's own; left out: unchanged. */
        headers: headersInput.nullish(),
      }),
    )
    .max(1_000)
    .optional(),
  /** The same change for every record that has no edit of its own; one that it does not fit is left out. */
  transform: transformSteps.optional(),
  rate: replayRate.nullish(),
  canary: z.strictObject({ count: z.int().min(1).max(100_000), waitSeconds: z.int().min(0).max(86_400) }).nullish(),
  /** Stops by itself when the target suffers; all on by default, null switches one off. */
  brake: z
    .strictObject({
      /** Pauses while a group that reads the target is further behind than this many messages more than at the start. */
      maxAddedLag: z.int().min(1).nullish(),
      /** Share of the delivered records that came back, 0 to 1. */
      maxReturnRatio: z.number().min(0).max(1).nullish(),
      /** Pauses while the target is below min ISR or offline. */
      isr: z.boolean().nullish(),
    })
    .nullish(),
  /** Replays of one record by this console after which it is quarantined. */
  maxAttempts: z.int().min(1).max(100).optional(),
  /** For forensic copies: the marks of its death stay on the record. */
  keepHeaders: z.boolean().optional(),
  /** Agreed to by a person: origins that only names tell, targets that are retry or dead-letter topics. */
  accept: z
    .strictObject({
      guessedOrigins: z.boolean().optional(),
      queueTargets: z.boolean().optional(),
      /** On compacted targets: records that are older than what lies there under their key. */
      staleKeys: z.boolean().optional(),
    })
    .optional(),
  /** After the start nothing is sent for so long: whoever cancels within it has sent nothing. */
  graceSeconds: z.int().min(0).max(300).optional(),
  reason: z.string().min(1).max(1_000),
})
export type CreateReplayInput = z.infer<typeof createReplayBody>

export const replayWarning = z.object({
  code: z.string(),
  /** In the language asked for. */
  message: z.string(),
  /** How many records it concerns; null where it concerns the whole. */
  count: count.nullable(),
})

export const replayPlan = z.object({
  messages: count,
  bytes: count,
  targets: z.array(z.object({ clusterId: z.string(), topic: z.string(), messages: count, bytes: count })),
  affectedGroups: z.array(
    z.object({
      group: z.string(),
      state: z.string().nullable(),
      topics: z.array(z.string()),
      /** `failed`: the group whose dead letters these are. `other`: sees the records although it did not fail. */
      note: z.enum(['failed', 'other', 'unknown']),
    }),
  ),
  warnings: z.array(replayWarning),
  /** Records that are left out from the start, and why. */
  skipped: z.array(z.object({ code: z.string(), message: z.string(), count })),
  /** How each record is delivered: `exactlyOnce`, or `atLeastOnce` with a check before anything is sent again. */
  delivery: z.enum(['exactlyOnce', 'atLeastOnce']),
  estimatedSeconds: z.number().nullable(),
  /** `rate`: the limit of this replay. `measured`: the speed of earlier ones to the same cluster. `assumed`: none was measured. */
  estimateBasis: z.enum(['rate', 'measured', 'assumed']).nullable(),
  needsApproval: z.boolean(),
  /** Which change is made to all records: `version` of what its steps mean, and a SHA-256 over them; null: none. */
  transform: z.object({ version: z.int(), digest: z.string() }).nullable(),
  /** Header names that are removed from the records, with how many records have each; at most 200. */
  removedHeaders: z.array(z.object({ key: z.string(), count })),
})
export type ReplayPlanAnswer = z.infer<typeof replayPlan>

export const replay = z.object({
  id: z.string(),
  state: z.enum(REPLAY_STATES),
  clusterId: z.string(),
  topic: z.string(),
  target: z.object({
    mode: z.enum(['origin', 'retry', 'topic']),
    topic: z.string().nullable(),
    clusterId: z.string(),
  }),
  reason: z.string(),
  /** What was asked for beside target and rate, as it is bound by `planHash`. */
  request: z.object({
    selection,
    /**
     * True: whoever asks may not read payloads of the queue, and *** stands for the texts that were looked for and for what
     * is written.
     */
    isWithheld: z.boolean(),
    /** Records whose value or headers were changed by hand. */
    edits: count,
    transform: transformSteps,
    brake: z.object({
      maxAddedLag: count.nullable(),
      maxReturnRatio: z.number().nullable(),
      isr: z.boolean(),
    }),
    graceSeconds: count,
    maxAttempts: count,
    keepHeaders: z.boolean(),
  }),
  rate: z.object({ recordsPerSecond: z.number().nullable(), bytesPerSecond: z.number().nullable() }),
  canary: z.object({ count, waitSeconds: count }).nullable(),
  /** Changes with everything that it binds: selection, target, edits, headers, rate. */
  planHash: z.string().nullable(),
  plan: replayPlan.nullable(),
  counts: z.object({
    selected: count,
    produced: count,
    /** Of those produced: stored by a master of RocketMQ that did not confirm in time that disk and slaves have it. */
    unconfirmed: count,
    skipped: count,
    failed: count,
    /** Passed by the groups of `deliveredBy`; null when there is none whose progress is known. */
    delivered: count.nullable(),
    /** The target's retention took them before those groups had read them; null while nobody's progress is known. */
    expiredInTarget: count.nullable(),
    /** Of those nobody can tell any more: gone between two looks, or not seen within the week of watching; null as above. */
    unknown: count.nullable(),
    returned: count,
  }),
  /** Whose progress `delivered` counts. `haveFailed`: they are those that failed; otherwise every group that reads the target. */
  deliveredBy: z.object({ groups: z.array(z.string()), haveFailed: z.boolean() }).nullable(),
  /** What holds it: why it is braked, paused or waits; null when nothing does. */
  waitsFor: z
    .object({
      code: z.string(),
      message: z.string(),
      /** Whether a person may go on in spite of it. Not while the target stores nothing: it goes on by itself once that is mended. */
      canResume: z.boolean(),
    })
    .nullable(),
  /** Records per second over the last seconds; null while it does not run. */
  recordsPerSecond: z.number().nullable(),
  createdAt: isoTime,
  createdBy: z.string(),
  approvedAt: isoTime.nullable(),
  approvedBy: z.string().nullable(),
  /** A start after that is refused, and asks for approval anew; null while nobody has approved it, and once it began. */
  approvalEndsAt: isoTime.nullable(),
  startedAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  error: z.object({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
})
export type ReplayAnswer = z.infer<typeof replay>

export const replayList = listOf(replay)
export type ReplayListAnswer = z.infer<typeof replayList>

/**
 * `notSent`: the replay has ended before it came to it; `waiting`: it will be sent. `expiredInTarget`: sent, and deleted
 * there before its group had read it. `unknown`: sent, and nobody can tell any more whether it was read.
 */
export const REPLAY_OUTCOMES = [
  'waiting',
  'produced',
  'delivered',
  'expiredInTarget',
  'unknown',
  'returned',
  'skipped',
  'failed',
  'notSent',
] as const

export const replayRecord = z.object({
  source: z.object({ partition: z.int(), broker: z.string().nullable(), offset: count }),
  target: z
    .object({ topic: z.string(), partition: z.int(), broker: z.string().nullable(), offset: count.nullable() })
    .nullable(),
  outcome: z.enum(REPLAY_OUTCOMES),
  /** Why it was skipped or failed, such as `quarantined`; `unconfirmed` for one that was stored so; null otherwise. */
  because: z.string().nullable(),
  message: z.string().nullable(),
  /**
   * SHA-256 of value and headers before and after; null for a record that was not changed. Of those that the change for all
   * records fits, the first 1,000 of the queue have it. Whoever may not read payloads of the queue is told only that it was.
   */
  edited: z.object({ before: z.string().nullable(), after: z.string().nullable() }).nullable(),
})
export type ReplayRecordAnswer = z.infer<typeof replayRecord>

export const replayRecordList = listOf(replayRecord)
export type ReplayRecordListAnswer = z.infer<typeof replayRecordList>

export const hashBody = z.strictObject({ planHash: z.string().min(1).max(200) })
export const rateBody = z.strictObject({ rate: replayRate })
