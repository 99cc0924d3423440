import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SelectionInput } from '../../../lib/api/schemas/dead-letters.ts'
import { newReplayHref, selectionOf } from '../../../lib/client/selection-url.ts'

function read(href: string): SelectionInput | null {
  return selectionOf(new URL(href, 'http://localhost').searchParams)
}

describe('a selection in the address', () => {
  test.each<SelectionInput>([
    { all: true },
    { causes: ['a1', 'b2'] },
    { offsets: [{ partition: 2, offset: 1_407 }] },
    { offsets: [{ partition: 0, broker: 'broker-a:1', offset: 7 }] },
    { q: 'a&b=c', key: '键', fromTime: '2026-11-22T00:00:00.000Z', toTime: '2026-11-23T00:00:00.000Z' },
    { causes: ['a1'], includeHandled: true },
  ])('comes back whole: %j', (selection) => {
    expect(read(newReplayHref('shop', '%DLQ%billing', selection))).toEqual(selection)
  })

  test('of nothing is nothing, and never everything', () => {
    for (const query of ['', 'all=false', 'offsets=', 'offsets=x,1:', 'causes=,', 'includeHandled=true']) {
      expect(read(`/replays/new?cluster=c&topic=t&${query}`)).toBeNull()
    }
  })

  test('keeps any text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 50 }), (q) => {
        expect(read(newReplayHref('c', 't', { q }))).toEqual({ q: q.toWellFormed() })
      }),
    )
  })
})
