/** Headers that no well-meaning program writes: of known names and others, with any bytes, doubled, reordered, left out. */
import fc from 'fast-check'
import { BUILT_IN_PROFILES } from '../../lib/dlq/built-in-profiles.ts'
import { headerOf } from '../../lib/dlq/profile.ts'
import { connectHeaders, springException, springOrigin, toHeaders } from './dead-letters.ts'

export const KNOWN_NAMES = BUILT_IN_PROFILES.flatMap(({ fields }) =>
  Object.values(fields).flatMap((from) => (from ?? []).map(headerOf)),
)
const REAL = toHeaders([...springException(), ...springOrigin(), ...connectHeaders()])

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 16 }),
  fc.constantFrom(...REAL.flatMap(({ value }) => (value === null ? [] : [value]))),
  fc
    .constantFrom('-1', '99999999999999999999', 'null', '{"top":{},"att":-1}', '', 'orders')
    .map((text) => Buffer.from(text)),
)
const header = fc.record({ key: fc.oneof(fc.constantFrom(...KNOWN_NAMES), fc.string()), value: fc.option(bytes) })
export const ANY_HEADERS = fc.oneof(
  fc.array(header, { maxLength: 60 }),
  // Real ones, reordered, doubled and left out: reaches deeper than random ones.
  fc.array(fc.constantFrom(...REAL), { maxLength: 80 }),
)
