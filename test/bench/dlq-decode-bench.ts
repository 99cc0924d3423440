/** How fast dead letters are decoded, given their fingerprints, and their headers cleaned, on one core. */
import { BUILT_IN_PROFILES } from '../../lib/dlq/built-in-profiles.ts'
import type { DeadRecord } from '../../lib/dlq/dead-letter.ts'
import { decodeDeadLetter } from '../../lib/dlq/decode.ts'
import { fingerprintOf } from '../../lib/dlq/fingerprint.ts'
import { replayHeaders } from '../../lib/dlq/replay-headers.ts'
import { connectHeaders, deadRecord, type HeaderList, springException, springOrigin } from '../builders/dead-letters.ts'
import { costOf, medianCost } from './measure.ts'

const ROUNDS = 12
const WARM_UP_ROUNDS = 4
/** Different records, so that no cache inside the engine answers for them. */
const RECORDS = 5_000
const APPLICATION: HeaderList = [
  ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['__TypeId__', 'com.acme.Order'],
  ['ce_id', 'b1946ac9-2dbb-4a7e-9f3e-1f8f4d1c0a11'],
]

export async function benchDlqDecode(): Promise<unknown> {
  const spring = records((id) => [
    ...APPLICATION,
    ...springException({ message: `Order ${id} not found` }),
    ...springOrigin(),
  ])
  const connect = records((id) => [...APPLICATION, ...connectHeaders({ message: `Field 'total' of ${id} is missing` })])
  const plain = records(() => APPLICATION)
  return {
    headerBytes: bytesOf(spring[0]),
    decodedAndFingerprinted: {
      spring: await perSecond(spring, fingerprinted),
      connect: await perSecond(connect, fingerprinted),
      withoutOrigin: await perSecond(plain, fingerprinted),
    },
    decoded: { spring: await perSecond(spring, (record) => decodeDeadLetter(record, BUILT_IN_PROFILES)) },
    headersCleaned: { spring: await perSecond(spring, cleaned) },
  }
}

function records(headersOf: (id: number) => HeaderList): DeadRecord[] {
  return Array.from({ length: RECORDS }, (_, index) =>
    deadRecord(headersOf(100_000 + index), { offset: BigInt(index) }),
  )
}

function fingerprinted(record: DeadRecord): unknown {
  return fingerprintOf(decodeDeadLetter(record, BUILT_IN_PROFILES))
}

function cleaned(record: DeadRecord): unknown {
  const { topic, partition, offset } = record
  return replayHeaders(
    record,
    { origin: null },
    {
      replayId: 'r',
      jobId: 'j',
      source: { topic, partition, offset },
      nowMs: 1_700_000_000_000,
      operator: null,
      profiles: BUILT_IN_PROFILES,
    },
  )
}

async function perSecond(sample: readonly DeadRecord[], work: (record: DeadRecord) => unknown): Promise<number> {
  const costs = []
  for (let count = 0; count < ROUNDS; count += 1) {
    costs.push(
      await costOf(() => {
        for (const record of sample) work(record)
      }),
    )
  }
  const { cpuMs } = medianCost(costs.slice(WARM_UP_ROUNDS))
  return Math.round(sample.length / (cpuMs / 1_000))
}

function bytesOf(record: DeadRecord | undefined): number {
  return record?.headers.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0) ?? 0
}
