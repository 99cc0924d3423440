/** A real Chromium for the browser tests: the machine's own, or else the one that `@sparticuz/chromium` carries. */
import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { lock } from './file-lock.ts'

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge']
const UNPACKED = resolve(import.meta.dirname, '..', '..', '.cache', 'chromium')
/** The package takes a program that is there for whole, also while another process still writes it. */
const WHOLE = join(UNPACKED, 'whole')
const START_TIMEOUT_MS = 60_000

/** Ends with this process: it listens at a pipe that we hold. */
export async function startBrowser(): Promise<Browser> {
  const program = findOnPath() ?? (await unpackPackaged())
  return chromium.launch({
    ...program,
    timeout: START_TIMEOUT_MS,
    // Containers and root have no user namespaces to build a sandbox from; only our own pages are opened.
    chromiumSandbox: false,
    args: ['--disable-dev-shm-usage'],
  })
}

interface Program {
  executablePath: string
  env?: Record<string, string>
}

function findOnPath(): Program | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of PROGRAMS) {
      const executablePath = join(folder, name)
      if (isExecutable(executablePath)) return { executablePath }
    }
  }
  return null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us: the next place.
    return false
  }
}

/**
 * The package unpacks itself into the folder for temporary files, and brings the libraries it needs only where it
 * believes to be in a Lambda. Both are decided by variables while it is loaded. Its own list of arguments is left out:
 * it switches web security off, and `--single-process` ends the browser with the first closed page.
 */
async function unpackPackaged(): Promise<Program> {
  mkdirSync(dirname(UNPACKED), { recursive: true })
  const unlock = await lock(`${UNPACKED}.lock`)
  try {
    if (!existsSync(WHOLE)) rmSync(UNPACKED, { recursive: true, force: true })
    mkdirSync(UNPACKED, { recursive: true })
    const program = await unpackInto(UNPACKED)
    writeFileSync(WHOLE, '')
    return program
  } finally {
    await unlock()
  }
}

async function unpackInto(folder: string): Promise<Program> {
  const saved = { ...process.env }
  Object.assign(process.env, { TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' })
  try {
    const { default: packaged } = await import('@sparticuz/chromium')
    packaged.setGraphicsMode = false
    const executablePath = await packaged.executablePath()
    const own = Object.entries(saved).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const { LD_LIBRARY_PATH = '' } = process.env
    return { executablePath, env: { ...Object.fromEntries(own), LD_LIBRARY_PATH, FONTCONFIG_FILE: writeFontConfig() } }
  } finally {
    for (const name of ['TMPDIR', 'AWS_EXECUTION_ENV', 'FONTCONFIG_PATH', 'LD_LIBRARY_PATH']) {
      if (saved[name] === undefined) delete process.env[name]
      else process.env[name] = saved[name]
    }
  }
}

/** The packaged one names folders that only exist in a Lambda, and without any font no text has a size. */
function writeFontConfig(): string {
  const file = join(UNPACKED, 'fonts.conf')
  const folders = [join(UNPACKED, 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts']
  writeFileSync(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  ${folders.map((folder) => `<dir>${folder}</dir>`).join('\n  ')}
  <cachedir>${join(UNPACKED, 'fonts-cache')}</cachedir>
</fontconfig>
`,
  )
  return file
}
