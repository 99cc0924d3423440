/** Started by the guard's test: starts a guarded program, prints its process id and waits to be killed. */
import { startGuarded } from './guard.ts'

const [folder = '', ...command] = process.argv.slice(2)
const child = await startGuarded(command[0] ?? 'sleep', command.slice(1), { removeOnDeath: folder })
process.stdout.write(`${child.pid}\n`)
setInterval(() => undefined, 60_000)
