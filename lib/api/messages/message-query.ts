/** Where to begin reading and what to look for. */
import { z } from 'zod'
import { timeInput } from '../time-input.ts'
import { parseHeaderFilter, parsePathFilter } from './message-filter.ts'

const partition = z.coerce.number().int().min(0)
const offset = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const broker = z.string().max(255)
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true')

const PLACE = /^(?:([^/,]+)\/)?(\d{1,9}):(\d{1,16})$/

/** `0:1200,1:88`, on RocketMQ `broker-a/0:1200`: the places where an earlier answer stopped. */
const places = z
  .string()
  .max(100_000)
  .transform((text, context) => {
    const found = text.split(',').map((part) => PLACE.exec(part))
    const complete = found.filter((match) => match !== null)
    if (complete.length < found.length) {
      context.addIssue({ code: 'custom', message: 'issue:messageFrom' })
      return z.NEVER
    }
    return complete.map(([, name, number, at]) => ({
      partition: Number(number),
      broker: name ?? null,
      offset: BigInt(at ?? 0),
    }))
  })

const pathFilter = z
  .string()
  .max(1_000)
  .transform((text, context) => {
    const filter = parsePathFilter(text)
    if (filter) return filter
    context.addIssue({ code: 'custom', message: 'issue:messagePath' })
    return z.NEVER
  })

export const messageQuery = z
  .object({
    partition: partition.optional(),
    broker: broker.optional(),
    from: places.optional(),
    fromOffset: offset.optional(),
    fromTime: timeInput.optional(),
    position: z.enum(['earliest', 'latest']).optional(),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .default(50)
      .transform((limit) => Math.min(limit, 500)),
    q: z.string().min(1).max(500).optional(),
    key: z.string().max(10_000).optional(),
    /** `NAME:VALUE`, or `NAME` alone. */
    header: z.string().min(1).max(2_000).optional(),
    /** `$.order.id=17` */
    path: pathFilter.optional(),
    full: flag,
  })
  .check((context) => {
    const { from, fromOffset, fromTime, position, limit, full } = context.value
    const issue = (at: string, message: string) =>
      context.issues.push({ code: 'custom', path: [at], message, input: context.value })
    const starts = [from, fromOffset, fromTime, position].filter((start) => start !== undefined)
    if (starts.length > 1) issue('position', 'issue:oneStart')
    if (fromOffset !== undefined && context.value.partition === undefined) issue('fromOffset', 'issue:messagePlace')
    if (full && (fromOffset === undefined || limit !== 1)) issue('full', 'issue:fullOne')
  })
export type MessageQuery = z.output<typeof messageQuery>

/**
 * A filter tells what it finds, byte by byte if it is asked often enough: it is for those alone who may read all the same.
 * Names of headers are no payload.
 */
export function looksIntoPayloads({ q, key, header, path, full }: MessageQuery): boolean {
  const byHeader = header === undefined ? null : parseHeaderFilter(header)
  return full || [q, key, path].some((filter) => filter !== undefined) || (byHeader !== null && byHeader.value !== null)
}

export const placeParams = z.object({ cluster: z.string(), topic: z.string(), partition, offset })
export const placeQuery = z.object({ broker: broker.optional(), full: flag })
