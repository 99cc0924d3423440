import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateLimit } from '../../../lib/replay/rate-limit.ts'

const unlimited = { recordsPerSecond: null, bytesPerSecond: null }

/** Sends records of a size as fast as the limit lets it, for so long. */
function sendFor(limit: RateLimit, ms: number, sizeBytes: number, fromMs = 0): number {
  let sent = 0
  for (let now = fromMs; now < fromMs + ms; ) {
    const waitMs = limit.waitMs(now)
    if (waitMs > 0) {
      now += waitMs
      continue
    }
    const { records } = limit.allowance(now)
    const count = Math.max(1, Math.floor(records ?? 10))
    limit.spend(count, count * sizeBytes)
    sent += count
    now += 10
  }
  return sent
}

describe('a rate', () => {
  it('holds over any stretch of time', () => {
    const rate = fc.double({ min: 0.2, max: 50_000, noNaN: true })
    fc.assert(
      fc.property(rate, fc.integer({ min: 2_000, max: 30_000 }), (recordsPerSecond, ms) => {
        const sent = sendFor(new RateLimit({ ...unlimited, recordsPerSecond }, 0), ms, 100)
        const allowed = (recordsPerSecond * ms) / 1_000
        expect(sent).toBeLessThanOrEqual(allowed + recordsPerSecond + 1)
        expect(sent).toBeGreaterThanOrEqual(Math.floor(allowed * 0.9 - recordsPerSecond / 50 - 2))
      }),
    )
  })

  it('of bytes lets a record through that is larger than a second’s worth, and makes the next one wait for it', () => {
    const limit = new RateLimit({ ...unlimited, bytesPerSecond: 1_000 }, 0)
    expect(limit.waitMs(1)).toBe(0)
    limit.spend(1, 10_000)
    expect(limit.waitMs(1)).toBeGreaterThan(9_000)
    expect(limit.waitMs(10_001)).toBe(0)
  })

  it('saves nothing for a rush after a pause', () => {
    const limit = new RateLimit({ ...unlimited, recordsPerSecond: 100 }, 0)
    expect(limit.allowance(3_600_000).records).toBe(100)
  })

  it('takes effect at once when it changes, without a debt of the old one', () => {
    const limit = new RateLimit({ ...unlimited, recordsPerSecond: 1_000 }, 0)
    limit.allowance(1_000)
    limit.spend(1_000, 0)
    limit.change({ ...unlimited, recordsPerSecond: 1 }, 1_000)
    expect(limit.allowance(1_000).records).toBeLessThanOrEqual(1)
    expect(limit.waitMs(1_000)).toBeLessThanOrEqual(1_000)
    limit.change(unlimited, 1_000)
    expect([limit.waitMs(1_000), limit.allowance(1_000).records]).toEqual([0, null])
  })

  it('below one per second still lets one through in its time', () => {
    const limit = new RateLimit({ ...unlimited, recordsPerSecond: 0.1 }, 0)
    expect(limit.waitMs(0)).toBeCloseTo(10_000)
    expect(limit.waitMs(10_000)).toBe(0)
  })
})
