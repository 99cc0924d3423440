/** Whatever is pasted: it is answered, in time that grows no faster than the text. */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { FINDING_CODES } from '../../../lib/lint/finding-codes.ts'
import { LINT_CLIENTS, LINT_VERDICTS } from '../../../lib/lint/lint-types.ts'
import { lint } from './lint.ts'

const CHARS = 100_000

// What runs back over the text takes minutes; a busy machine may take seconds for what does not.
vi.setConfig({ testTimeout: 60_000 })

const fill = (piece: string): string => piece.repeat(Math.ceil(CHARS / piece.length)).slice(0, CHARS)

/** Each would take minutes where something is read again for each sign before it. */
const HOSTILE: [string, string][] = [
  ['brackets', fill('{')],
  ['all kinds of brackets', fill('([{')],
  ['brackets that close nothing', fill(']})')],
  ['names in brackets', fill('a:{')],
  ['lists in lists', fill('[')],
  ['lists of YAML', fill('- ')],
  ['keys of YAML', fill('? ')],
  ['indents', Array.from({ length: 440 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ['anchors', `a: &a [x]\n${fill('b: [*a,*a]\n')}`.slice(0, CHARS)],
  ['backslashes', fill('\\')],
  ['lines that go on', fill('a=\\\n')],
  ['blanks', fill(' ')],
  ['blanks before an end', `acks=1${' '.repeat(CHARS - 10)}x`],
  ['quotes', fill('"')],
  ['escaped quotes', `"${fill('\\"')}`],
  ['a chain of names', fill('a.')],
  ['a chain of calls', fill('a.b(')],
  ['assignments', fill('a=')],
  ['comments that do not end', fill('/*')],
  ['placeholders', fill(['$', '{'].join(''))],
  ['one setting again and again', fill('acks=1\n')],
  ['one call again and again', fill('send({ acks: 1 })\n')],
  ['nearly the name', fill('ackz=1\n')],
  ['a long name', `${fill('a')}=1`],
  ['a durations of factors', `kgo.RecordDeliveryTimeout(${fill('1*')})`],
  ['a version of digits', fill('1.')],
]

describe.each(LINT_CLIENTS)('%s answers', (client) => {
  test.each(HOSTILE)('%s', (_name, text) => {
    expect(LINT_VERDICTS).toContain(lint({ client, text }).verdict)
  })
})

test('any text, and its corrected text too', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'acks',
      'spring',
      'kafka',
      'producer',
      ':',
      '=',
      '{',
      '}',
      '(',
      ')',
      '"',
      "'",
      '\n',
      '  ',
      '-',
      '1',
      'kgo.',
    ),
    fc.string({ maxLength: 5 }),
  )
  fc.assert(
    fc.property(fc.constantFrom(...LINT_CLIENTS), fc.array(piece, { maxLength: 60 }), (client, pieces) => {
      const { corrected, findings } = lint({ client, text: pieces.join('') })
      for (const { code } of findings) expect(FINDING_CODES).toContain(code)
      expect(typeof corrected).toBe('string')
    }),
    { numRuns: 500 },
  )
})

test('a version is read in time, whatever it is', () => {
  for (const version of [fill('1.'), fill('9'), `1.2.3-${fill('-')}`])
    expect(lint({ client: 'javaProducer', version }).verdict).toBe('unknown')
})
