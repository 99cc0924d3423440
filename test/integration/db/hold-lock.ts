/** Holds SQLite's write lock on the file named on the command line until it is ended. Prints a line once it has it. */
import { createClient } from '@libsql/client'

const client = createClient({ url: `file:${process.argv[2]}` })
await client.execute('BEGIN EXCLUSIVE')
console.log('locked')
process.stdin.on('end', () => process.exit(0)).resume()
