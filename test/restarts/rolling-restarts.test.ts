/** What a rolling restart costs is planned: nobody is to be woken by it. */
import { describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../lib/units.ts'
import { restartsOf } from './restarts-of.ts'

const DURATION_MS = 10 * MINUTE_MS
/** Starting, and coming to rest at the end, on a machine that does other things first. */
const DEADLINE_MS = 3 * DURATION_MS

describe('ten minutes of brokers that restart one by one', () => {
  it.concurrent.each(['kafka', 'rocketmq'] as const)(
    'raise no finding, lose nothing and change no verdict: %s',
    { timeout: DEADLINE_MS },
    async (system) => {
      const { faults, pollsWithout, consumed } = await restartsOf(system, DURATION_MS)
      expect(faults).toEqual([])
      expect(pollsWithout).toBeGreaterThan(0)
      expect(consumed).toBeGreaterThan(0)
    },
  )
})
