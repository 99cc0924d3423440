import { describe, expect, test } from 'vitest'
import { correctedLines, type LintChoice, lintBodyOf } from '../../../lib/client/lint-views.ts'

const CHOICE: LintChoice = { client: 'javaProducer', version: '', cluster: '', topic: '' }

describe('what is asked', () => {
  test.each<[string, Partial<LintChoice>, object]>([
    ['nothing chosen', {}, {}],
    ['a version', { version: ' 3.9 ' }, { version: '3.9' }],
    ['a cluster alone', { cluster: 'shop' }, { clusterId: 'shop' }],
    ['a topic of a cluster', { cluster: 'shop', topic: 'orders' }, { clusterId: 'shop', topic: 'orders' }],
    ['a topic of none', { topic: 'orders' }, {}],
  ])('%s', (_name, part, more) => {
    expect(lintBodyOf({ ...CHOICE, ...part }, 'acks=1')).toEqual({ client: 'javaProducer', text: 'acks=1', ...more })
  })
})

describe('the lines of the corrected text', () => {
  const newLines = (before: string, after: string): string[] =>
    correctedLines(before, after)
      .filter(({ isNew }) => isNew)
      .map(({ text }) => text)

  test.each([
    ['nothing', 'a\nb\n', 'a\nb\n', []],
    ['one changed', 'a\nb\nc', 'a\nB\nc', ['B']],
    ['one added in between', 'a\nc\n', 'a\nb\nc\n', ['b']],
    ['one added at the end', 'a', 'a\nb', ['b']],
    ['one gone', 'a\nb\nc', 'a\nc', []],
    ['line ends of Windows', 'a\r\nb\r\n', 'a\r\nB\r\n', ['B']],
    ['one changed to what stands below', 'a\nb\nc', 'c\nb\nc', ['c']],
    ['the same line twice', 'a\na\n', 'a\nb\na\n', ['b']],
  ])('%s', (_name, before, after, expected) => {
    expect(newLines(before, after)).toEqual(expected)
  })
})
