/** Holds SQLite's write lock on the file named on the command line until it is ended. Prints a line once it has it. */
import { PrismaLibSql } from '@prisma/adapter-libsql'

const adapter = await new PrismaLibSql({ url: `file:${process.argv[2]}` }).connect()
await adapter.executeRaw({ sql: 'BEGIN EXCLUSIVE', args: [], argTypes: [] })
console.log('locked')
process.stdin.on('end', () => process.exit(0)).resume()
