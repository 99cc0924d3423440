/** Disks that fill up: of a few megabytes, in memory, mounted by the test. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const canMount = process.getuid?.() === 0 && process.platform === 'linux' && tryMount()

function tryMount(): boolean {
  const trial = mkdtempSync(join(tmpdir(), 'holdfast-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', trial], { stdio: 'ignore' })
    execFileSync('umount', [trial])
    return true
  } catch {
    // Containers often may not mount; the test is then skipped by its name.
    return false
  } finally {
    rmSync(trial, { recursive: true, force: true })
  }
}

/** Puts what lies in the folder on a small disk of its own, mounted there; answers what takes it away. */
export function mountOver(folder: string, sizeMiB: number): () => void {
  const aside = `${folder}.aside`
  const copy = ['-a', '--sparse=always']
  execFileSync('cp', [...copy, folder, aside])
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder])
  execFileSync('cp', [...copy, `${aside}/.`, folder])
  rmSync(aside, { recursive: true })
  return () => execFileSync('umount', [folder])
}

export function fillDisk(path: string): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4_096, 1)
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}
