/** Whatever the headers of a dead letter hold, and whatever time it has, there is an answer that tells of it. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toDeadLetterAnswer } from '../../../lib/api/dlqs/dead-letter-serializers.ts'
import { deadLetter } from '../../../lib/api/schemas/dead-letters.ts'
import { timeOrNull } from '../../../lib/cluster/time-or-null.ts'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { decodeDeadLetter } from '../../../lib/dlq/decode.ts'
import { ANY_HEADERS } from '../../builders/any-headers.ts'
import { deadRecord } from '../../builders/dead-letters.ts'

const options = {
  access: { clusterId: 'test', topic: 'orders-dlt', reader: {} as never, decoder: null },
  ...{
    profiles: BUILT_IN_PROFILES,
    words: { locale: 'en' as const, system: 'kafka' as const },
    seesPayloads: true,
    maxBytes: 1_000,
  },
} as const

it('any headers, at any time', async () => {
  await fc.assert(
    fc.asyncProperty(ANY_HEADERS, fc.oneof(fc.double(), fc.maxSafeNat()), async (headers, ms) => {
      const { topic, ...record } = deadRecord([], { timestampMs: timeOrNull(ms) })
      const message = { ...record, headers, broker: null, sizeBytes: 0, rocketmq: null }
      const decoded = decodeDeadLetter({ ...message, topic }, BUILT_IN_PROFILES)
      const facts = { message, decoded, fingerprint: '', state: 'open', action: null, pointerState: 'unknown' } as const
      const answer = JSON.parse(JSON.stringify(await toDeadLetterAnswer(facts, options)))
      expect(deadLetter.safeParse(answer).error).toBeUndefined()
    }),
    { numRuns: 1_000 },
  )
})
