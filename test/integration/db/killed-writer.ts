/** Starts `write-until-killed.ts`, listens to it, and kills it again and again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const DEADLINE_MS = 60_000
const LOOK_AGAIN_MS = 5
const WRITER = fileURLToPath(new URL('./write-until-killed.ts', import.meta.url))

export interface Writer {
  child: ChildProcess
  acknowledged: number[]
  /** How often sealing and rolling up began. */
  upkeeps: number
  complaints: string[]
}

export function startWriter(url: string, ...args: string[]): Writer {
  const child = spawn(process.execPath, [WRITER, url, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  const writer: Writer = { child, acknowledged: [], upkeeps: 0, complaints: [] }
  let rest = ''
  child.stdout?.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    writer.acknowledged.push(...lines.filter((line) => line !== 'upkeep').map(Number))
    writer.upkeeps += lines.filter((line) => line === 'upkeep').length
  })
  child.stderr?.on('data', (chunk) => writer.complaints.push(String(chunk)))
  return writer
}

/** @throws Error when it takes longer than a minute */
export async function hasWritten(writer: Writer, polls: number, upkeeps = 0): Promise<void> {
  const untilMs = Date.now() + DEADLINE_MS
  while (writer.acknowledged.length < polls || writer.upkeeps < upkeeps) {
    if (Date.now() > untilMs) {
      const found = `${writer.acknowledged.length} polls, ${writer.upkeeps} times upkeep`
      throw new Error(`the writer got no further than ${found}: ${writer.complaints.join('')}`)
    }
    await sleep(LOOK_AGAIN_MS)
  }
}

export interface KilledPolls {
  acknowledged: number[]
  /** Those that were under way when the writer was killed: stored or not. */
  doubtful: number[]
  complaints: string[]
}

const MOST_POLLS = 30
const MOST_UPKEEPS = 2
const LONGEST_WAIT_MS = 60

/** Writes with upkeep and kills, `kills` times on one database; every second time soon after some upkeep began. */
export async function writeAndKill(url: string, kills: number, random: () => number): Promise<KilledPolls> {
  const polls: KilledPolls = { acknowledged: [], doubtful: [], complaints: [] }
  let next = 0
  for (let kill = 0; kill < kills; kill += 1) {
    const writer = startWriter(url, String(next), 'upkeep')
    try {
      const upTo = (most: number): number => 1 + Math.floor(random() * most)
      await (kill % 2 === 0 ? hasWritten(writer, upTo(MOST_POLLS)) : hasWritten(writer, 1, upTo(MOST_UPKEEPS)))
      await sleep(random() * LONGEST_WAIT_MS)
    } finally {
      writer.child.kill('SIGKILL')
      await once(writer.child, 'close')
    }
    polls.acknowledged.push(...writer.acknowledged)
    polls.complaints.push(...writer.complaints)
    const doubtful = (writer.acknowledged.at(-1) as number) + 1
    polls.doubtful.push(doubtful)
    next = doubtful + 1
  }
  return polls
}

/** The same numbers for the same seed, from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
