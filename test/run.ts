/**
 * `npm test`: checks, build, and every test, with one sum as the last line. `npm test -- NAME…` runs only those phases
 * (build, check, unit, contract, planted, restarts, integration, e2e).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { runChecks } from './check.ts'

const ROOT = resolve(import.meta.dirname, '..')
/** A test that hangs must end the run before whoever started it loses patience. */
const DEADLINE_MS = 80 * 60_000
const KILL_AFTER_MS = 15_000
const SAME_KEYSTROKE_MS = 500

interface Sum {
  passed: number
  failed: number
  skipped: number
  /** Which failed and why: who reads only the end of a long log needs it there. */
  failures?: string[]
}

interface Phase {
  name: string
  run(): Promise<Sum>
}

const scratch = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
// PostgreSQL refuses to run as root; the user it becomes must be able to pass through.
chmodSync(scratch, 0o711)
const running = new Set<ChildProcess>()
let stoppedBy: string | null = null

/** One stage after the other; the lanes of a stage run side by side, each one phase after the other. */
const STAGES: readonly (readonly (readonly Phase[])[])[] = [
  [[{ name: 'build', run: build }]],
  [
    [
      { name: 'check', run: check },
      { name: 'unit', run: () => vitest('unit') },
      { name: 'contract', run: () => vitest('contract') },
      { name: 'planted', run: () => vitest('planted') },
    ],
    // Ten minutes, most of them waiting: beside what waits for nothing. Beside other brokers both would miss deadlines.
    [{ name: 'restarts', run: () => vitest('restarts', 'aside') }],
  ],
  [[{ name: 'integration', run: () => vitest('integration') }]],
  [[{ name: 'e2e', run: () => vitest('e2e') }]],
]

async function check(): Promise<Sum> {
  const results = await runChecks()
  const failures = results.filter((result) => !result.ok).map((result) => result.name)
  return { passed: results.length - failures.length, failed: failures.length, skipped: 0, failures }
}

/** The browser tests and the start tests run the production build. */
async function build(): Promise<Sum> {
  const ok = (await runNode(['lib/launch/build.ts', '--if-needed'])) === 0
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
}

async function vitest(project: string, place: Place = 'front'): Promise<Sum> {
  const report = join(scratch, `${project}.json`)
  const args = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json']
  const code = await runNode(['node_modules/vitest/vitest.mjs', ...args, `--outputFile.json=${report}`], place)
  const sum = readReport(report)
  // A file that could not be loaded, or an error outside of any test, fails the run without failing a test.
  if (code !== 0 && sum.failed === 0) sum.failed = 1
  return sum
}

function readReport(path: string): Sum {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'))
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
      failures: report.testResults.flatMap(failuresOf),
    }
  } catch {
    // Vitest died before it could write: its exit code counts as one failure.
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

interface FileReport {
  name: string
  status: string
  /** Why the file could not be loaded. Of a hook that failed, the report tells no reason. */
  message: string
  assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
}

function failuresOf({ name, status, message, assertionResults }: FileReport): string[] {
  const failed = assertionResults.filter((test) => test.status === 'failed')
  const lines = failed.map((test) => `${test.fullName}\n${test.failureMessages.join('\n')}`)
  if (status === 'failed' && lines.length === 0) lines.push(message || 'a hook failed; its error stands above')
  return lines.map((line) => `${relative(ROOT, name)}: ${line}`)
}

/** Aside: what it prints comes when it has ended. */
type Place = 'front' | 'aside'

function runNode(args: readonly string[], place: Place = 'front'): Promise<number | null> {
  return new Promise((done, refuse) => {
    // What a killed test leaves in the folder for temporary files goes away with ours.
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', TMPDIR: scratch }
    const output = place === 'front' ? 'inherit' : 'pipe'
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', output, output] })
    const printed: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => printed.push(chunk))
    running.add(child)
    child.once('error', refuse)
    child.once('close', (code) => {
      running.delete(child)
      process.stdout.write(Buffer.concat(printed))
      done(code)
    })
  })
}

/** Vitest ends its workers on the first signal; what they started ends with them (test/servers/guard.ts). */
function stop(reason: string): void {
  stoppedBy = reason
  if (running.size === 0) process.exit(130)
  endAll('SIGINT')
  setTimeout(endAll, KILL_AFTER_MS, 'SIGKILL').unref()
}

function endAll(signal: NodeJS.Signals): void {
  for (const child of running) child.kill(signal)
}

function watchForTheEnd(): void {
  const startedAtMs = performance.now()
  const deadline = setTimeout(() => stop(`not finished after ${DEADLINE_MS / 60_000} minutes`), DEADLINE_MS)
  deadline.unref()
  let stoppedAtMs: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const nowMs = performance.now() - startedAtMs
      if (stoppedAtMs === null) stop(signal)
      else if (nowMs - stoppedAtMs > SAME_KEYSTROKE_MS) endAll('SIGKILL')
      stoppedAtMs ??= nowMs
    })
  }
}

/** What is left over is told, and does not hide what failed. */
function tidyUp(): void {
  try {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 })
  } catch (error) {
    console.log(`\nNot removed: ${scratch}: ${error}`)
  }
}

async function timed({ name, run }: Phase): Promise<{ name: string; part: Sum; seconds: number }> {
  const startedAtMs = performance.now()
  const part = await run()
  return { name, part, seconds: Math.round((performance.now() - startedAtMs) / 1_000) }
}

async function runLane(lane: readonly Phase[]): Promise<Awaited<ReturnType<typeof timed>>[]> {
  const parts = []
  for (const phase of lane) {
    if (stoppedBy !== null) break
    console.log(`\n── ${phase.name}`)
    parts.push(await timed(phase))
  }
  return parts
}

async function main(names: string[]): Promise<void> {
  watchForTheEnd()
  const sum: Sum = { passed: 0, failed: 0, skipped: 0 }
  const lines: string[] = []
  const failures: string[] = []
  for (const stage of STAGES) {
    const lanes = stage.map((lane) => lane.filter(({ name }) => names.length === 0 || names.includes(name)))
    for (const { name, part, seconds } of (await Promise.all(lanes.map(runLane))).flat()) {
      sum.passed += part.passed
      sum.failed += part.failed
      sum.skipped += part.skipped
      failures.push(...(part.failures ?? []))
      lines.push(`${name}: ${part.passed} passed, ${part.failed} failed, ${part.skipped} skipped in ${seconds} s`)
    }
  }
  tidyUp()
  for (const failure of failures) console.log(`\nFAILED ${failure}`)
  console.log(`\n${lines.join('\n')}`)
  if (stoppedBy !== null) console.log(`Stopped: ${stoppedBy}`)
  console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
  process.exitCode = stoppedBy === null && sum.failed === 0 && sum.passed > 0 ? 0 : 1
}

await main(process.argv.slice(2))
