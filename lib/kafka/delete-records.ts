/** Deletes the beginning of partitions, for all readers. */
import { type Fault, fault } from '../cluster/fault.ts'
import type { PartitionPlace } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { SECOND_MS } from '../units.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { DELETE_RECORDS } from './kafka-requests.ts'
import type { KafkaRouter } from './kafka-router.ts'

/** How long the leader waits for its followers. */
const FOLLOWERS_MS = 8 * SECOND_MS
const OFFSET_OUT_OF_RANGE = 1

/** @throws MessageAccessError; what was deleted before it stays deleted, and the call may be made again */
export async function deleteRecordsBefore(
  router: KafkaRouter,
  topic: string,
  places: readonly (PartitionPlace & { offset: bigint })[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(places.map(({ partition, offset }) => deleteOne(router, { topic, partition, offset }, signal)))
}

async function deleteOne(
  router: KafkaRouter,
  { topic, partition, offset }: { topic: string; partition: number; offset: bigint },
  signal: AbortSignal,
): Promise<void> {
  await router.retry(signal, async (): Promise<Outcome<true>> => {
    const { leader } = await router.partition(topic, partition, signal)
    const asked = [{ name: topic, partitions: [{ partitionIndex: partition, offset }] }]
    const answer = await router.client.callWithin(signal, leader, DELETE_RECORDS, asked, FOLLOWERS_MS)
    const code = answer.value?.topics[0]?.partitions[0]?.errorCode ?? 0
    const reason = answer.fault ?? faultOf(code, { api: DELETE_RECORDS.name, broker: leader, topic, partition })
    if (reason === null) return { value: true, fault: null }
    router.forget(topic)
    return { value: null, fault: reason }
  })
}

function faultOf(code: number, facts: Fault['facts']): Fault | null {
  return code === OFFSET_OUT_OF_RANGE ? fault('offsetOutOfRange', facts) : faultOfErrorCode(code, facts)
}
