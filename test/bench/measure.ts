import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Linux counts process time in hundredths of a second. */
const TICK_MS = 10
const KIB = 1024
/** What reading from /proc fails with when the process has ended. */
const GONE = new Set<string | undefined>(['ENOENT', 'ESRCH'])

export interface Cost {
  wallMs: number
  cpuMs: number
}

/** What a piece of work in this process takes. */
export async function costOf(work: () => unknown): Promise<Cost> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  await work()
  const used = process.cpuUsage(cpu)
  return { wallMs: performance.now() - start, cpuMs: (used.user + used.system) / 1000 }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

export function medianCost(costs: readonly Cost[]): Cost {
  return {
    wallMs: round(median(costs.map((cost) => cost.wallMs))),
    cpuMs: round(median(costs.map((cost) => cost.cpuMs))),
  }
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

export interface TreeUse {
  cpuMs: number
  residentBytes: number
}

/**
 * CPU time used so far and memory held now, by a process and all that came of it (Linux only). Pages that several
 * processes share, such as Node's own program, are shared out among them (PSS): added up per process they would count
 * once for each.
 */
export async function treeUse(pid: number): Promise<TreeUse> {
  const pids = await descendants(pid)
  const uses = await Promise.all([pid, ...pids].map(processUse))
  return uses.reduce((sum, use) => ({
    cpuMs: sum.cpuMs + use.cpuMs,
    residentBytes: sum.residentBytes + use.residentBytes,
  }))
}

async function processUse(pid: number): Promise<TreeUse> {
  try {
    const [stat, memory] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
    ])
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    return { cpuMs: ticks * TICK_MS, residentBytes: Number(/^Pss:\s+(\d+)/m.exec(memory)?.[1]) * KIB }
  } catch (error) {
    // A process that ended between the listing and the reading.
    if (GONE.has((error as NodeJS.ErrnoException).code)) return { cpuMs: 0, residentBytes: 0 }
    throw error
  }
}

async function descendants(pid: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid='])
  const children = new Map<number, number[]>()
  for (const line of stdout.trim().split('\n')) {
    const [child = 0, parent = 0] = line.trim().split(/\s+/).map(Number)
    children.set(parent, [...(children.get(parent) ?? []), child])
  }
  const found: number[] = []
  for (const queue = [pid]; queue.length > 0; ) {
    const next = children.get(queue.pop() as number) ?? []
    found.push(...next)
    queue.push(...next)
  }
  return found
}
