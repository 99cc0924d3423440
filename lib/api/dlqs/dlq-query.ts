/** What requests about dead letters may ask for. */
import { z } from 'zod'
import { STATE_NAMES } from '../../inbox/block-states.ts'
import type { Selection } from '../../inbox/selection.ts'
import { FULL_BYTES } from '../messages/message-serializers.ts'
import { listQuery } from '../schemas/common.ts'
import { CAUSE_KEYS, selection } from '../schemas/dead-letters.ts'
import { timeInput } from '../time-input.ts'

export const queueParams = z.object({ cluster: z.string(), topic: z.string() })

/** Up to 200 bytes a partition. */
const MAX_CURSOR = 200_000

export const causeQuery = listQuery.extend({
  /** By what records are grouped. */
  by: z.enum(CAUSE_KEYS).default('cause'),
})
export type CauseQuery = z.output<typeof causeQuery>

const partition = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1)
const broker = z.string().min(1).max(255)
const offset = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform((text) => BigInt(text))
const name = z.string().min(1).max(100)

const statuses = z
  .string()
  .max(100)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(STATE_NAMES)))
  .transform((list) => new Set(list))

export const letterQuery = z
  .object({
    /** A group's name: the fingerprint of a cause, or one of another grouping. */
    cause: name.optional(),
    fingerprint: name.optional(),
    /** One or several, with commas. */
    status: statuses.optional(),
    fromTime: timeInput.optional(),
    toTime: timeInput.optional(),
    key: z.string().max(1_000).optional(),
    q: z.string().min(1).max(500).optional(),
    partition: partition.optional(),
    broker: broker.optional(),
    order: z.enum(['newest', 'oldest']).default('newest'),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .default(100)
      .transform((limit) => Math.min(limit, 1_000)),
    cursor: z.string().max(MAX_CURSOR).optional(),
  })
  .superRefine(({ status, key, q }, context) => {
    // It would find none of them, and say that it had looked at all.
    if (status?.has('expired') !== true || (key ?? q) === undefined) return
    context.addIssue({ code: 'custom', path: ['status'], message: 'issue:expiredContent' })
  })
  .transform(({ cause, fingerprint, status, fromTime, toTime, partition, broker, ...rest }) => ({
    ...rest,
    causes: cause === undefined && fingerprint === undefined ? null : [cause ?? fingerprint ?? ''],
    states: status ?? null,
    fromMs: fromTime ?? null,
    toMs: toTime ?? null,
    partition: partition ?? null,
    broker: broker ?? null,
  }))
export type LetterQuery = z.output<typeof letterQuery>

/** Whether what is asked for tells what lies in the records by which of them are found. */
export function choosesByContent({ key, q }: { key?: string | undefined; q?: string | undefined }): boolean {
  return key !== undefined || q !== undefined
}

export const letterParams = queueParams.extend({ partition, offset })
export const letterPlaceQuery = z.object({
  broker: broker.optional(),
  /** How much of its payload and of each header. */
  maxBytes: z.coerce.number().int().min(0).max(FULL_BYTES).optional(),
})

export interface PlaceQuery {
  partition: number
  offset: bigint
  broker?: string | undefined
  maxBytes?: number | undefined
}

const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
const list = z
  .string()
  .max(50_000)
  .transform((text) => text.split(','))

/** `0:17` or `broker-a:0:17` */
const PLACE = /^(?:(.{1,255}):)?(\d{1,9}):(\d{1,16})$/
const places = list.transform((texts, context) => {
  const found = texts.map((text) => PLACE.exec(text))
  if (found.some((match) => match === null)) {
    context.addIssue({ code: 'custom', message: 'issue:notAccepted' })
    return z.NEVER
  }
  return found.map((match) => ({
    broker: match?.[1] ?? null,
    partition: Number(match?.[2]),
    offset: Number(match?.[3]),
  }))
})

/** `0:17,1:20`: what lies before these offsets. */
export const purgeQuery = z.object({ beforeOffsets: places })

/** The fields of a selection as text; none of them is every open record. */
export const exportQuery = z
  .object({
    all: flag.optional(),
    causes: list.optional(),
    cause: name.optional(),
    offsets: places.optional(),
    fromTime: timeInput.optional(),
    toTime: timeInput.optional(),
    key: z.string().max(1_000).optional(),
    q: z.string().min(1).max(500).optional(),
    includeHandled: flag.optional(),
  })
  .transform(({ all: _, cause, causes, fromTime, toTime, ...rest }, context) => {
    const iso = (atMs: number | undefined): string | undefined =>
      atMs === undefined ? undefined : new Date(atMs).toISOString()
    const named = cause === undefined ? causes : [cause]
    const given = { ...rest, causes: named, fromTime: iso(fromTime), toTime: iso(toTime) }
    const parsed = selection.safeParse({ all: true, ...withoutUndefined(given) })
    if (parsed.success) return { selection: parsed.data as Selection }
    context.addIssue({ code: 'custom', message: 'issue:notAccepted' })
    return z.NEVER
  })
export type ExportQuery = z.output<typeof exportQuery>

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
