import { expect, test } from 'vitest'
import { readDbArguments } from '../../../lib/launch/db-arguments.ts'
import { tableLines } from '../../../lib/launch/db-text.ts'

test.each([
  ['backup copy.db', { command: 'backup', file: 'copy.db' }],
  ['restore copy.db', { command: 'restore', file: 'copy.db' }],
  ['check', { command: 'check' }],
  ['size', { command: 'size' }],
  ['--help', { command: 'help' }],
  ['backup --help', { command: 'help' }],
  ['', null],
  ['backup', null],
  ['restore', null],
  ['backup one two', null],
  ['backup --force', null],
  ['check copy.db', null],
  ['vacuum', null],
])('npm run db -- %s', (args, request) => {
  expect(readDbArguments(args.split(' ').filter((arg) => arg !== ''))).toEqual(request)
})

test('a table stands in columns, numbers at their right ends', () => {
  const rows = [
    ['table', 'rows'],
    ['Session', '7'],
    ['HistoryChunk', '12,345'],
  ]
  expect(tableLines(rows, 'lr')).toEqual(['table           rows', 'Session            7', 'HistoryChunk  12,345'])
})
