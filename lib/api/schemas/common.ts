import { z } from 'zod'
import { FORECAST_REASONS } from '../../durability/observation.ts'

/** ISO 8601 UTC text. */
export const isoTime = z.iso.datetime()

/** A count, offset or number of bytes; −1 stands for "unlimited". */
export const count = z.int()

export const subject = z.object({
  type: z.enum(['cluster', 'nameServer', 'broker', 'topic', 'partition', 'group', 'api', 'connect']),
  name: z.string(),
})

export const severity = z.enum(['info', 'warning', 'high', 'critical'])

export const facts = z.record(z.string(), z.union([z.string(), z.number()]))

/** Why something is unknown: code and facts for programs, message and fix for people. */
export const faultAnswer = z.object({ code: z.string(), message: z.string(), fix: z.string(), facts })
export type FaultAnswer = z.infer<typeof faultAnswer>

/** RFC 9457. `code` is stable, `fix` says what to do. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  fix: z.string().optional(),
  facts: facts.optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problem>

export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    /** The time the answer was true at; null when the cluster was never polled. */
    asOf: isoTime.nullable(),
    /** Items that match `q` and the filters, on all pages. */
    total: count,
  })
}

/** Query of every list. `sort` is a field name, with a leading minus for descending. */
export const listQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(100)
    .transform((limit) => Math.min(limit, 1000)),
  cursor: z.string().max(500).optional(),
  q: z.string().max(500).optional(),
  sort: z.string().max(60).optional(),
})
export type ListQuery = z.infer<typeof listQuery>

const trueOrFalse = z.enum(['true', 'false'])

/** Of a query. */
export const flag = trueOrFalse.transform((text) => text === 'true')

/** Of a query; left out, it is false. */
export const offFlag = trueOrFalse.default('false').transform((text) => text === 'true')

export const durability = z.enum(['healthy', 'underReplicated', 'atMinIsr', 'underMinIsr', 'offline', 'unknown'])

/** A forecast: earliest and latest bound a moment; null unless `state` is `forecast`. */
export const forecast = z.object({
  state: z.enum(['none', 'unknown', 'forecast']),
  earliest: isoTime.nullable(),
  latest: isoTime.nullable(),
  because: z.enum(FORECAST_REASONS),
})
export type Forecast = z.infer<typeof forecast>
