/** What is asked to be changed in all records of a replay, refused where it cannot be used. */
import { isOwnHeader } from '../../dlq/own-headers.ts'
import { HoldfastError } from '../../errors.ts'
import { stepFaults, type TransformStep } from '../../replay/transform.ts'

/** @throws HoldfastError `bad_request` */
export function refuseUnusable(steps: readonly TransformStep[]): void {
  const [first] = stepFaults(steps)
  if (first !== undefined) {
    const issue = first.field === 'path' ? 'changePath' : 'changeJson'
    throw new HoldfastError('bad_request', { path: `body.transform.${first.index}.${first.field}`, issue })
  }
  const own = steps.findIndex((step) => 'name' in step && isOwnHeader(step.name))
  if (own >= 0) throw new HoldfastError('bad_request', { path: `body.transform.${own}.name`, issue: 'ownHeader' })
}
