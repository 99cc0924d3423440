import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { type DeadRecord, MAX_HOPS, type Origin } from '../../../lib/dlq/dead-letter.ts'
import { decodeDeadLetter, type KnownTopics } from '../../../lib/dlq/decode.ts'
import { FaultList, hopsOf } from '../../../lib/dlq/hops.ts'
import { indexHeaders } from '../../../lib/dlq/match-profiles.ts'
import { type DlqProfile, dlqProfiles } from '../../../lib/dlq/profile.ts'
import {
  connectHeaders,
  deadRecord,
  type HeaderList,
  int32,
  int64,
  springException,
  springOrigin,
} from '../../builders/dead-letters.ts'

const decode = (headers: HeaderList, fields: Partial<DeadRecord> = {}, known?: KnownTopics) =>
  decodeDeadLetter(deadRecord(headers, fields), BUILT_IN_PROFILES, known)

const ORIGIN: Origin = {
  topic: 'orders',
  partition: 3,
  offset: 41n,
  timestampMs: 1_700_000_000_000,
  group: 'billing',
  guessed: false,
}

describe('Spring', () => {
  it('tells origin and exception of a recoverer', () => {
    const decoded = decode([['traceparent', '00-1'], ...springException(), ...springOrigin()])
    expect(decoded).toMatchObject({ format: 'spring', profile: 'spring', origin: ORIGIN, attempts: null, faults: [] })
    expect(decoded.exception).toMatchObject({
      class: 'org.springframework.kafka.listener.ListenerExecutionFailedException',
      rootCauseClass: 'com.acme.OrderNotFoundException',
      message: 'Listener failed; Order 17 not found',
    })
    expect(decoded.exception?.stackTrace).toContain('\nCaused by: com.acme.OrderNotFoundException: Order 17 not found')
    expect(decoded.hops).toHaveLength(1)
  })

  it('tells of a key that could not be deserialized', () => {
    const decoded = decode([
      ...springOrigin({ group: null }),
      ['kafka_dlt-key-exception-fqcn', 'org.springframework.kafka.support.serializer.DeserializationException'],
      ['kafka_dlt-key-exception-message', 'failed to deserialize'],
      ['springDeserializerExceptionKey', Buffer.from('aced0005', 'hex')],
    ])
    expect(decoded.origin).toEqual({ ...ORIGIN, group: null })
    expect(decoded.exception).toMatchObject({
      class: 'org.springframework.kafka.support.serializer.DeserializationException',
      message: 'failed to deserialize',
      stackTrace: null,
    })
    expect(decoded.faults).toEqual([])
  })

  it('tells origin, exception and attempts of a chain of retries', () => {
    const decoded = decode([
      ...springOrigin({}, 'kafka_original'),
      ...springException({}, 'kafka_exception'),
      // Added at each of two failures; counts the try to come.
      ...[2, 3].flatMap<HeaderList[number]>((next) => [
        ['retry_topic-attempts', int32(next)],
        ['retry_topic-original-timestamp', Buffer.from('018bcfe56800', 'hex')],
        ['retry_topic-backoff-timestamp', Buffer.from('018bcfe56bff', 'hex')],
      ]),
    ])
    expect(decoded).toMatchObject({ format: 'springRetryable', origin: ORIGIN, attempts: 2, faults: [] })
    expect(decoded.exception?.rootCauseClass).toBe('com.acme.OrderNotFoundException')
  })

  it('takes the time of the first delivery where the chain has no other', () => {
    const decoded = decode([
      ['retry_topic-attempts', Buffer.from([2])],
      ['retry_topic-original-timestamp', Buffer.from('018bcfe56800', 'hex')],
    ])
    expect(decoded.hops[0]).toMatchObject({ attempts: 1, origin: { timestampMs: 1_700_000_000_000, topic: null } })
  })

  it('does not take the number 0 for a try to come', () => {
    const decoded = decode([...springOrigin({}, 'kafka_original'), ['retry_topic-attempts', int32(0)]])
    expect(decoded.attempts).toBeNull()
    expect(decoded.faults).toEqual([{ code: 'outOfRange', header: 'retry_topic-attempts', bytes: 4 }])
  })

  it('understands the text that other languages write under these names', () => {
    const decoded = decode([
      ['kafka_dlt-original-topic', 'orders'],
      ['kafka_dlt-original-partition', '3'],
      ['kafka_dlt-original-offset', '41'],
      ['kafka_dlt-original-timestamp', '1700000000000'],
      ['kafka_dlt-original-consumer-group', 'billing'],
    ])
    expect(decoded.origin).toEqual(ORIGIN)
    expect(decoded.faults.map(({ code }) => code)).toEqual(['otherEncoding', 'otherEncoding', 'otherEncoding'])
  })

  it('shows a record that died three times, the newest death first', () => {
    const decoded = decode([
      ...springOrigin({ topic: 'orders' }),
      ...springOrigin({ topic: 'orders-retry-0', partition: 4, offset: 5n, group: null }),
      ...springException(),
      ...springOrigin({ topic: 'orders-dlt', partition: 5, offset: 6n, group: 'repair' }),
    ])
    const places = decoded.hops.map(({ origin }) => [origin.topic, origin.partition, origin.offset, origin.group])
    expect(places).toEqual([
      ['orders-dlt', 5, 6n, 'repair'],
      ['orders-retry-0', 4, 5n, null],
      ['orders', 3, 41n, 'billing'],
    ])
    expect(decoded.hops.map(({ exception }) => exception === null)).toEqual([false, true, true])
    expect(decoded.origin?.topic).toBe('orders')
    expect(decoded.faults).toEqual([])
  })

  it('shows the exception of every death where all are kept', () => {
    const { hops, faults } = decode([
      ...springException({ cause: 'a.First', message: 'one' }),
      ...springOrigin(),
      ...springException({ cause: 'a.Second', message: 'two' }),
      ...springOrigin({ topic: 'orders-dlt' }),
    ])
    expect(hops.map(({ exception }) => [exception?.rootCauseClass, exception?.message])).toEqual([
      ['a.Second', 'Listener failed; two'],
      ['a.First', 'Listener failed; one'],
    ])
    expect(faults).toEqual([])
  })

  it('counts a message to the death that wrote it', () => {
    const [fqcn, cause] = springException()
    const decoded = decode([
      ['kafka_dlt-exception-message', 'old words'],
      ...springOrigin(),
      ...(fqcn && cause ? [fqcn, cause] : []),
      ...springOrigin({ topic: 'orders-fixed' }),
    ])
    expect(decoded.hops.map(({ exception }) => exception?.message ?? null)).toEqual([null, 'old words'])
    expect(decoded.faults).toEqual([{ code: 'stale', header: 'kafka_dlt-exception-message', bytes: null }])
  })

  it.each([
    ['last', (names: string[]) => names],
    ['first', (names: string[]) => names.toReversed()],
  ])('counts by rank when a client has sorted the headers by name, the group %s', (_, order) => {
    const headers = [...springOrigin({ group: 'first' }), ...springOrigin({ topic: 'orders-2', group: 'second' })]
    const names = order([...new Set(headers.map(([key]) => key))])
    const sorted = names.flatMap((name) => headers.filter(([key]) => key === name))
    const { hops } = decode(sorted)
    expect(hops.map(({ origin }) => [origin.topic, origin.group])).toEqual([
      ['orders-2', 'second'],
      ['orders', 'first'],
    ])
  })
})

