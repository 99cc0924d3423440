/** A file that one process at a time holds; who is killed while it does holds it no longer. */
import { open, readFile, rm } from 'node:fs/promises'

const LOCK_RETRY_MS = 200

/** Waits until no other process that lives holds it. @returns lets it go */
export async function lock(file: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const handle = await open(file, 'wx')
      await handle.writeFile(String(process.pid))
      await handle.close()
      return () => rm(file, { force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      if (await isAbandoned(file)) await rm(file, { force: true })
      else await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS))
    }
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const holder = Number(await readFile(file, 'utf8').catch(() => '0'))
  // Zero: the holder has created the file and is about to write its id, or has just removed it.
  if (holder === 0) return false
  try {
    process.kill(holder, 0)
    return false
  } catch {
    // No such process: it was killed while it held the lock.
    return true
  }
}
