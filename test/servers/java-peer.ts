/**
 * A Java program from `test/servers/java` that stays warm and takes commands: one line of tab-separated words in,
 * one line out, `ok` or `failed` and the text in base64. Answers come in the order of the commands.
 */
import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type GuardedProcess, startGuarded } from './guard.ts'

export interface JavaPeerOptions {
  jvm: readonly string[]
  /** Folder whose jars are the class path. */
  jars: string
  /** Arguments of the program. */
  args: readonly string[]
  env: NodeJS.ProcessEnv
  /** Where it runs; takes `<program>.log`, what it prints as errors, and the files that some commands write. */
  folder: string
}

export interface JavaPeer {
  readonly exited: boolean
  /** @throws with the program's text when the command failed or the program ended. Words hold no tab and no line end. */
  call(...words: string[]): Promise<string>
  stop(): Promise<void>
}

interface Pending {
  resolve(text: string): void
  reject(error: Error): void
  command: string
}

const VERSION_LENGTH = 12
/** Anything else is what some library prints of itself, as 4.9's client does under load. */
const ANSWER = /^(ok|failed)\t(.*)$/

export async function startJavaPeer(program: string, options: JavaPeerOptions): Promise<JavaPeer> {
  const { jvm, jars, args, env, folder } = options
  const classPath = `${await compiled(program, options)}:${jars}/*`
  const command = [...jvm, '-cp', classPath, program, ...args]
  const logFile = path.join(folder, `${program}.log`)
  const guarded = await startGuarded('java', command, { env, cwd: folder, logFile, piped: true })
  return new Peer(program, guarded, logFile)
}

/** Once for each version of the program and of the jars, and kept beside these: compiling is most of what a start takes. */
async function compiled(program: string, { jars, folder }: JavaPeerOptions): Promise<string> {
  const source = fileURLToPath(new URL(`./java/${program}.java`, import.meta.url))
  const version = hash('sha256', await readFile(source), 'hex').slice(0, VERSION_LENGTH)
  const jar = `${jars}.${program}.${version}.jar`
  if (existsSync(jar)) return jar
  const classes = path.join(folder, `${program}.classes`)
  const quick = ['-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', '-proc:none', '-parameters']
  await make('javac', [...quick, '-d', classes, '-cp', `${jars}/*`, source], folder)
  const part = `${jar}.${process.pid}`
  await make('jar', ['--create', '--file', part, '-C', classes, '.'], folder)
  await rename(part, jar)
  return jar
}

async function make(tool: string, args: readonly string[], folder: string): Promise<void> {
  const logFile = path.join(folder, `${tool}.log`)
  const running = await startGuarded(tool, args, { logFile })
  if ((await running.exit) !== 0) throw new Error(`${tool} failed:\n${await readFile(logFile, 'utf8')}`)
}

class Peer implements JavaPeer {
  readonly #program: string
  readonly #process: GuardedProcess
  readonly #pending: Pending[] = []
  readonly #logFile: string

  constructor(program: string, guarded: GuardedProcess, logFile: string) {
    this.#program = program
    this.#process = guarded
    this.#logFile = logFile
    if (!guarded.pipes) throw new Error(`${program} was started without pipes`)
    createInterface({ input: guarded.pipes.output }).on('line', (line) => this.#answer(line))
    void guarded.exit.then(() => this.#end())
  }

  get exited(): boolean {
    return this.#process.exited
  }

  call(...words: string[]): Promise<string> {
    if (words.some((word) => /[\t\r\n]/.test(word))) throw new Error('a word of a command holds a tab or a line end')
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject, command: words[0] ?? '' })
      if (this.exited) void this.#end()
      else this.#process.pipes?.input.write(`${words.join('\t')}\n`)
    })
  }

  stop(): Promise<void> {
    return this.#process.stop('SIGKILL')
  }

  #answer(line: string): void {
    const [, status, text = ''] = ANSWER.exec(line) ?? []
    if (status === undefined) return
    const pending = this.#pending.shift()
    const answer = Buffer.from(text, 'base64').toString('utf8')
    if (status === 'ok') pending?.resolve(answer)
    else pending?.reject(new Error(`${this.#program} ${pending.command}: ${answer}`))
  }

  async #end(): Promise<void> {
    if (this.#pending.length === 0) return
    const log = await readFile(this.#logFile, 'utf8').catch(() => '')
    const error = new Error(`${this.#program} has ended:\n${log.slice(-2_000)}`)
    for (const pending of this.#pending.splice(0)) pending.reject(error)
  }
}
