/**
 * Starts a foreign program (java, postgres) that ends when this process dies, however it dies.
 *
 * A small shell is started with a pipe as its file 3. It leaves a watcher behind that reads the pipe, and then
 * becomes the program itself, so the process id that we hold is the program's own. The kernel closes the pipe
 * when we die, also by kill -9: the watcher reads end-of-file, kills the program and removes its folder. When
 * the program ends by itself we write a line into the pipe, and the watcher leaves without killing anything.
 * Nothing is detached: all of it stays in the caller's process group.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'

// $1: folder to remove or empty. The signals of a closing terminal must not end the watcher before its work.
const GUARD = `
folder="$1"; shift
(
  trap '' HUP INT TERM
  read -r line <&3 && exit 0
  kill -9 $$
  if [ -n "$folder" ]; then
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
      rm -rf "$folder" && break
      sleep 0.1
    done
  fi
) >/dev/null 2>&1 &
exec "$@" 3<&-
`

export interface GuardedOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** File that takes the program's output; without it the output is dropped. */
  logFile?: string
  /** Removed when this process dies without having stopped the program. */
  removeOnDeath?: string
  /** Keeps the program's standard input and output for the caller; only its errors go to the log then. */
  piped?: boolean
}

export interface GuardedProcess {
  readonly pid: number
  readonly exited: boolean
  /** Settles when the program has ended: its exit code, or null after a signal. */
  readonly exit: Promise<number | null>
  /** What the program reads and prints; null unless it was started `piped`. */
  readonly pipes: { input: Writable; output: Readable } | null
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export async function startGuarded(
  program: string,
  args: readonly string[],
  options: GuardedOptions = {},
): Promise<GuardedProcess> {
  const log = options.logFile === undefined ? 'ignore' : openSync(options.logFile, 'a')
  let child: ChildProcess
  try {
    child = spawn('/bin/sh', ['-c', GUARD, 'guard', options.removeOnDeath ?? '', program, ...args], {
      // The watcher's pipe is not stdin: node closes that before it tells us that the program has ended.
      stdio: options.piped ? ['pipe', 'pipe', log, 'pipe'] : ['ignore', log, log, 'pipe'],
      env: options.env ?? process.env,
      cwd: options.cwd,
    })
    await once(child, 'spawn')
  } finally {
    if (typeof log === 'number') closeSync(log)
  }
  return watch(child)
}

function watch(child: ChildProcess): GuardedProcess {
  let exited = false
  const pipe = child.stdio[3] as Writable
  const exit = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      exited = true
      pipe.end('done\n')
      resolve(code)
    })
  })
  // The watcher may be gone already when the whole process group was killed.
  pipe.on('error', () => undefined)
  // A program that has ended reads no more; its exit says so.
  child.stdin?.on('error', () => undefined)
  return {
    pipes: child.stdin && child.stdout ? { input: child.stdin, output: child.stdout } : null,
    pid: child.pid ?? 0,
    exit,
    get exited() {
      return exited
    },
    async stop(signal = 'SIGKILL') {
      if (!exited) child.kill(signal)
      await exit
    },
  }
}

// While the programs die they may still write, so one pass is not enough.
const FOLDER_GUARD = `
trap '' HUP INT TERM
read -r line <&3 && exit 0
for attempt in $(seq 100); do
  rm -rf "$1"
  sleep 0.1
  [ -e "$1" ] || exit 0
done
`

/**
 * Removes the folder when this process dies without having called the answered function, however it dies: also
 * by a Ctrl-C that ends the programs in the folder first.
 */
export async function guardFolder(folder: string): Promise<() => void> {
  const child = spawn('/bin/sh', ['-c', FOLDER_GUARD, 'guard', folder], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  await once(child, 'spawn')
  const pipe = child.stdio[3] as Writable
  pipe.on('error', () => {
    // It is gone already: the whole process group was killed.
  })
  // The guard must not keep this process alive, or nobody would ever see it end.
  child.unref()
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  return () => pipe.end('done\n')
}
