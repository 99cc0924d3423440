import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { type Death, Supervisor, type SupervisorOptions } from '../../../lib/launch/supervisor.ts'

const MODULE = join(import.meta.dirname, 'child.ts')

const made: Supervisor[] = []

function supervise(behaviour: string, options: Partial<SupervisorOptions> = {}): Supervisor {
  const supervisor = new Supervisor({ module: MODULE, args: [behaviour], ...options })
  made.push(supervisor)
  return supervisor
}

afterEach(() => {
  for (const supervisor of made.splice(0)) supervisor.kill()
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

test('a child that dies is started again, after pauses that grow up to a limit', async () => {
  const deaths: Death[] = []
  void supervise('dies', { firstPauseMs: 5, longestPauseMs: 20, onDeath: (death) => deaths.push(death) }).start()
  await vi.waitFor(() => expect(deaths.length).toBeGreaterThanOrEqual(5), { timeout: 20_000 })
  expect(deaths.slice(0, 5).map((death) => death.restartInMs)).toEqual([5, 10, 20, 20, 20])
  expect(new Set(deaths.map((death) => death.pid)).size).toBe(deaths.length)
  expect(deaths[0]).toMatchObject({ exitCode: 1, signal: null })
})

test('a killed child is replaced', async () => {
  const pids: number[] = []
  const deaths: Death[] = []
  const onMessage = (pid: unknown): number => pids.push(Number(pid))
  void supervise('lives', { firstPauseMs: 5, onMessage, onDeath: (death) => deaths.push(death) }).start()
  await vi.waitFor(() => expect(pids).toHaveLength(1), { timeout: 10_000 })
  process.kill(pids[0] ?? 0, 'SIGKILL')
  await vi.waitFor(() => expect(pids).toHaveLength(2), { timeout: 10_000 })
  expect(deaths).toMatchObject([{ signal: 'SIGKILL', exitCode: null }])
})

test('a child that cannot be helped is not started again', async () => {
  const onDeath = vi.fn()
  await supervise('hopeless', { firstPauseMs: 1, onDeath }).start()
  expect(onDeath).not.toHaveBeenCalled()
})

test.each([
  ['that listens ends by itself', 'lives', 30_000],
  ['that does not listen is killed', 'deaf', 100],
])('stop: a child %s', async (_, behaviour, stopTimeoutMs) => {
  const pids: number[] = []
  const onDeath = vi.fn()
  const onMessage = (pid: unknown): number => pids.push(Number(pid))
  const supervisor = supervise(behaviour, { stopTimeoutMs, onDeath, onMessage })
  void supervisor.start()
  await vi.waitFor(() => expect(pids).toHaveLength(1), { timeout: 10_000 })
  await supervisor.stop()
  expect(isRunning(pids[0] ?? 0)).toBe(false)
  expect(onDeath).not.toHaveBeenCalled()
})

test('stop while waiting to start again: nothing is started any more', async () => {
  const onDeath = vi.fn()
  const supervisor = supervise('dies', { firstPauseMs: 60_000, onDeath })
  void supervisor.start()
  await vi.waitFor(() => expect(onDeath).toHaveBeenCalledOnce(), { timeout: 10_000 })
  await supervisor.stop()
  expect(supervisor.pid).toBeNull()
})

test('a child ends when its parent is killed', async () => {
  const parent = spawn(process.execPath, [join(import.meta.dirname, 'parent.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(parent.stdout, 'data')
  const pid = Number(String(line))
  expect(isRunning(pid)).toBe(true)
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 })
})
