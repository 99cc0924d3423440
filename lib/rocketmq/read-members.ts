/** Run-time numbers and replication state of every member. Masters come first: see `replication.ts`. */
import type { FactBook } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { Member } from './broker-members.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { isOfServer } from './rocketmq-fault.ts'
import { HA_STATUS, type HaStatus, RUNTIME_INFO, type RuntimeTable } from './rocketmq-requests.ts'

export interface MemberReading {
  /** When it was asked. */
  atMs: number
  /** Why it does not answer; null when it does. */
  fault: Fault | null
  runtime: RuntimeTable | null
  /** Null on 4.9, which does not tell. */
  ha: HaStatus | null
}

/** By member id. */
export type MemberReadings = ReadonlyMap<string, MemberReading>

export async function readMembers(
  caller: RocketmqCaller,
  members: readonly Member[],
  book: FactBook,
): Promise<MemberReadings> {
  const readings = new Map<string, MemberReading>()
  const readSome = (some: readonly Member[]) =>
    Promise.all(some.map(async (member) => readings.set(member.id, await readMember(caller, member, book))))
  await readSome(members.filter(({ isMaster }) => isMaster))
  await readSome(members.filter(({ isMaster }) => !isMaster))
  const nowMs = Date.now()
  book.wasRead('runtime', nowMs)
  book.wasRead('replication', nowMs)
  return readings
}

async function readMember(caller: RocketmqCaller, { id, address }: Member, book: FactBook): Promise<MemberReading> {
  const atMs = Date.now()
  // The first one: its answer tells whether anybody is there and whether our account exists.
  const runtime = await caller.call(address, RUNTIME_INFO)
  if (runtime.fault) book.fail('runtime', 'broker', id, runtime.fault)
  // 4.9 answers it with an error in its first second.
  if (runtime.fault && isOfServer(runtime.fault)) {
    return { atMs, fault: runtime.fault, runtime: null, ha: null }
  }
  const ha = await caller.call(address, HA_STATUS)
  if (ha.fault) book.fail('replication', 'broker', id, ha.fault)
  return { atMs, fault: null, runtime: runtime.value, ha: ha.value }
}
