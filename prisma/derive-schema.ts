/**
 * Writes `postgresql/schema.prisma` from `schema.prisma`; with `--check` it only fails when the file is out of date.
 * Prisma fixes the provider per schema file, so two databases need two files; the models are the same.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCE = join(import.meta.dirname, 'schema.prisma')
const DERIVED = join(import.meta.dirname, 'postgresql', 'schema.prisma')

export function derivePostgresqlSchema(source: string): string {
  const withoutHeader = source.slice(source.indexOf('generator client'))
  const body = replaceOnce(
    replaceOnce(withoutHeader, '"./generated/sqlite"', '"../generated/postgresql"'),
    'provider = "sqlite"',
    'provider = "postgresql"',
  )
  return `// Derived from ../schema.prisma by ../derive-schema.ts. Do not edit.\n\n${body}`
}

function replaceOnce(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`schema.prisma must hold ${from} exactly once`)
  return text.replace(from, to)
}

function main(): void {
  const derived = derivePostgresqlSchema(readFileSync(SOURCE, 'utf8'))
  if (!process.argv.includes('--check')) {
    writeFileSync(DERIVED, derived)
    return
  }
  if (readFileSync(DERIVED, 'utf8') !== derived) {
    console.error('prisma/postgresql/schema.prisma is out of date: run `node prisma/derive-schema.ts`')
    process.exitCode = 1
  }
}

if (import.meta.main) main()
