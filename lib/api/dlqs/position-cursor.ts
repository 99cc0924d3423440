/** Where the next page of dead letters begins: an offset of each partition, of one life of the queue and one order. */
import { z } from 'zod'
import { HoldfastError } from '../../errors.ts'
import type { SearchOrder, SearchPositions } from '../../inbox/candidates.ts'

/** Bounded: a cursor comes from outside. */
const MAX_PLACES = 10_000
const cursor = z.tuple([
  z.enum(['newest', 'oldest']),
  z.int(),
  z.array(z.tuple([z.string().max(300), z.string().regex(/^\d{1,19}$/)])).max(MAX_PLACES),
])

export function formatPositions(positions: SearchPositions, order: SearchOrder, queueId: number): string {
  const places = [...positions].map(([place, offset]) => [place, String(offset)])
  return Buffer.from(JSON.stringify([order, queueId, places])).toString('base64url')
}

/** @throws HoldfastError `bad_request` when it is not one of ours, or of another order or life of the queue */
export function parsePositions(text: string, order: SearchOrder, queueId: number): SearchPositions {
  const parsed = cursor.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')))
  if (!parsed.success || parsed.data[0] !== order || parsed.data[1] !== queueId) {
    throw new HoldfastError('bad_request', { path: 'query.cursor', issue: 'cursor' })
  }
  return new Map(parsed.data[2].map(([place, offset]) => [place, BigInt(offset)]))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not ours; the schema refuses it.
    return undefined
  }
}
