import type { RequestContext } from '../route-declaration.ts'
import { toNumber } from '../serialize.ts'

interface ReadPayload {
  cluster: string
  topic: string
  partition: number
  broker?: string | undefined
  offset: bigint | number
}

/** Whoever takes a payload as a whole, and not as much of it as lists show, takes it out of the console: as an export does. */
export function auditWholeRead(
  { audit }: RequestContext,
  { cluster, topic, partition, broker, offset }: ReadPayload,
): void {
  audit.action = 'payload.read'
  audit.target = `${cluster}/${topic}`
  audit.detail = { partition, ...(broker === undefined ? {} : { broker }), offset: toNumber(BigInt(offset)) }
}
