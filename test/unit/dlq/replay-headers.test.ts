import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import type { RecordHeader } from '../../../lib/dlq/dead-letter.ts'
import { decodeDeadLetter } from '../../../lib/dlq/decode.ts'
import { type ReplayHeaderOptions, replayAttempts, replayHeaders } from '../../../lib/dlq/replay-headers.ts'
import {
  connectHeaders,
  deadRecord,
  type HeaderList,
  int32,
  springException,
  springOrigin,
  toHeaders,
} from '../../builders/dead-letters.ts'

const OPTIONS: ReplayHeaderOptions = {
  replayId: 'r-1',
  jobId: 'j-1',
  source: { topic: 'orders-dlt', partition: 3, offset: 7_000n },
  nowMs: 1_700_000_100_000,
  operator: null,
  profiles: BUILT_IN_PROFILES,
}

const ADDED: HeaderList = [
  ['holdfast-replay-id', 'r-1'],
  ['holdfast-replay-job', 'j-1'],
  ['holdfast-replay-attempt', '1'],
  ['holdfast-replay-source', 'orders-dlt-3@7000'],
  ['holdfast-replay-at', '2023-11-14T22:15:00.000Z'],
]

function replay(headers: readonly RecordHeader[], options: Partial<ReplayHeaderOptions> = {}): RecordHeader[] {
  const decoded = decodeDeadLetter({ ...deadRecord([]), headers }, BUILT_IN_PROFILES)
  return replayHeaders({ headers }, decoded, { ...OPTIONS, ...options })
}

const BUSINESS: HeaderList = [
  ['traceparent', '00-1'],
  ['tracestate', 'x=1'],
  ['content-type', 'application/json'],
  ['ce_id', '17'],
  ['__TypeId__', 'com.acme.Order'],
  ['spring_json_header_types', '{}'],
  ['tenant', null],
  ['tag', 'one'],
  ['tag', 'two'],
  ['tag', Buffer.from([0xff, 0x00])],
  ['', 'without a name'],
  ['source_topic', 'mine'],
  ['dead-letter-policy', 'mine'],
]

describe('replayHeaders', () => {
  it('keeps what is the application’s, byte for byte and in order', () => {
    expect(replay(toHeaders(BUSINESS))).toEqual(toHeaders([...BUSINESS, ...ADDED]))
  })

  it.each<[string, HeaderList]>([
    [
      'a Spring recoverer',
      [
        ...springOrigin(),
        ...springException(),
        ['kafka_deliveryAttempt', int32(3)],
        ['springDeserializerExceptionValue', 'x'],
      ],
    ],
    [
      'a Spring chain of retries',
      [
        ...springOrigin({}, 'kafka_original'),
        ...springException({}, 'kafka_exception'),
        ['retry_topic-attempts', int32(3)],
        ['retry_topic-original-timestamp', Buffer.from('018bcfe56800', 'hex')],
        ['retry_topic-backoff-timestamp', Buffer.from('018bcfe56800', 'hex')],
      ],
    ],
    ['Connect', connectHeaders()],
    [
      'Streams',
      [
        ['__streams.errors.topic', 'orders'],
        ['__streams.errors.exception.description', 'x'],
      ],
    ],
    [
      'share groups',
      [
        ['__dlq.errors.topic', 'orders'],
        ['__dlq.errors.delivery.count', '5'],
      ],
    ],
    [
      'Cloud Stream',
      [
        ['x-original-topic', 'orders'],
        ['x-original-timestamp-type', 'CreateTime'],
        ['x-exception-message', ''],
        ['x-retries', '1'],
      ],
    ],
    [
      'SmallRye',
      [
        ['dead-letter-topic', 'orders'],
        ['dead-letter-cause-class-name', 'x'],
        ['delayed-retry-count', '1'],
      ],
    ],
    [
      'Karafka',
      [
        ['source_partition', '1'],
        ['source_offset', '2'],
        ['source_trace_id', 'x'],
      ],
    ],
    [
      'others',
      [
        ['asyncRetry', '{}'],
        ['MT-Fault-Message', ''],
        ['reason_poisoned', ''],
        ['__rule.name', ''],
      ],
    ],
  ])('leaves out the marks of %s', (name, marks) => {
    const own = name === 'Karafka' ? BUSINESS.filter(([key]) => key !== 'source_topic') : BUSINESS
    const [first, ...rest] = marks
    const kept = replay(toHeaders([...(first ? [first] : []), ...BUSINESS, ...rest])).map(({ key }) => key)
    expect(kept.filter((key) => !key.startsWith('holdfast-'))).toEqual(own.map(([key]) => key))
  })

  it('keeps everything for forensic copies', () => {
    const headers = toHeaders([...BUSINESS, ...springException(), ...springOrigin()])
    const kept = replay(headers, { keepAll: true })
    expect(kept.slice(0, headers.length)).toEqual(headers)
    expect(kept.at(-1)).toEqual(toHeaders([['holdfast-replay-original-timestamp', '1700000000000']])[0])
  })

  it('names the person only when told to', () => {
    expect(replay([], { operator: 'on-call 3' })).toEqual(
      toHeaders([...ADDED, ['holdfast-replay-operator', 'on-call 3']]),
    )
  })

  it('keeps the first time that is known, over any number of replays', () => {
    const first = replay(toHeaders(springOrigin()))
    expect(first.at(-1)).toEqual(toHeaders([['holdfast-replay-original-timestamp', '1700000000000']])[0])
    const again = replay([...first, ...toHeaders(springOrigin({ timestampMs: 1_800_000_000_000n }))], {
      replayId: 'r-2',
    })
    expect(again.at(-1)).toEqual(first.at(-1))
  })

  it('counts replays of all jobs, and not what is sent again', () => {
    const first = replay([])
    const again = replay(first)
    const second = replay(first, { replayId: 'r-2', jobId: 'j-2' })
    expect([first, again, second].map(replayAttempts)).toEqual([1, 1, 2])
    expect(replayAttempts([])).toBe(0)
  })

  it.each([
    ['-1', null, '2'],
    ['many', null, '2'],
    ['2147483647', 2_147_483_647, '2147483648'],
  ])('goes on from a count of %s', (count, read, next) => {
    const headers = toHeaders([
      ['holdfast-replay-id', 'r-0'],
      ['holdfast-replay-attempt', count],
    ])
    expect(replayAttempts(headers)).toBe(read)
    expect(replay(headers)).toContainEqual({ key: 'holdfast-replay-attempt', value: Buffer.from(next) })
  })

  it('changes nothing when it is done twice', () => {
    const names = BUILT_IN_PROFILES.flatMap(({ match, strip }) => [...match.anyOf, ...match.allOf, ...strip])
    const header = fc.tuple(
      fc.oneof(fc.constantFrom(...names, 'tenant', ...ADDED.map(([key]) => key)), fc.string()),
      fc.option(
        fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(int32(3), Buffer.from('7'), Buffer.from('a'))),
      ),
    )
    fc.assert(
      fc.property(fc.array(header, { maxLength: 30 }), fc.boolean(), (list, keepAll) => {
        const once = replay(toHeaders(list), { keepAll })
        expect(replay(once, { keepAll })).toEqual(once)
      }),
      { numRuns: 500 },
    )
  })
})
