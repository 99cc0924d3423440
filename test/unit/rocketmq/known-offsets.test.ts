import { expect, test } from 'vitest'
import { merged, withoutStale } from '../../../lib/rocketmq/known-offsets.ts'

const known = new Map([['billing', new Map([['orders', [10n, 10n, undefined]]])]])

test('a slave’s copy below what the master told is left out, and so stays unknown', () => {
  const copy = new Map([
    [
      'billing',
      new Map([
        ['orders', [0n, 12n, 3n, 4n]],
        ['refunds', [5n]],
      ]),
    ],
    ['audit', new Map([['orders', [0n]]])],
  ])
  const fresh = withoutStale(copy, known)
  expect(fresh).toEqual(
    new Map([
      [
        'billing',
        new Map([
          ['orders', [undefined, 12n, 3n, 4n]],
          ['refunds', [5n]],
        ]),
      ],
      ['audit', new Map([['orders', [0n]]])],
    ]),
  )
  // What the master told is not forgotten for it.
  expect(merged(known, fresh)).toEqual(
    new Map([
      [
        'billing',
        new Map([
          ['orders', [10n, 12n, 3n, 4n]],
          ['refunds', [5n]],
        ]),
      ],
      ['audit', new Map([['orders', [0n]]])],
    ]),
  )
})

test('what a copy lacks stays known: all, a queue, a topic', () => {
  expect(merged(known, new Map())).toEqual(known)
  expect(merged(known, new Map([['billing', new Map([['orders', [11n]]])]]))).toEqual(
    new Map([['billing', new Map([['orders', [11n, 10n, undefined]]])]]),
  )
  expect(merged(known, new Map([['billing', new Map([['refunds', [5n]]])]]))).toEqual(
    new Map([
      [
        'billing',
        new Map([
          ['orders', [10n, 10n, undefined]],
          ['refunds', [5n]],
        ]),
      ],
    ]),
  )
})
