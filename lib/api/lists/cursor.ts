/** Where the next page begins: after a place in the order, not after a number of rows, so that rows may come and go. */
import { z } from 'zod'
import { HoldfastError } from '../../errors.ts'
import type { Place } from './sort.ts'

const cursor = z.tuple([
  z.string(),
  z.union([z.null(), z.string(), z.number(), z.boolean(), z.object({ n: z.string().regex(/^-?\d{1,30}$/) })]),
  z.string(),
])

export function formatCursor(sort: string, place: Place): string {
  const value = typeof place.value === 'bigint' ? { n: String(place.value) } : place.value
  return Buffer.from(JSON.stringify([sort, value, place.key])).toString('base64url')
}

/** @throws HoldfastError `bad_request` when it is not one of ours or belongs to another order */
export function parseCursor(text: string, sort: string): Place {
  const parsed = cursor.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')))
  if (!parsed.success || parsed.data[0] !== sort)
    throw new HoldfastError('bad_request', { path: 'query.cursor', issue: 'cursor' })
  const [, value, key] = parsed.data
  return { value: typeof value === 'object' && value !== null ? BigInt(value.n) : value, key }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not ours; the schema refuses it.
    return undefined
  }
}
