import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sourceHash } from '../../../lib/launch/build.ts'

let tree = ''

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'holdfast-build-'))
  write('app/page.tsx', 'one')
  write('lib/units.ts', 'two')
})

afterEach(() => {
  rmSync(tree, { recursive: true, force: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true })
  writeFileSync(join(tree, path), text)
}

test.each([
  ['a changed file', 'app/page.tsx', 'changed'],
  ['a new file', 'components/new.tsx', ''],
  ['a changed lock file', 'package-lock.json', '{}'],
  ['changed build settings', 'next.config.js', ''],
])('%s makes the build stale', (_, path, text) => {
  const before = sourceHash(tree)
  write(path, text)
  expect(sourceHash(tree)).not.toBe(before)
})

test.each([
  ['generated database clients', 'prisma/generated/sqlite/client.ts'],
  ['tests', 'test/unit/x.test.ts'],
  ['data', 'data/holdfast.db'],
])('%s do not', (_, path) => {
  const before = sourceHash(tree)
  write(path, 'x')
  expect(sourceHash(tree)).toBe(before)
})

test('a file that moved, with the same bytes in all, makes the build stale', () => {
  const before = sourceHash(tree)
  const other = `${tree}-moved`
  cpSync(join(tree, 'lib'), join(other, 'lib'), { recursive: true })
  cpSync(join(tree, 'app', 'page.tsx'), join(other, 'app', 'other.tsx'), { recursive: true })
  expect(sourceHash(other)).not.toBe(before)
  rmSync(other, { recursive: true })
})
