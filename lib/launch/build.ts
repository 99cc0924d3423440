/** The production build. With `--if-needed` only when the sources are not those that the last build was made from. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..', '..')
const STAMP = join(ROOT, '.next', 'holdfast-build')
const SOURCES = [
  'app',
  'components',
  'lib',
  'prisma',
  'public',
  'instrumentation.ts',
  'next.config.js',
  'package-lock.json',
  'postcss.config.mjs',
  'proxy.ts',
  'tsconfig.json',
]
/** Made by the build itself, or of no use to it. */
const LEFT_OUT = [join('prisma', 'generated'), join('lib', 'launch')]

export function sourceHash(root: string): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) addToHash(join(root, source))
  return hash.digest('hex')

  function addToHash(path: string): void {
    const name = relative(root, path)
    if (!existsSync(path) || LEFT_OUT.includes(name)) return
    const entries = readEntries(path)
    if (entries !== null) {
      for (const entry of entries) addToHash(join(path, entry))
      return
    }
    const content = readFileSync(path)
    hash.update(`${name}\0${content.length}\0`).update(content)
  }
}

function readEntries(path: string): string[] | null {
  try {
    return readdirSync(path).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null
    throw error
  }
}

function isBuilt(hash: string): boolean {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash
}

/** Ends together with us when we are asked to stop. */
function runNode(args: string[]): Promise<void> {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' as const }
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((done) => {
    child.once('exit', (code, signal) => {
      if (signal !== null) process.exit(130)
      if (code !== 0) process.exit(1)
      done()
    })
  })
}

async function main(): Promise<void> {
  await runNode([join('prisma', 'generate.ts')])
  const hash = sourceHash(ROOT)
  if (process.argv.includes('--if-needed') && isBuilt(hash)) return
  console.log('Building the console …')
  rmSync(STAMP, { force: true })
  await runNode([join('node_modules', 'next', 'dist', 'bin', 'next'), 'build'])
  writeFileSync(STAMP, hash)
}

if (import.meta.main) await main()
