import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aroundChanges, diffLines } from '../../../lib/client/line-diff.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((all) => all.join('\n'))

describe('the difference of two texts', () => {
  test('holds both of them, whatever they are', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after)
        const side = (other: string): string =>
          diff.flatMap(({ kind, text }) => (kind === other ? [] : [text])).join('\n')
        expect([side('added'), side('removed')]).toEqual([before, after])
      }),
    )
  })

  test('names the one line that changed', () => {
    expect(diffLines('{\n  a\n  b\n}', '{\n  a\n  c\n}').filter(({ kind }) => kind !== 'same')).toEqual([
      { kind: 'removed', text: '  b' },
      { kind: 'added', text: '  c' },
    ])
  })

  test('of very long texts is made without a table of all pairs', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `line ${at}`)
    expect(diffLines(many.join('\n'), many.toReversed().join('\n')).length).toBeGreaterThan(20_000)
  })
})

test('lines far from a change are one gap', () => {
  const diff = diffLines('1\n2\n3\n4\n5\n6', '1\n2\n3\n4\nx\n6')
  expect(aroundChanges(diff, 1).map((line) => line?.text ?? null)).toEqual([null, '4', '5', 'x', '6'])
})
