import { describe, expect, it } from 'vitest'
import { MOST_FAILURES, readNote, writeNote } from '../../../lib/replay/progress-note.ts'

const sent = (partition: number, offset: bigint, topic = 'orders') => ({ topic, partition, broker: null, offset })

describe('the note that a transaction leaves', () => {
  it('says where its records are and what could not be sent', () => {
    const failures = [{ from: 105n, to: 108n, failure: 'expired' as const }]
    const note = readNote(writeNote(100n, 5_000, [sent(1, 9n), sent(0, 50n), sent(1, 4n), sent(1, 7n)], failures))
    expect(note).toEqual({
      from: 100n,
      startedAtMs: 5_000,
      ranges: [
        { topic: 'orders', partition: 1, broker: null, from: 4n, to: 10n },
        { topic: 'orders', partition: 0, broker: null, from: 50n, to: 51n },
      ],
      failures,
    })
  })

  it('fits into 2,000 bytes whatever it must say, and leaves out what can be found otherwise', () => {
    const everywhere = Array.from({ length: 2_000 }, (_, partition) => sent(partition, 2n ** 52n, 't'.repeat(249)))
    const failures = Array.from({ length: MOST_FAILURES }, (_, index) => ({
      from: 2n ** 52n + BigInt(index * 1_000_000),
      to: 2n ** 52n + BigInt(index * 1_000_000 + 999_999),
      failure: 'handledMeanwhile' as const,
    }))
    const text = writeNote(2n ** 52n, 1_800_000_000_000, everywhere, failures)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_000)
    expect(readNote(text)).toMatchObject({ ranges: null, failures })
  })

  it('names no places when one of them is not known: what is found there would pass for all', () => {
    const unknown = { ...sent(1, 0n), offset: null }
    expect(readNote(writeNote(0n, 5_000, [sent(0, 3n), unknown], []))?.ranges).toBeNull()
  })

  it.each(['', 'x', '{}', '{"v":2,"f":"1","t":1}', '{"v":1,"f":"-1","t":1}'])('%j is none of ours', (text) => {
    expect(readNote(text)).toBeNull()
  })
})
