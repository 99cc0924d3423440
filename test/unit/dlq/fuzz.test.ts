/** Whatever the headers hold, decoding neither crashes nor hangs, and what it answers is bounded. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import {
  type DecodedDeadLetter,
  MAX_FAULTS,
  MAX_HOPS,
  MAX_MESSAGE_BYTES,
  MAX_NAME_BYTES,
  MAX_STACK_TRACE_BYTES,
} from '../../../lib/dlq/dead-letter.ts'
import { decodeDeadLetter } from '../../../lib/dlq/decode.ts'
import { fingerprintOf } from '../../../lib/dlq/fingerprint.ts'
import { replayHeaders } from '../../../lib/dlq/replay-headers.ts'
import { ANY_HEADERS, KNOWN_NAMES } from '../../builders/any-headers.ts'
import { deadRecord } from '../../builders/dead-letters.ts'

const RUNS = 2_000

function checkBounds(decoded: DecodedDeadLetter): void {
  expect(decoded.hops.length).toBeLessThanOrEqual(MAX_HOPS)
  expect(decoded.faults.length).toBeLessThanOrEqual(MAX_FAULTS)
  for (const { origin, exception, attempts } of decoded.hops) {
    expect(origin.topic ?? 'x').toMatch(/^[\w.%|+-]{1,255}$/)
    expect(origin.group?.length ?? 0).toBeLessThanOrEqual(MAX_NAME_BYTES)
    expect(exception?.class?.length ?? 0).toBeLessThanOrEqual(MAX_NAME_BYTES)
    expect(exception?.message?.length ?? 0).toBeLessThanOrEqual(MAX_MESSAGE_BYTES + 3)
    expect(exception?.stackTrace?.length ?? 0).toBeLessThanOrEqual(MAX_STACK_TRACE_BYTES + 3)
    if (origin.partition !== null) expect(origin.partition).toBeGreaterThanOrEqual(0)
    if (origin.offset !== null) {
      expect(origin.offset).toBeGreaterThanOrEqual(0n)
      expect(Number.isSafeInteger(Number(origin.offset))).toBe(true)
    }
    if (origin.timestampMs !== null) expect(new Date(origin.timestampMs).getTime()).toBe(origin.timestampMs)
    if (attempts !== null) expect(Number.isSafeInteger(attempts)).toBe(true)
  }
}

describe('any headers', () => {
  it('are decoded, named and cleaned', () => {
    fc.assert(
      fc.property(ANY_HEADERS, (list) => {
        const record = { ...deadRecord([]), headers: list }
        const decoded = decodeDeadLetter(record, BUILT_IN_PROFILES)
        checkBounds(decoded)
        expect(fingerprintOf(decoded).key).toMatch(/^[0-9a-f]{20}$/)
        const options = {
          replayId: 'r',
          jobId: 'j',
          source: record,
          nowMs: 0,
          operator: null,
          profiles: BUILT_IN_PROFILES,
        }
        expect(
          decodeDeadLetter({ ...record, headers: replayHeaders(record, decoded, options) }, BUILT_IN_PROFILES).hops,
        ).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it.each([
    ['many', KNOWN_NAMES.flatMap((key) => Array.from({ length: 2_000 }, () => ({ key, value: Buffer.from('7') })))],
    ['large', KNOWN_NAMES.map((key) => ({ key, value: Buffer.alloc(2 ** 20, '\nCaused by: a.B: c\n\tat x.Y.z(') }))],
    ['large and no text', KNOWN_NAMES.map((key) => ({ key, value: Buffer.alloc(2 ** 20, 0xff) }))],
  ])('may be %s', (_, list) => {
    const decoded = decodeDeadLetter({ ...deadRecord([]), headers: list }, BUILT_IN_PROFILES)
    checkBounds(decoded)
    expect(fingerprintOf(decoded).sample?.length ?? 0).toBeLessThanOrEqual(500)
  })
})
