/** Plants faults in a copy of the tree and expects `npm run check` to fail for exactly that reason. */
import { execFile } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..', '..')
const LEFT_OUT = /^\/?(node_modules|\.git|\.next|\.cache|data)(\/|$)/

let copy = ''

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'holdfast-planted-'))
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !LEFT_OUT.test(path.slice(ROOT.length)) })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
})

afterEach(() => {
  rmSync(copy, { recursive: true, force: true })
})

function check(name: string): Promise<{ ok: boolean; output: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['test/check.ts', name], { cwd: copy }, (error, stdout, stderr) => {
      done({ ok: error === null, output: stdout + stderr })
    })
  })
}

/** The check that must fail now; what it complains about. */
async function complaintsOf(name: string): Promise<string> {
  const result = await check(name)
  expect(result.ok).toBe(false)
  return result.output
}

test('import directions: every planted import is named with the rule it breaks', async () => {
  const plants = [
    ['lib-units', 'lib/units.ts', "export { loadConfig } from './config.ts'"],
    ['drivers-only-in-runtime', 'lib/collector/planted.ts', "import '../kafka/kafka-fault.ts'"],
    ['lib-cluster', 'lib/cluster/planted.ts', "import type { Config } from '../config.ts'\nexport type C = Config"],
    ['lib-knows-no-pages', 'lib/api/planted.ts', "import '../../app/(console)/layout.tsx'"],
    ['components-no-server', 'components/ui/planted.tsx', "import '../../lib/auth/tokens.ts'"],
    ['browser-no-node', 'lib/client/planted.ts', "import 'node:fs'"],
  ] as const
  for (const [, file, code] of plants) appendFileSync(join(copy, file), `\n${code}\n`)
  const complaints = await complaintsOf('import directions')
  for (const [rule, file] of plants) expect(complaints).toContain(`error ${rule}: ${file} → `)
})

test('dead code: an export that nobody imports, and a file that nobody loads', async () => {
  appendFileSync(join(copy, 'lib/units.ts'), '\nexport const PLANTED_DEAD_EXPORT_MS = 1\n')
  writeFileSync(join(copy, 'lib/planted-dead-file.ts'), 'export const alone = 1\n')
  const complaints = await complaintsOf('dead code')
  expect(complaints).toMatch(/PLANTED_DEAD_EXPORT_MS\s+lib\/units\.ts/)
  expect(complaints).toContain('lib/planted-dead-file.ts')
})

test.each([
  ['environment is read in lib/config.ts alone', `export const planted = process${'.env'}.HOME\n`],
  ['no package registry is named', `export const planted = 'https:/${'/registry'}.example.org/x'\n`],
  ['no path of one machine is named', `export const planted = '/ro${'ot'}/x'\n`],
])('guard: %s', async (name, code) => {
  writeFileSync(join(copy, 'lib/planted.ts'), code)
  expect(await complaintsOf(name)).toContain('lib/planted.ts:1')
})

test('guard: the lock file', async () => {
  const path = join(copy, 'package-lock.json')
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  lock.packages['node_modules/pg'].resolved = 'https://example.org/pg.tgz'
  lock.packages['node_modules/pg'].optionalDependencies = { 'planted-platform': '1.0.0' }
  writeFileSync(path, JSON.stringify(lock, null, 2))
  expect(await complaintsOf('package-lock.json names no addresses')).toContain('example.org/pg.tgz')
  expect(await complaintsOf('package-lock.json is complete for every platform')).toContain(
    'node_modules/pg: planted-platform',
  )
})

test('lint: an any, and a value import of a type', async () => {
  const code = "import { Config } from './config.ts'\n\nexport const planted = (config: Config): any => config\n"
  writeFileSync(join(copy, 'lib/planted.ts'), code)
  const complaints = await complaintsOf('lint and format')
  expect(complaints).toMatch(/planted\.ts:\d+:\d+ lint\/suspicious\/noExplicitAny/)
  expect(complaints).toMatch(/planted\.ts:\d+:\d+ lint\/style\/useImportType/)
})

test('types: a wrong one', async () => {
  writeFileSync(join(copy, 'lib/planted.ts'), "export const planted: number = 'one'\n")
  expect(await complaintsOf('types')).toContain('lib/planted.ts(1,14): error TS2322')
})
