import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeRocketmqDeadLetter, type RocketmqDeadMessage } from '../../../lib/dlq/rocketmq-dead-letter.ts'

const MESSAGE_ID = '7F000001000051AF00000000000000E8'
const UNIQUE_ID = '7F0000010001AAAA0000000000000001'

/** As code 36 of a broker makes it. */
const PROPERTIES = {
  MSG_REGION: 'DefaultRegion',
  UNIQ_KEY: UNIQUE_ID,
  CLUSTER: 'testCluster',
  TAGS: 'tagA',
  KEYS: 'k1',
  WAIT: 'false',
  DELAY: '0',
  TRACE_ON: 'true',
  RETRY_TOPIC: 'orders',
  ORIGIN_MESSAGE_ID: MESSAGE_ID,
}

function message(properties: Record<string, string>, fields: Partial<RocketmqDeadMessage> = {}): RocketmqDeadMessage {
  return {
    topic: '%DLQ%billing',
    bornAtMs: 1_700_000_000_000,
    reconsumeTimes: 17,
    properties: new Map(Object.entries(properties)),
    ...fields,
  }
}

describe('a dead letter of RocketMQ', () => {
  it('tells topic, group, time, attempts and both of its ids', () => {
    const origin = {
      topic: 'orders',
      partition: null,
      offset: null,
      timestampMs: 1_700_000_000_000,
      group: 'billing',
      guessed: false,
    }
    expect(decodeRocketmqDeadLetter(message(PROPERTIES))).toEqual({
      format: 'rocketmq',
      profile: 'rocketmq',
      origin,
      exception: null,
      attempts: 17,
      hops: [{ format: 'rocketmq', profile: 'rocketmq', origin, exception: null, attempts: 17 }],
      pointer: null,
      headersAt: null,
      replay: null,
      uniqueId: UNIQUE_ID,
      originMessageId: MESSAGE_ID,
      faults: [],
    })
  })

  it.each<[string, Record<string, string>, string | null, boolean]>([
    ['from a retry topic with a plus', { RETRY_TOPIC: '%RETRY%billing+orders' }, 'orders', false],
    ['from a retry topic with an underscore', { RETRY_TOPIC: '%RETRY%billing_orders' }, 'orders', false],
    ['from a retry topic of another group', { RETRY_TOPIC: '%RETRY%mail_orders' }, null, false],
    ['told by a property that brokers do not write', { DLQ_ORIGIN_TOPIC: 'orders' }, 'orders', true],
    ['told by where it should go next', { REAL_TOPIC: 'orders' }, 'orders', true],
    ['not told by a system topic', { REAL_TOPIC: 'SCHEDULE_TOPIC_XXXX' }, null, false],
    ['not told by a queue', { REAL_TOPIC: '%DLQ%billing' }, null, false],
    ['not told at all', {}, null, false],
  ])('%s', (_, properties, topic, guessed) => {
    expect(decodeRocketmqDeadLetter(message(properties)).origin).toMatchObject({ topic, guessed, group: 'billing' })
  })

  it('has the greater of two counts', () => {
    const attempts = (properties: Record<string, string>, reconsumeTimes: number): number | null =>
      decodeRocketmqDeadLetter(message(properties, { reconsumeTimes })).attempts
    expect(attempts({ RECONSUME_TIME: '16' }, 0)).toBe(16)
    expect(attempts({ RECONSUME_TIME: '2' }, 5)).toBe(5)
    expect(attempts({ RECONSUME_TIME: 'x' }, 5)).toBe(5)
    expect(attempts({}, -1)).toBeNull()
  })

  it('names what is wrong', () => {
    const decoded = decodeRocketmqDeadLetter(
      message(
        { RETRY_TOPIC: 'a b', ORIGIN_MESSAGE_ID: 'xyz', RECONSUME_TIME: '-3', UNIQ_KEY: 'u'.repeat(2_000) },
        { reconsumeTimes: -1 },
      ),
    )
    expect(decoded.faults).toEqual([
      { code: 'illegalName', header: 'RETRY_TOPIC', bytes: 3 },
      { code: 'outOfRange', header: 'reconsumeTimes', bytes: null },
      { code: 'outOfRange', header: 'RECONSUME_TIME', bytes: 2 },
      { code: 'tooLong', header: 'UNIQ_KEY', bytes: 2_000 },
      { code: 'undecodable', header: 'ORIGIN_MESSAGE_ID', bytes: 3 },
    ])
    expect([decoded.originMessageId, decoded.uniqueId, decoded.attempts]).toEqual([null, null, null])
  })

  it('knows no origin in a topic of no group', () => {
    expect(decodeRocketmqDeadLetter(message({}, { topic: 'parked' })).origin).toBeNull()
  })

  it('is known by its replay', () => {
    const properties = { ...PROPERTIES, 'holdfast-replay-id': 'r-1', 'holdfast-replay-attempt': '2' }
    expect(decodeRocketmqDeadLetter(message(properties)).replay).toEqual({
      replayId: 'r-1',
      jobId: null,
      attempt: 2,
      source: null,
    })
  })

  it('never throws', () => {
    const names = fc.constantFrom(...Object.keys(PROPERTIES), 'REAL_TOPIC', 'DLQ_ORIGIN_TOPIC', 'RECONSUME_TIME', 'x')
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('%RETRY%', '%RETRY%+', '%RETRY%billing_', ''),
    )
    fc.assert(
      fc.property(fc.dictionary(names, values), fc.string(), fc.integer(), (properties, topic, reconsumeTimes) => {
        const { origin } = decodeRocketmqDeadLetter(message(properties, { topic, reconsumeTimes }))
        expect(origin?.topic ?? 'x').toMatch(/^[\w.%|+-]+$/)
      }),
    )
  })
})
