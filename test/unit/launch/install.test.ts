/** `install.mjs` in a tree of its own, with a program in npm's place that notes how it was called. */
import { execFile } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..', '..', '..')

let tree = ''

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'holdfast-install-'))
  mkdirSync(join(tree, 'lib', 'launch'), { recursive: true })
  cpSync(join(ROOT, 'lib', 'launch', 'install.mjs'), join(tree, 'lib', 'launch', 'install.mjs'))
  writeLock('package-lock.json', {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/other-os': { version: '1.0.0', optional: true },
  })
  program('npm', `echo "$@" > ${join(tree, 'npm-called')}; mkdir -p node_modules/.bin; touch node_modules/.bin/node`)
})

afterEach(() => {
  rmSync(tree, { recursive: true, force: true })
})

function writeLock(path: string, packages: object): void {
  mkdirSync(join(tree, 'node_modules', '.bin'), { recursive: true })
  writeFileSync(join(tree, path), JSON.stringify({ packages: { '': { name: 'x' }, ...packages } }))
}

function program(name: string, body: string): void {
  mkdirSync(join(tree, 'bin'), { recursive: true })
  writeFileSync(join(tree, 'bin', name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(tree, 'bin', name), 0o755)
}

function install(): Promise<{ code: number; errors: string }> {
  const env = { ...process.env, PATH: `${join(tree, 'bin')}${delimiter}${process.env.PATH}` }
  return new Promise((done) => {
    execFile(process.execPath, [join(tree, 'lib', 'launch', 'install.mjs')], { cwd: tree, env }, (error, _, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, errors: stderr })
    })
  })
}

function npmCall(): string | null {
  const path = join(tree, 'npm-called')
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null
}

test('nothing is installed: npm ci', async () => {
  expect(await install()).toEqual({ code: 0, errors: '' })
  expect(npmCall()).toMatch(/^ci /)
})

test('what is installed agrees with the lock file: npm is left alone', async () => {
  writeLock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } })
  writeFileSync(join(tree, 'node_modules', '.bin', 'node'), '')
  expect(await install()).toEqual({ code: 0, errors: '' })
  expect(npmCall()).toBeNull()
})

test.each([
  ['another version', { 'node_modules/a': { version: '0.9.0' } }],
  ['a package missing', {}],
])('what is installed differs from the lock file by %s: npm ci', async (_, packages) => {
  writeLock('node_modules/.package-lock.json', packages)
  await install()
  expect(npmCall()).toMatch(/^ci /)
})

test('npm fails: its status is ours, and the last line says what to do', async () => {
  program('npm', 'echo "npm error code ENOTFOUND" >&2; exit 7')
  const { code, errors } = await install()
  expect(code).toBe(1)
  expect(errors.trim().split('\n').at(-1)).toBe(
    'npm ci failed; its own message stands above. Mend that and run the command again.',
  )
})

test('a damaged lock file: one line', async () => {
  writeFileSync(join(tree, 'package-lock.json'), '{"packages": {')
  expect(await install()).toEqual({
    code: 1,
    errors: 'package-lock.json is missing or damaged. Take it from the repository again.\n',
  })
})

test('install scripts were blocked: the Node that the console needs is fetched all the same', async () => {
  writeLock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } })
  mkdirSync(join(tree, 'node_modules', 'node'))
  writeFileSync(
    join(tree, 'node_modules', 'node', 'installArchSpecificPackage.js'),
    "require('node:fs').writeFileSync('../.bin/node', '')",
  )
  expect(await install()).toEqual({ code: 0, errors: '' })
  expect(existsSync(join(tree, 'node_modules', '.bin', 'node'))).toBe(true)
})
