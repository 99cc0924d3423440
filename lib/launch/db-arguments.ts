/** What `npm run db -- …` is asked to do. */

export type DbRequest = FileRequest | { command: 'check' | 'size' | 'help' }

export interface FileRequest {
  command: 'backup' | 'restore'
  file: string
}

export const DB_USAGE = `npm run db -- COMMAND

  backup FILE    writes a copy of the SQLite database into a new file, while the console runs
  restore FILE   puts such a file in the place of the database, while the console is stopped
  check          reads and decodes everything that is stored, while the console runs
  size           tells what takes how much space
  --help         tells this

DATABASE_URL says which database, as with npm start. Exit status: 0 when all is well, 1 when not, 2 for a wrong command.`

/** Null when that is no command. */
export function readDbArguments(args: readonly string[]): DbRequest | null {
  if (args.includes('--help') || args.includes('-h')) return { command: 'help' }
  const [command, file, ...more] = args
  if (more.length > 0 || file?.startsWith('-')) return null
  if (command === 'backup' || command === 'restore') return file ? { command, file } : null
  if (command === 'check' || command === 'size') return file === undefined ? { command } : null
  return null
}
