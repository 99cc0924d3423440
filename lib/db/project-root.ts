import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The folder that holds `prisma/schema.prisma`. Looked for from the working directory (where every npm script and
 * Next run) and from this file, because a bundler moves the latter.
 */
export function projectRoot(): string {
  for (const start of [process.cwd(), import.meta.dirname]) {
    const found = start === undefined ? null : climb(start)
    if (found !== null) return found
  }
  throw new Error('prisma/schema.prisma was found neither from the working directory nor from lib/db')
}

function climb(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'prisma', 'schema.prisma'))) return folder
    if (dirname(folder) === folder) return null
  }
}