describe('Connect', () => {
  it('tells origin, stage and connector, to the last bit of the offset', () => {
    const decoded = decode(connectHeaders())
    expect(decoded).toMatchObject({
      format: 'connect',
      origin: { ...ORIGIN, offset: 9_007_199_254_740_991n, group: null, timestampMs: 1_700_000_060_000 },
      exception: {
        class: 'org.apache.kafka.connect.errors.DataException',
        stage: 'VALUE_CONVERTER',
        handler: 'orders-sink',
      },
      faults: [],
    })
  })

  it('writes an exception without words as a header without a value', () => {
    const decoded = decode(connectHeaders({ message: null }))
    expect([decoded.exception?.message, decoded.faults]).toEqual([null, []])
  })

  it('does not take the time of a record without one', () => {
    expect(decode(connectHeaders(), { timestampMs: null }).origin?.timestampMs).toBeNull()
  })
})

describe('the other producers', () => {
  it('Cloud Stream', () => {
    const decoded = decode([
      ['x-original-topic', 'orders'],
      ['x-original-partition', int32(3)],
      ['x-original-offset', int64(41n)],
      ['x-original-timestamp', int64(1_700_000_000_000n)],
      ['x-original-timestamp-type', 'CreateTime'],
      ['x-exception-fqcn', 'java.lang.IllegalStateException'],
      ['x-exception-message', 'broken'],
      ['x-exception-stacktrace', 'java.lang.IllegalStateException: broken'],
      ['x-retries', '2'],
    ])
    expect(decoded).toMatchObject({
      format: 'cloudStream',
      origin: { ...ORIGIN, group: null },
      exception: { class: 'java.lang.IllegalStateException', message: 'broken' },
      attempts: 2,
      faults: [],
    })
  })

  it.each([
    ['its own names', 'exception', 'message', 'stacktrace'],
    ["a library's names", 'exception.class.name', 'exception.message', 'exception.stack_trace'],
  ])('Streams, with %s', (_, exception, message, trace) => {
    const decoded = decode([
      [`__streams.errors.${exception}`, 'com.acme.Bad'],
      [`__streams.errors.${message}`, 'bad'],
      [`__streams.errors.${trace}`, 'com.acme.Bad: bad'],
      ['__streams.errors.topic', 'orders'],
      ['__streams.errors.partition', '3'],
      ['__streams.errors.offset', '41'],
    ])
    expect(decoded).toMatchObject({
      format: 'streams',
      origin: { ...ORIGIN, group: null, timestampMs: 1_700_000_060_000 },
      exception: { class: 'com.acme.Bad', message: 'bad', stackTrace: 'com.acme.Bad: bad' },
      faults: [],
    })
  })

  it('SmallRye, the first value being the newest', () => {
    const death = (topic: string, offset: string, cause: string | null): HeaderList => [
      ['dead-letter-exception-class-name', 'java.lang.RuntimeException'],
      ['dead-letter-reason', `failed in ${topic}`],
      ...(cause === null ? [] : ([['dead-letter-cause-class-name', cause]] satisfies HeaderList)),
      ['dead-letter-topic', topic],
      ['dead-letter-partition', '3'],
      ['dead-letter-offset', offset],
    ]
    const decoded = decode([
      ...death('orders-fixed', '9', null),
      ...death('orders', '41', 'com.acme.Old'),
      ['own', 'x'],
    ])
    expect(
      decoded.hops.map(({ origin, exception }) => [origin.topic, origin.offset, exception?.rootCauseClass]),
    ).toEqual([
      ['orders-fixed', 9n, null],
      ['orders', 41n, 'com.acme.Old'],
    ])
    expect(decoded).toMatchObject({ format: 'smallrye', origin: { topic: 'orders-fixed' }, faults: [] })
  })

  it("SmallRye's delayed retries", () => {
    const decoded = decode([
      ['delayed-retry-topic', 'orders'],
      ['delayed-retry-partition', '3'],
      ['delayed-retry-offset', '41'],
      ['delayed-retry-count', '4'],
      ['delayed-retry-original-timestamp', '1700000000000'],
      ['delayed-retry-reason', 'no'],
      ['delayed-retry-cause', 'because'],
    ])
    expect(decoded).toMatchObject({
      format: 'smallrye',
      origin: { ...ORIGIN, group: null },
      attempts: 4,
      exception: { message: 'no', causeMessage: 'because' },
    })
  })

  it.each(['source', 'original'])('Karafka, with names in %s_', (prefix) => {
    const decoded = decode([
      [`${prefix}_topic`, 'orders'],
      [`${prefix}_partition`, '3'],
      [`${prefix}_offset`, '41'],
      [`${prefix}_consumer_group`, 'billing'],
      [`${prefix}_attempts`, '2'],
    ])
    expect(decoded).toMatchObject({
      format: 'karafka',
      origin: { ...ORIGIN, timestampMs: null },
      attempts: 2,
      exception: null,
    })
  })

  it("does not take an application's own source_topic for Karafka's", () => {
    expect(decode([['source_topic', 'orders']])).toMatchObject({ format: null, origin: null, hops: [] })
  })

  it.each<[string, HeaderList, object]>([
    [
      'watermill',
      [
        ['topic_poisoned', 'orders'],
        ['reason_poisoned', 'no'],
        ['handler_poisoned', 'h'],
      ],
      { origin: { topic: 'orders' }, exception: { message: 'no', handler: 'h' } },
    ],
    [
      'schemaRule',
      [
        ['__rule.name', 'positive'],
        ['__rule.topic', 'orders'],
        ['__rule.exception', 'no'],
      ],
      { origin: { topic: 'orders' }, exception: { message: 'no', handler: 'positive' } },
    ],
    [
      'kafkajsAsyncRetry',
      [['asyncRetry', '{"top":"orders","ttl":1,"att":3}']],
      { origin: { topic: 'orders' }, attempts: 3 },
    ],
    [
      'nServiceBus',
      [
        ['NServiceBus.FailedQ', 'Sales@MACHINE'],
        ['NServiceBus.ExceptionInfo.ExceptionType', 'System.Exception'],
      ],
      { origin: null, exception: { class: 'System.Exception' } },
    ],
    ['massTransit', [['MT-Fault-ExceptionType', 'System.Exception']], { exception: { class: 'System.Exception' } }],
  ])('%s, as generic', (profile, headers, expected) => {
    expect(decode(headers)).toMatchObject({ format: 'generic', profile, ...expected })
  })

  it('answers nothing for a record that tells nothing', () => {
    expect(decode([['traceparent', '00-1']])).toEqual({
      format: null,
      profile: null,
      origin: null,
      exception: null,
      attempts: null,
      hops: [],
      pointer: null,
      headersAt: null,
      replay: null,
      faults: [],
    })
  })
})

