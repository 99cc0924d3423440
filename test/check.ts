/**
 * `npm run check`: types, lint and format, import directions, dead code, derived schema, guards. All at once, since
 * each uses one core at most. `npm run check -- NAME…` runs only those named.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GUARDS } from './check/guards.ts'

const ROOT = resolve(import.meta.dirname, '..')

export interface CheckResult {
  name: string
  ok: boolean
  output: string
  seconds: number
}

interface Step {
  name: string
  run(): Promise<{ ok: boolean; output: string }>
}

const STEPS: Step[] = [
  {
    name: 'types',
    // The route types of Next are made from the folders under app; stale ones would name pages that are gone.
    run: async () => {
      const made = await node('node_modules/next/dist/bin/next', 'typegen')
      return made.ok ? bin('tsc', '--noEmit', '--project', '.', '--incremental', 'false') : made
    },
  },
  {
    name: 'lint and format',
    run: () => bin('biome', 'check', '--error-on-warnings', '--max-diagnostics=none', '--colors=off', '.'),
  },
  { name: 'import directions', run: checkDirections },
  {
    name: 'dead code',
    run: () => node('node_modules/knip/bin/knip.js', '--no-progress'),
  },
  { name: 'derived database schema', run: () => node('prisma/derive-schema.ts', '--check') },
  ...GUARDS.map((guard) => ({
    name: guard.name,
    run: async () => {
      const places = guard.find(ROOT)
      return { ok: places.length === 0, output: places.join('\n') }
    },
  })),
]

function checkDirections(): Promise<Outcome> {
  const sources = ['app', 'components', 'lib', 'prisma', 'test', 'instrumentation.ts']
  return node(
    '--import',
    './test/check/with-typescript-6.ts',
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    '--output-type',
    'err-long',
    ...sources.filter((source) => existsSync(join(ROOT, source))),
  )
}

type Outcome = Awaited<ReturnType<Step['run']>>

function bin(name: string, ...args: string[]): Promise<Outcome> {
  return run(join(ROOT, 'node_modules', '.bin', name), args)
}

function node(...args: string[]): Promise<Outcome> {
  return run(process.execPath, args)
}

function run(program: string, args: string[]): Promise<Outcome> {
  return new Promise((done, refuse) => {
    const env = { ...process.env, NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' }
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (part) => {
      output += part
    })
    child.stderr.on('data', (part) => {
      output += part
    })
    child.once('error', refuse)
    child.once('close', (code) => done({ ok: code === 0, output }))
  })
}

export async function runChecks(names: string[] = []): Promise<CheckResult[]> {
  const generated = await node('prisma/generate.ts')
  if (!generated.ok) return [{ name: 'database clients', ...generated, seconds: 0 }]
  const steps = names.length === 0 ? STEPS : STEPS.filter((step) => names.includes(step.name))
  return Promise.all(
    steps.map(async (step) => {
      const startedAtMs = performance.now()
      const outcome = await step.run()
      const result = { name: step.name, ...outcome, seconds: (performance.now() - startedAtMs) / 1_000 }
      report(result)
      return result
    }),
  )
}

function report({ name, ok, output, seconds }: CheckResult): void {
  console.log(`${ok ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)`)
  if (!ok) console.log(output.trimEnd())
}

if (import.meta.main) {
  const results = await runChecks(process.argv.slice(2))
  const failed = results.filter((result) => !result.ok)
  if (results.length === 0) console.error('No check has that name.')
  else if (failed.length > 0) console.error(`Failed: ${failed.map((result) => result.name).join(', ')}`)
  process.exitCode = results.length > 0 && failed.length === 0 ? 0 : 1
}
