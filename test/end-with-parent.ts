/** Run by vitest before the tests: a run whose starter was killed must not go on, nor must the servers it started. */
import { endWithParent } from '../lib/launch/process-end.ts'

export default function setup(): void {
  endWithParent()
}