describe('share groups', () => {
  const headers: HeaderList = [
    ['__dlq.errors.topic', 'orders'],
    ['__dlq.errors.partition', '3'],
    ['__dlq.errors.offset', '41'],
    ['__dlq.errors.group', 'billing'],
    ['__dlq.errors.delivery.count', '5'],
    ['__dlq.errors.message', 'Offset delivery count exceeded the threshold.'],
  ]

  it('point to their payload', () => {
    const decoded = decode(headers, { key: null, value: null })
    expect(decoded).toMatchObject({
      format: 'shareGroup',
      origin: { ...ORIGIN, timestampMs: null },
      attempts: 5,
      exception: { class: null, message: 'Offset delivery count exceeded the threshold.' },
      pointer: { topic: 'orders', partition: 3, offset: 41n },
      faults: [],
    })
  })

  it('do not where the broker copied it', () => {
    expect(decode(headers).pointer).toBeNull()
    expect(decode(headers, { key: null }).pointer).toBeNull()
    expect(decode(headers, { value: null }).pointer).toBeNull()
  })

  it('point to their headers where the broker copied all but these', () => {
    const place = { topic: 'orders', partition: 3, offset: 41n }
    expect(decode(headers)).toMatchObject({ pointer: null, headersAt: place })
    expect(decode([['traceparent', '00-1'], ...headers]).headersAt).toBeNull()
    expect(decode(headers, { key: null, value: null }).headersAt).toBeNull()
    expect(decode(headers.slice(0, 2)).headersAt).toBeNull()
  })

  it('do not where the place is not known', () => {
    expect(decode(headers.slice(0, 2), { key: null, value: null }).pointer).toBeNull()
  })

  it('may name a topic by its id', () => {
    const id = 'Rk9vYmFyYmF6cXV4MTIzNA'
    const withId: HeaderList = [['__dlq.errors.topic', id], ...headers.slice(1)]
    expect(decode(withId).faults).toEqual([{ code: 'perhapsTopicId', header: '__dlq.errors.topic', bytes: 22 }])
    expect(decode(withId, {}, { partitionCount: () => 6 }).faults).toEqual([])
  })
})

