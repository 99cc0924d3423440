/** The quick search against the plain meaning of it, over messages whose parts lie beside each other and ones that do not. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StoredMessage } from '../../../lib/cluster/messages.ts'
import { messageTest } from '../../../lib/inbox/match-message.ts'

const SETTING = { topic: 'orders-dlt', decoder: null, originTopicsOf: () => [] }
const text = fc.string({ unit: fc.constantFrom('a', 'B', 'ä', 'Ä', '界', '-', '1'), maxLength: 12 })
const bytes = fc.option(text.map((words) => Buffer.from(words)))
const parts = fc.record({
  key: bytes,
  value: bytes,
  headers: fc.array(fc.record({ key: text, value: bytes }), { maxLength: 4 }),
})

/** As a fetch has them: one piece of memory, with a name in front of each header and something between all parts. */
function received({ key, value, headers }: Pick<StoredMessage, 'key' | 'value' | 'headers'>) {
  const between = Buffer.from('\u0001')
  const pieces: Uint8Array[] = [between]
  const put = (part: Uint8Array | null): (() => Buffer | null) => {
    if (part === null) return () => null
    const from = pieces.reduce((sum, piece) => sum + piece.length, 0)
    pieces.push(part, between)
    return () => memory.subarray(from, from + part.length)
  }
  const [takeKey, takeValue] = [put(key), put(value)]
  const taken = headers.map((header) => {
    put(Buffer.from(header.key))
    return { key: header.key, take: put(header.value) }
  })
  const memory = Buffer.concat(pieces)
  return {
    key: takeKey(),
    value: takeValue(),
    headers: taken.map(({ key: name, take }) => ({ key: name, value: take() })),
  }
}

it('finds a text in key, value, names and values of headers, in either case, and nowhere between them', () => {
  fc.assert(
    fc.property(parts, text, fc.boolean(), (apart, q, isReceived) => {
      const message = (isReceived ? received(apart) : apart) as StoredMessage
      const words = [
        apart.key,
        apart.value,
        ...apart.headers.flatMap((header) => [Buffer.from(header.key), header.value]),
      ]
      const isThere = words.some((part) => part !== null && String(part).toLowerCase().includes(q.toLowerCase()))
      const test = messageTest({ key: null, q }, SETTING)
      if (q === '') expect(test).toBeNull()
      else expect(test?.(message)).toBe(isThere)
    }),
    { numRuns: 3_000 },
  )
})

it('wants the key as a whole', () => {
  const message = { key: Buffer.from('ab'), value: Buffer.from('abc'), headers: [] } as unknown as StoredMessage
  const found = (key: string, q: string | null = null) => messageTest({ key, q }, SETTING)?.(message)
  expect([found('ab'), found('a'), found('AB'), found('ab', 'C'), found('ab', 'd')]).toEqual([
    true,
    false,
    false,
    true,
    false,
  ])
})
