import { describe, expect, it } from 'vitest'
import type { RecordHeader } from '../../../lib/dlq/dead-letter.ts'
import { type ReplayPropertyOptions, replayProperties } from '../../../lib/dlq/replay-properties.ts'
import { decodeRocketmqDeadLetter } from '../../../lib/dlq/rocketmq-dead-letter.ts'

type Pairs = [name: string, value: string][]

const OPTIONS: ReplayPropertyOptions = {
  replayId: 'r-1',
  jobId: 'j-1',
  source: { topic: '%DLQ%billing', broker: 'broker-a', partition: 0, offset: 7n },
  nowMs: 1_700_000_100_000,
  operator: null,
  toRetryTopic: false,
}

const ADDED: Pairs = [
  ['holdfast-replay-id', 'r-1'],
  ['holdfast-replay-job', 'j-1'],
  ['holdfast-replay-attempt', '1'],
  ['holdfast-replay-source', '%DLQ%billing-broker-a-0@7'],
  ['holdfast-replay-at', '2023-11-14T22:15:00.000Z'],
  ['holdfast-replay-original-timestamp', '1700000000000'],
]

/** As a dead letter of a 5.5.0 broker has them. */
const SEEN: Pairs = [
  ['ORIGIN_MESSAGE_ID', '7F000001000051AF00000000000000E8'],
  ['RETRY_TOPIC', 'orders'],
  ['MSG_REGION', 'DefaultRegion'],
  ['UNIQ_KEY', '7F0000010001AAAA0000000000000001'],
  ['CLUSTER', 'testCluster'],
  ['tenant', 'acme'],
  ['DELAY', '0'],
  ['WAIT', 'false'],
  ['TAGS', 'tagA'],
  ['KEYS', 'k1 k2'],
  ['TRACE_ON', 'true'],
  ['RECONSUME_TIME', '16'],
  ['MAX_RECONSUME_TIMES', '16'],
]
const KEPT: Pairs = [
  ['UNIQ_KEY', '7F0000010001AAAA0000000000000001'],
  ['tenant', 'acme'],
  ['TAGS', 'tagA'],
  ['KEYS', 'k1 k2'],
]

function replay(properties: Pairs, over: Partial<ReplayPropertyOptions> = {}): Pairs {
  const headers: RecordHeader[] = properties.map(([key, value]) => ({ key, value: Buffer.from(value) }))
  const decoded = decodeRocketmqDeadLetter({
    ...{ topic: '%DLQ%billing', bornAtMs: 1_700_000_000_000, reconsumeTimes: 16 },
    properties: new Map(properties),
  })
  const sent = replayProperties({ headers }, decoded, { ...OPTIONS, ...over })
  return sent.map(({ key, value }) => [key, Buffer.from(value ?? []).toString()])
}

describe('replayProperties', () => {
  it('keeps what is the application’s, with the id that it knows, and leaves out what the broker wrote', () => {
    expect(replay(SEEN)).toEqual([...KEPT, ...ADDED])
  })

  it('makes of a replay to the retry topic one more retry of the same message', () => {
    expect(replay(SEEN, { toRetryTopic: true })).toEqual([...SEEN.slice(0, 2), ...KEPT, ...ADDED])
  })

  it('tells a retry topic the origin, where only another property knows it', () => {
    const sent = replay([['DLQ_ORIGIN_TOPIC', 'orders']], { toRetryTopic: true })
    expect(sent).toEqual([['RETRY_TOPIC', 'orders'], ...ADDED])
    expect(replay([], { toRetryTopic: true }).map(([name]) => name)).not.toContain('RETRY_TOPIC')
  })

  it.each([
    'WAIT',
    'DELAY',
    'TIMER_DELAY_SEC',
    'TIMER_DELAY_MS',
    'TIMER_DELIVER_MS',
    'TIMER_ENQUEUE_MS',
    'TRAN_MSG',
    'PGROUP',
    '__transactionId__',
    'REAL_TOPIC',
    'REAL_QID',
    'INNER_MULTI_DISPATCH',
  ])('never sends %s, on which brokers act, not even with a forensic copy', (name) => {
    for (const over of [{}, { toRetryTopic: true }, { keepAll: true }]) {
      expect(replay([[name, 'true']], over).map(([sent]) => sent)).not.toContain(name)
    }
  })

  it.each(['POP_CK', '1ST_POP_TIME', 'MIN_OFFSET', 'CONSUME_START_TIME', 'CLUSTER', '__CRC32#', '__RMQ.TRANSIENT.X'])(
    'leaves out %s, which is written anew',
    (name) => {
      expect(replay([[name, '1']], { toRetryTopic: true })).toEqual(ADDED)
    },
  )

  it('keeps for a forensic copy how the message died', () => {
    const acting = new Set(['WAIT', 'DELAY'])
    expect(replay(SEEN, { keepAll: true })).toEqual([...SEEN.filter(([name]) => !acting.has(name)), ...ADDED])
  })

  it('counts another replay, and not the same one sent again', () => {
    const first = replay(SEEN)
    expect(replay(first)).toEqual(first)
    const second = replay(first, { replayId: 'r-2' })
    expect(second.find(([name]) => name === 'holdfast-replay-attempt')).toEqual(['holdfast-replay-attempt', '2'])
    expect(second.filter(([name]) => name === 'holdfast-replay-id')).toEqual([['holdfast-replay-id', 'r-2']])
  })
})
