/** Opens the database named on the command line as a process of its own, and prints how many migrations it has. */
import { openDatabase } from '../../../lib/db.ts'

const database = await openDatabase(process.argv[2] ?? '')
const [row] = await database.client.$queryRawUnsafe<{ n: bigint | number }[]>(
  'SELECT count(*) AS n FROM _prisma_migrations WHERE rolled_back_at IS NULL',
)
console.log(Number(row?.n))
await database.close()
