/** Promises about the tree that no off-the-shelf tool knows. Each guard answers the places that break it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

export interface Guard {
  name: string
  /** One line per broken place. */
  find(root: string): string[]
}

const NOT_OURS = new Set(['.cache', '.git', '.next', 'data', 'generated', 'node_modules'])
const BINARY = /\.(png|jpg|ico|woff2?|zip|gz|db|wasm)$/
const PRODUCT = /^(app|components|lib|instrumentation\.ts|proxy\.ts|next\.config\.js)/
/** `lib/launch` hands the environment on to the processes it starts. */
const MAY_READ_ENV = /^lib\/(config\.ts$|launch\/)/

export const GUARDS: Guard[] = [
  {
    name: 'environment is read in lib/config.ts alone',
    find: (root) =>
      matches(root, /\bprocess\s*(\?\.|\.)\s*env\b|\bimport\.meta\.env\b/).filter(
        (place) => PRODUCT.test(place) && !MAY_READ_ENV.test(place.split(':')[0] ?? ''),
      ),
  },
  {
    name: 'no package registry is named',
    find: (root) =>
      matches(root, /https?:\/\/[a-z0-9.-]*(registry|maven|npmjs|npmmirror|artifactory|nexus)[a-z0-9.-]*/i),
  },
  {
    name: 'no path of one machine is named',
    find: (root) => matches(root, /(^|[^A-Za-z0-9_.])\/(root|work|home|Users|tmp\/hf)\/[A-Za-z0-9_.-]+/),
  },
  { name: 'package-lock.json names no addresses', find: (root) => matches(root, /^\s+"resolved":/, isLock) },
  { name: 'package-lock.json is complete for every platform', find: findMissingPlatforms },
  {
    name: 'no test is focused, skipped without a condition, or left to do',
    find: (root) => matches(root, /\b(it|test|describe)\.(skip|only|todo|fails)\b/, (path) => path.startsWith('test/')),
  },
]

function matches(root: string, pattern: RegExp, include: (path: string) => boolean = () => true): string[] {
  const found: string[] = []
  for (const path of filesOf(root)) {
    if (!include(path) || BINARY.test(path)) continue
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .forEach((line, index) => {
        if (pattern.test(line)) found.push(`${path}:${index + 1}: ${line.trim().slice(0, 120)}`)
      })
  }
  return found
}

function filesOf(root: string, folder: string = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name) || entry.name.endsWith('.tsbuildinfo')) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesOf(root, path)
    return entry.isFile() ? [relative(root, path)] : []
  })
}

function isLock(path: string): boolean {
  return path === 'package-lock.json'
}

interface LockEntry {
  optionalDependencies?: Record<string, string>
}

/**
 * npm leaves out optional packages that it could not fetch while it wrote the lock file, and `npm ci` then refuses the
 * file on every machine.
 */
function findMissingPlatforms(root: string): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>
  }
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !isLocked(lock.packages, path, name))
      .map((name) => `${path}: ${name} has no entry`),
  )
}

/** Looks where Node would: in the package's own node_modules, then outwards. */
function isLocked(packages: Record<string, LockEntry>, from: string, name: string): boolean {
  for (let at = from; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    if (packages[`${at}/node_modules/${name}`]) return true
  }
  return packages[`node_modules/${name}`] !== undefined
}
