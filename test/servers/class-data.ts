/**
 * What Java has read of its classes (AppCDS), kept beside the jars: a broker that starts from it needs half the processor
 * time. The first cluster that is stopped leaves it behind, and a Java that cannot use it starts without.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { MINUTE_MS } from '../../lib/units.ts'

const run = promisify(execFile)

const DUMP_DEADLINE_MS = MINUTE_MS
/** Java would tell of every class that it leaves out. */
const QUIET = ['-Xlog:disable', '-Xlog:all=error:stderr']

function fileOf(jars: string, mainClass: string): string {
  return `${jars}.${mainClass}.jsa`
}

/** What a server is started with: from the archive, or so that one can be made of it. */
export function classDataFlags(jars: string, mainClass: string): string[] {
  const file = fileOf(jars, mainClass)
  return existsSync(file) ? [...QUIET, `-XX:SharedArchiveFile=${file}`] : [...QUIET, '-XX:+RecordDynamicDumpInfo']
}

/** Of a server that was started without an archive and is about to be stopped. */
export async function keepClassData(jars: string, mainClass: string, pid: number | null): Promise<void> {
  const file = fileOf(jars, mainClass)
  if (pid === null || existsSync(file)) return
  const part = `${file}.${pid}`
  try {
    await run('jcmd', [String(pid), 'VM.cds', 'dynamic_dump', part], { timeout: DUMP_DEADLINE_MS })
    await rename(part, file)
  } catch {
    // It is about to be killed and may be stopped, hung or just starting: the next one will do.
    await rm(part, { force: true })
  }
}
