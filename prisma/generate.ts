/**
 * Generates the two database clients. Skipped when schemas and Prisma version are those of the last run (stamp),
 * so that it may run before every start, build and test.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const HERE = import.meta.dirname
const GENERATED = join(HERE, 'generated')
const STAMP = join(GENERATED, 'stamp')
const SCHEMAS = [join(HERE, 'schema.prisma'), join(HERE, 'postgresql', 'schema.prisma')]
const CLIENTS = ['sqlite', 'postgresql']

const require = createRequire(import.meta.url)
const prismaPackage = require.resolve('prisma/package.json')

function stampOfNow(): string {
  const hash = createHash('sha256').update(readFileSync(prismaPackage))
  for (const schema of SCHEMAS) hash.update(readFileSync(schema))
  return hash.digest('hex')
}

function isUpToDate(stamp: string): boolean {
  const complete = CLIENTS.every((client) => existsSync(join(GENERATED, client, 'client.ts')))
  return complete && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp
}

function generate(schema: string): void {
  const cli = join(dirname(prismaPackage), 'build', 'index.js')
  // Prisma says on the error output which schema it read; execFileSync shows both outputs when it fails.
  execFileSync(process.execPath, [cli, 'generate', '--schema', schema, '--no-hints'], {
    cwd: dirname(HERE),
    stdio: 'pipe',
    env: {
      ...process.env,
      // Generating does not run the schema engine, but looks for it; any existing file keeps it from downloading one.
      PRISMA_SCHEMA_ENGINE_BINARY: prismaPackage,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  })
}

const stamp = stampOfNow()
if (!isUpToDate(stamp)) {
  rmSync(STAMP, { force: true })
  for (const schema of SCHEMAS) generate(schema)
  mkdirSync(GENERATED, { recursive: true })
  writeFileSync(STAMP, stamp)
}
