/** Runs `npm run db` without npm. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

const DB_COMMAND = resolve(import.meta.dirname, '..', '..', '..', 'lib', 'launch', 'db-command.ts')

export async function runDb(databaseUrl: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [DB_COMMAND, ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part))
  const [code] = await once(child, 'close')
  return { code, output }
}