describe('several producers in one record', () => {
  it('tells the deaths apart by place: a Connect queue of a Spring queue', () => {
    const { format, hops, origin } = decode([
      ...springException(),
      ...springOrigin(),
      ...connectHeaders().map<HeaderList[number]>(([key, value]) => [
        key,
        key === '__connect.errors.topic' ? 'orders-dlt' : value,
      ]),
    ])
    expect(hops.map((hop) => [hop.format, hop.origin.topic])).toEqual([
      ['connect', 'orders-dlt'],
      ['spring', 'orders'],
    ])
    expect([format, origin]).toEqual(['connect', ORIGIN])
  })

  it.each([
    ['SmallRye read the Spring queue', 'orders', 'orders-dlt', ['smallrye', 'spring']],
    ['Spring read the SmallRye queue', 'dead-letter-topic-orders', 'orders', ['spring', 'smallrye']],
    ['neither, the one in front', 'orders', 'orders', ['smallrye', 'spring']],
  ])('tells the order where one writes in front: %s', (_, springTopic, smallryeTopic, formats) => {
    const { hops } = decode([
      ['dead-letter-topic', smallryeTopic],
      ['dead-letter-partition', '3'],
      ...springOrigin({ topic: springTopic }),
    ])
    expect(hops.map(({ format }) => format)).toEqual(formats)
  })

  it('interleaves deaths of the same producers', () => {
    const { hops } = decode([
      ...springOrigin({ topic: 'a' }),
      ['__streams.errors.topic', 'b'],
      ...springOrigin({ topic: 'c' }),
    ])
    expect(hops.map(({ origin }) => origin.topic)).toEqual(['c', 'b', 'a'])
  })

  it('names the queue nearest to the beginning when all places are queues', () => {
    const { origin } = decode([...springOrigin({ topic: 'a-retry-0' }), ...springOrigin({ topic: 'a-dlt' })])
    expect(origin?.topic).toBe('a-retry-0')
  })

  it('asks the caller which topics are queues', () => {
    const chain = [...springOrigin({ topic: 'orders' }), ...springOrigin({ topic: 'parked' })]
    expect(decode(chain).origin?.topic).toBe('parked')
    expect(decode(chain, {}, { kindOf: (topic) => (topic === 'parked' ? 'dlq' : 'normal') }).origin?.topic).toBe(
      'orders',
    )
  })
})

