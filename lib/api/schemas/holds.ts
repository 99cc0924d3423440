import { z } from 'zod'
import { HOLD_OUTCOMES, HOLD_STATES } from '../../holds/hold.ts'
import { count, faultAnswer, isoTime, listOf } from './common.ts'

export const heldSetting = z.object({
  /** On RocketMQ with the broker in front: `broker-a:0 fileReservedTime`. */
  name: z.string(),
  /** What the topic itself, or the broker, said before; null: nothing, so that a default of the brokers was in effect. */
  before: z.string().nullable(),
  /** What was in effect before; several where the defaults of brokers differ. */
  effectiveBefore: z.array(z.string()),
  held: z.string(),
  /** What somebody set instead, which is left alone (`override` null: took the value away); null: nobody did. */
  foundInstead: z.object({ override: z.string().nullable() }).nullable(),
})

export const hold = z.object({
  id: z.string(),
  state: z.enum(HOLD_STATES),
  reason: z.string(),
  untilAt: isoTime,
  createdAt: isoTime,
  createdBy: z.string(),
  /** When it was seen to be in effect; null: not yet. */
  activeAt: isoTime.nullable(),
  /** Who ended it before its time; null: nobody. */
  releasedBy: z.string().nullable(),
  /** Null while it is open. */
  endedAt: isoTime.nullable(),
  settings: z.array(heldSetting),
  /** Of an active one: whether the newest poll saw what the hold has set; null when no poll has looked since. */
  isInEffect: z.boolean().nullable(),
  /** How it ended; null while it is open. */
  outcome: z.object({ code: z.enum(HOLD_OUTCOMES), message: z.string() }).nullable(),
  /** Why the last try failed; it is tried again while the hold is open. */
  trouble: faultAnswer.nullable(),
  /** When it is looked at next; null when it has ended. */
  nextLookAt: isoTime.nullable(),
  /** What brings back by hand what was there before; none once nothing of the hold is left. */
  commands: z.array(z.string()),
})
export type HoldAnswer = z.infer<typeof hold>

/** With where it is. */
export const holdRow = hold.extend({
  clusterId: z.string(),
  topic: z.string(),
  /** False while it is open, or in a conflict that nobody has decided. */
  isSettled: z.boolean(),
})
export type HoldRowAnswer = z.infer<typeof holdRow>

export const holdList = listOf(holdRow)
export type HoldListAnswer = z.infer<typeof holdList>

export const brokerCost = z.object({
  broker: z.string(),
  /** Of this topic's copies there, or on RocketMQ of the broker's whole log; null when unknown. */
  growthBytesPerDay: count.nullable(),
  /** Of the fullest volume with such a copy; null when unknown. */
  usableBytes: count.nullable(),
  totalBytes: count.nullable(),
  /**
   * When that volume is full if nothing else changes, or so full that the broker deletes all the same; null when unknown, or
   * when nothing grows.
   */
  fullInDays: z.number().nullable(),
})

/** What a hold does where it changes brokers, as on RocketMQ. Words for each stand in the message files under `holds.warnings`. */
export const HOLD_WARNINGS = ['allTopics', 'rewritesFile', 'forcedCleaning'] as const
export type HoldWarning = (typeof HOLD_WARNINGS)[number]

export const holdPreview = z.object({
  /** Why the topic cannot be held; null: it can. */
  refusal: z.object({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
  /** Beyond what is changed. */
  warnings: z.array(z.object({ code: z.enum(HOLD_WARNINGS), message: z.string() })),
  /** What a hold would change, as the newest poll knows it; empty when that is unknown. */
  settings: z.array(heldSetting.omit({ foundInstead: true })),
  /** Compaction goes on removing older records of a key. */
  isCompacted: z.boolean().nullable(),
  /** All copies together, at the rate of the newest poll, or all logs, on average; null when unknown. */
  growthBytesPerDay: count.nullable(),
  /** Brokers with copies of the topic, the one whose disk is full first in front. */
  brokers: z.array(brokerCost),
})
export type HoldPreviewAnswer = z.infer<typeof holdPreview>

export const holdAnswer = z.object({
  /** The one that is open, or else the last one; null: there was none. */
  hold: hold.nullable(),
  preview: holdPreview,
  /** Of the poll that the preview rests on. */
  asOf: isoTime.nullable(),
})
export type TopicHoldAnswer = z.infer<typeof holdAnswer>

const untilAt = z.iso.datetime({ offset: true, error: 'issue:holdTime' }).transform((text) => Date.parse(text))
const reason = z
  .string()
  .trim()
  .min(3)
  .max(500)
  .refine((text) => !text.includes('\0'), { error: 'issue:notAccepted' })

export const holdBody = z.strictObject({ untilAt, reason })

/** Without a reason the one that was given first goes on holding. */
export const extendHoldBody = z.strictObject({ untilAt, reason: reason.optional() })
