/** Kafka's own tools under the names that people call them by, for command lines as the console writes them. */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { MINUTE_MS } from '../../lib/units.ts'
import { KAFKA_TOOLS } from './kafka-cluster.ts'
import { kafkaJars } from './maven.ts'

const run = promisify(execFile)

const DEADLINE_MS = 2 * MINUTE_MS
const JVM =
  '-Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -Dorg.slf4j.simpleLogger.defaultLogLevel=error'

export interface ShellOutcome {
  isDone: boolean
  /** What it printed and what it complained of. */
  text: string
}

/** @param folder exists; commands run there, and leave their files there */
export async function openKafkaShell(folder: string): Promise<(line: string) => Promise<ShellOutcome>> {
  const jars = await kafkaJars()
  const bin = path.join(folder, 'bin')
  await mkdir(bin)
  for (const [name, main] of Object.entries(KAFKA_TOOLS)) {
    const script = `#!/bin/sh\nexec java ${JVM} -cp '${jars}/*' ${main} "$@"\n`
    await writeFile(path.join(bin, `${name}.sh`), script, { mode: 0o755 })
  }
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  return async (line) => {
    try {
      const { stdout, stderr } = await run('sh', ['-c', line], { cwd: folder, env, timeout: DEADLINE_MS })
      return { isDone: true, text: stdout + stderr }
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
      return { isDone: false, text: stdout + stderr }
    }
  }
}
