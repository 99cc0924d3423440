/** What stored polls of a target tell of records that were sent: read, gone before they were, or nobody knows. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OutcomeBuilder, targetKey } from '../../../lib/replay/outcome-codec.ts'
import { advance, countFates, fateOf, neverSeen, type TargetProgress } from '../../../lib/replay/target-progress.ts'

const PLACE = { topic: 'orders', partition: 0, broker: null }

type Look = [committed: number, start: number | null]

function seenAs(looks: readonly Look[]): TargetProgress {
  return looks.reduce<TargetProgress>((progress, [committed, start]) => {
    const readTo = { committed: BigInt(committed), start: start === null ? null : BigInt(start) }
    return advance(progress, new Map([[targetKey(PLACE), readTo]]))
  }, new Map())
}

/** Records at 10 to 20 of the target, from offsets 110 to 120 of the queue. */
function sent() {
  const builder = new OutcomeBuilder()
  for (let offset = 110n; offset < 120n; offset += 1n) builder.produced(offset, PLACE, offset - 100n)
  return builder.runs
}

const fates = (looks: readonly Look[]): string =>
  Array.from({ length: 10 }, (_, index) => fateOf(seenAs(looks), PLACE, 10n + BigInt(index))[0]).join('')

describe('records that lie in a target', () => {
  it.each<[string, Look[], string]>([
    ['nobody has looked', [], 'oooooooooo'],
    ['the group has passed some', [[14, 0]], 'ddddoooooo'],
    ['the start is not known', [[14, null]], 'ddddoooooo'],
    ['some were gone before it came there', [[14, 17]], 'ddddeeeooo'],
    [
      'it began behind what was gone',
      [
        [14, 17],
        [19, 17],
      ],
      'ddddeeeddo',
    ],
    [
      'more was gone before it came there',
      [
        [14, 15],
        [14, 18],
      ],
      'ddddeeeeoo',
    ],
    [
      'it was read, and is gone since',
      [
        [20, 0],
        [20, 20],
      ],
      'dddddddddd',
    ],
    ['it was read and was gone before the first look', [[20, 18]], 'dddddddddd'],
    [
      'it is gone, and the group behind it, between two looks',
      [
        [12, 0],
        [19, 16],
      ],
      'dduuuudddo',
    ],
    [
      'the group read on a little before the rest was gone',
      [
        [12, 0],
        [14, 16],
      ],
      'dduueeoooo',
    ],
    [
      'what was expired stays so, whoever comes behind it',
      [
        [12, 16],
        [19, 18],
      ],
      'ddeeeeuudo',
    ],
    [
      'it was set back',
      [
        [16, 0],
        [12, 0],
      ],
      'ddddddoooo',
    ],
    [
      'it was set back behind the start',
      [
        [16, 0],
        [12, 18],
      ],
      'ddddddeeoo',
    ],
  ])('%s', (_case, looks, expected) => {
    expect(fates(looks)).toBe(expected)
    const count = (letter: string): number => expected.split(letter).length - 1
    expect(countFates(sent(), seenAs(looks))).toEqual({
      delivered: count('d'),
      expired: count('e'),
      unseen: count('u'),
    })
    expect(Number(neverSeen(sent(), seenAs(looks)).offsetCount)).toBe(count('u') + count('o'))
  })

  it('are told by their place in the queue when nobody saw them', () => {
    expect([
      ...neverSeen(
        sent(),
        seenAs([
          [12, 0],
          [19, 16],
        ]),
      ),
    ]).toEqual([
      { from: 112n, to: 116n },
      { from: 119n, to: 120n },
    ])
    const unplaced = new OutcomeBuilder()
    unplaced.produced(5n, PLACE, null)
    unplaced.failed(6n, 9n, 'expired')
    expect([...neverSeen(unplaced.runs, seenAs([[99, 0]]))]).toEqual([{ from: 5n, to: 6n }])
  })

  it('have one fate each, and one that is told is not taken back', () => {
    const look = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.option(fc.integer({ min: 0, max: 30 })))
    fc.assert(
      fc.property(fc.array(look, { maxLength: 8 }), (looks) => {
        const counts = countFates(sent(), seenAs(looks))
        const open = fates(looks).split('o').length - 1
        expect(counts.delivered + counts.expired + counts.unseen + open).toBe(10)
        const before = fates(looks.slice(0, -1))
        expect([...before].map((fate, index) => (fate === 'o' ? 'o' : fates(looks)[index])).join('')).toBe(before)
      }),
    )
  })
})