describe('headers that lie or are damaged', () => {
  it.each<[string, HeaderList, Partial<Origin>, string, string]>([
    ['no UTF-8', [['kafka_dlt-original-topic', Buffer.from([0xff])]], { topic: null }, 'notUtf8', '-topic'],
    ['not a topic', [['kafka_dlt-original-topic', 'a b']], { topic: null }, 'illegalName', '-topic'],
    ['no value', [['kafka_dlt-original-topic', null]], { topic: null }, 'empty', '-topic'],
    [
      'wrong length',
      [['kafka_dlt-original-partition', Buffer.alloc(3)]],
      { partition: null },
      'undecodable',
      '-partition',
    ],
    ['negative', [['kafka_dlt-original-offset', int64(-5n)]], { offset: null }, 'outOfRange', '-offset'],
    [
      'group too long',
      [['kafka_dlt-original-consumer-group', 'g'.repeat(1_025)]],
      { group: null },
      'tooLong',
      '-consumer-group',
    ],
  ])('%s', (_, replaced, expected, code, header) => {
    const [name = ''] = replaced[0] ?? []
    const decoded = decode([...springOrigin().filter(([key]) => key !== name), ...replaced])
    expect(decoded.hops[0]?.origin).toEqual({ ...ORIGIN, ...expected })
    expect(decoded.faults).toMatchObject([{ code, header: `kafka_dlt-original${header}` }])
  })

  it('are compared with what is known of the cluster', () => {
    const known: KnownTopics = { partitionCount: () => 3, endOffset: () => 41n }
    expect(decode(springOrigin(), {}, known).faults).toEqual([
      { code: 'impossible', header: 'kafka_dlt-original-partition', bytes: null },
      { code: 'impossible', header: 'kafka_dlt-original-offset', bytes: null },
    ])
    expect(decode(springOrigin(), {}, { partitionCount: () => 4, endOffset: () => 42n }).faults).toEqual([])
    expect(decode(springOrigin(), {}, { partitionCount: () => null, endOffset: () => null }).faults).toEqual([])
  })

  it('may not point at the record itself, or behind it', () => {
    const own = springOrigin({ topic: 'orders-dlt', partition: 3, offset: 7_000n })
    expect(decode(own).faults).toEqual([{ code: 'pointsAtItself', header: 'kafka_dlt-original-offset', bytes: null }])
    expect(decode(own, { offset: 7_001n }).faults).toEqual([])
  })

  it('say so when they cannot be counted to deaths', () => {
    const partitions: HeaderList = [1, 2, 3].map((value) => ['kafka_dlt-original-partition', int32(value)])
    const decoded = decode([['kafka_dlt-original-topic', 'orders'], ...partitions])
    expect(decoded.origin?.partition).toBe(3)
    expect(decoded.faults).toEqual([{ code: 'uneven', header: 'kafka_dlt-original-partition', bytes: null }])
  })

  it('are bounded in number', () => {
    const decoded = decode(Array.from({ length: 100 }, (_, index) => springOrigin({ offset: BigInt(index) })).flat())
    expect(decoded.hops).toHaveLength(MAX_HOPS)
    expect(decoded.hops[0]?.origin.offset).toBe(99n)
    expect(decoded.faults).toContainEqual({ code: 'tooMany', header: 'kafka_dlt-original-topic', bytes: null })
  })

  it('cost no more than that, whatever their number', () => {
    const { headers } = deadRecord(Array.from({ length: 100 }, () => springOrigin()).flat())
    const [spring] = BUILT_IN_PROFILES
    expect(hopsOf(spring as DlqProfile, headers, indexHeaders(headers), new FaultList())).toHaveLength(MAX_HOPS)
  })

  it('are bounded in size, the stack trace keeping its two ends', () => {
    const stackTrace = `com.acme.Outer: x\n${'\tat a.b(C.java)\n'.repeat(200_000)}Caused by: com.acme.Inner: y`
    const decoded = decode([...springException({ stackTrace }), ...springOrigin()])
    expect(decoded.exception?.stackTrace?.length).toBeLessThanOrEqual(16 * 1_024 + 3)
    expect(decoded.exception?.stackTrace).toMatch(/^com\.acme\.Outer: x\n.*Caused by: com\.acme\.Inner: y$/s)
    expect(decoded.faults).toMatchObject([{ code: 'shortened', bytes: stackTrace.length }])
  })
})

