import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { startGuarded } from '../../servers/guard.ts'

const PARENT = fileURLToPath(new URL('../../servers/print-guarded-child.ts', import.meta.url))

/** Starts a node process that starts a guarded program; answers both and the program's folder. */
async function startParent(command: string[]): Promise<{ parent: ChildProcess; childPid: number; folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-guard-'))
  await writeFile(path.join(folder, 'data'), 'x')
  const parent = spawn(process.execPath, [PARENT, folder, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(parent.stdout, 'data')
  return { parent, childPid: Number(String(line).trim()), folder }
}

/** Processes whose command line holds the text, zombies left out. */
async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  const lines = await Promise.all(
    pids.map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')] as const),
  )
  return lines.filter(([, line]) => line.includes(text)).map(([pid]) => pid)
}

test('kill -9 of the parent ends a stubborn program, its watcher and its folder', async () => {
  const marker = `guarded-${process.pid}-${Date.now()}`
  const stubborn = `trap '' TERM HUP INT; while :; do sleep 1; done # ${marker}`
  const { parent, childPid, folder } = await startParent(['sh', '-c', stubborn])
  expect(await processesWith(marker)).toContain(String(childPid))

  parent.kill('SIGKILL')

  await vi.waitFor(async () => expect(await processesWith(marker)).toEqual([]), { timeout: 10_000 })
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), { timeout: 5_000 })
})

test('a program that ends by itself leaves no watcher behind and kills nothing', async () => {
  const marker = `guarded-${process.pid}-${Date.now()}`
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-guard-'))
  const guarded = await startGuarded('sh', ['-c', `exit 3 # ${marker}`], { removeOnDeath: folder })
  expect(await guarded.exit).toBe(3)
  expect(guarded.exited).toBe(true)
  await vi.waitFor(async () => expect(await processesWith(marker)).toEqual([]), { timeout: 5_000 })
  expect(existsSync(folder)).toBe(true)
  await rmdir(folder)
})

test('a guarded program stays in the process group of its parent', async () => {
  const guarded = await startGuarded('sleep', ['60'])
  try {
    expect(await processGroup(guarded.pid)).toBe(await processGroup(process.pid))
  } finally {
    await guarded.stop()
  }
  expect(guarded.exited).toBe(true)
})

async function processGroup(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // After the name in parentheses: state, parent, process group.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]
}