describe("a user's profile", () => {
  it('comes before the built-in ones when it stands in front', () => {
    const own = dlqProfiles.parse([
      {
        name: 'acme',
        match: { anyOf: ['kafka_dlt-original-topic'] },
        numbers: 'decimal',
        fields: { topic: ['acme-topic', 'kafka_dlt-original-topic'], partition: ['kafka_dlt-original-partition'] },
      },
    ])
    const record = deadRecord([
      ['kafka_dlt-original-topic', 'orders'],
      ['kafka_dlt-original-partition', '7'],
    ])
    const decoded = decodeDeadLetter(record, [...own, ...BUILT_IN_PROFILES])
    expect(decoded).toMatchObject({ format: 'generic', profile: 'acme', origin: { topic: 'orders', partition: 7 } })
    expect([decoded.hops.length, decoded.faults]).toEqual([1, []])
  })
})

describe('a record that this console replayed', () => {
  it('is known by its last replay', () => {
    const decoded = decode([
      ['holdfast-replay-id', 'r-0'],
      ['holdfast-replay-attempt', '1'],
      ['holdfast-replay-id', 'r-1'],
      ['holdfast-replay-job', 'j-1'],
      ['holdfast-replay-attempt', '2'],
      ['holdfast-replay-source', 'orders-dlt-3@17'],
      ...springOrigin(),
    ])
    expect(decoded.replay).toEqual({ replayId: 'r-1', jobId: 'j-1', attempt: 2, source: 'orders-dlt-3@17' })
  })
})
