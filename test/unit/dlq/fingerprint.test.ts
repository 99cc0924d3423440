import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import type { DeadLetterException, DecodedDeadLetter } from '../../../lib/dlq/dead-letter.ts'
import { decodeDeadLetter } from '../../../lib/dlq/decode.ts'
import { fingerprintOf } from '../../../lib/dlq/fingerprint.ts'
import {
  connectHeaders,
  deadRecord,
  type HeaderList,
  springException,
  springOrigin,
} from '../../builders/dead-letters.ts'

const decode = (headers: HeaderList): DecodedDeadLetter => decodeDeadLetter(deadRecord(headers), BUILT_IN_PROFILES)

function failed(exception: Partial<DeadLetterException>, rest: Partial<DecodedDeadLetter> = {}): DecodedDeadLetter {
  return {
    ...decode([]),
    exception: {
      class: 'com.acme.Failure',
      rootCauseClass: null,
      message: 'it failed',
      causeMessage: null,
      stackTrace: null,
      stage: null,
      handler: null,
      ...exception,
    },
    ...rest,
  }
}

const keyOf = (decoded: DecodedDeadLetter): string => fingerprintOf(decoded).key
const spring = (message: string, cause?: string): DecodedDeadLetter =>
  decode([...springException({ message, ...(cause ? { cause } : {}) }), ...springOrigin()])
const trace = (line: string, frame: string): Partial<DeadLetterException> => ({
  class: line.split(':')[0] ?? '',
  message: line.split(': ')[1] ?? null,
  stackTrace: `${line}\n\tat java.base/java.util.Objects.requireNonNull(Objects.java:1)\n\tat ${frame}`,
})

describe('fingerprintOf', () => {
  it('shows the innermost exception, its template, and a sample', () => {
    expect(fingerprintOf(spring('Order 17 not found'))).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{20}$/),
      exception: 'com.acme.OrderNotFoundException',
      message: 'Order <*> not found',
      sample: 'Order 17 not found',
      frame: null,
    })
  })

  it('is the same everywhere and for ever, until its rules change', () => {
    expect(keyOf(failed({}))).toBe('9344d950131693f4492b')
  })

  it.each<[string, DecodedDeadLetter, DecodedDeadLetter]>([
    ['numbers', spring('Order 17 not found'), spring('Order 18 not found')],
    ['ids of digits, and with letters', failed({ message: 'no 12345678' }), failed({ message: 'no abcdef12' })],
    [
      'topics, partitions, offsets and groups',
      spring('x is bad'),
      decode([
        ...springOrigin({ topic: 'other', partition: 1, offset: 2n, group: 'mail' }),
        ...springException({ message: 'x is bad' }),
      ]),
    ],
    [
      'the ways it reached the queue',
      spring('Order 17 not found'),
      decode([
        ['__streams.errors.exception', 'com.acme.OrderNotFoundException'],
        ['__streams.errors.message', 'Order 18 not found'],
      ]),
    ],
    [
      'builds and proxies',
      failed(trace('java.lang.NullPointerException: x', 'com.acme.Shop.lambda$buy$3(Shop.java:12)')),
      failed(trace('java.lang.NullPointerException: x', 'com.acme.Shop$$SpringCGLIB$$1.buy(Shop.java:99)')),
    ],
    [
      'call sites of an exception that speaks for itself',
      failed(trace('com.acme.Failure: no stock', 'com.acme.Shop.buy(Shop.java:1)')),
      failed(trace('com.acme.Failure: no stock', 'com.acme.Shop.sell(Shop.java:1)')),
    ],
    ['deaths on different tasks', decode(connectHeaders()), decode(connectHeaders({ partition: '7' }))],
  ])('merges %s', (_, one, other) => expect(keyOf(one)).toBe(keyOf(other)))

  it.each<[string, DecodedDeadLetter, DecodedDeadLetter]>([
    ['classes', spring('x is bad'), spring('x is bad', 'com.acme.OtherException')],
    ['words', failed({ message: 'not found' }), failed({ message: 'not allowed' })],
    ['HTTP states', failed({ message: 'HTTP 404' }), failed({ message: 'HTTP 503' })],
    ['a message and none', failed({ message: 'it failed' }), failed({ message: null })],
    ['stages of Connect', decode(connectHeaders()), decode(connectHeaders({ stage: 'TASK_PUT' }))],
    [
      'call sites of an exception that says little',
      failed(trace('java.lang.NullPointerException: x', 'com.acme.Shop.buy(Shop.java:1)')),
      failed(trace('java.lang.NullPointerException: x', 'com.acme.Shop.sell(Shop.java:1)')),
    ],
    [
      'call sites where the message is but a value',
      failed(trace('com.acme.Failure: 17', 'com.acme.Shop.buy(Shop.java:1)')),
      failed(trace('com.acme.Failure: 17', 'com.acme.Shop.sell(Shop.java:1)')),
    ],
    [
      'a class and a message of that name',
      failed({ message: null }),
      failed({ class: null, message: 'com.acme.Failure' }),
    ],
    ['nothing known, and an exception', decode([]), failed({})],
    ['nothing known, and an empty message', decode([]), failed({ class: null, message: '' })],
    ['formats that tell nothing', decode([]), decode([['asyncRetry', '{}']])],
    ['topics that tell nothing', decode([['topic_poisoned', 'orders']]), decode([['topic_poisoned', 'bills']])],
    ['groups that tell nothing', decode(springOrigin()), decode(springOrigin({ group: 'mail' }))],
  ])('keeps apart different %s', (_, one, other) => expect(keyOf(one)).not.toBe(keyOf(other)))

  it('puts together what tells nothing of the same origin', () => {
    expect(fingerprintOf(decode(springOrigin()))).toEqual({
      ...fingerprintOf(decode(springOrigin({ offset: 99n }))),
      ...{ exception: null, message: null, sample: null, frame: null },
    })
  })

  it('prefers the cause of the trace, then of the headers, to the wrapper', () => {
    const wrapper = { class: 'a.Wrapper', message: 'wrapped' }
    const of = (exception: Partial<DeadLetterException>): string | null => fingerprintOf(failed(exception)).exception
    expect(of({ ...wrapper, rootCauseClass: 'a.First', stackTrace: 'a.Wrapper: w\nCaused by: a.Last: l' })).toBe(
      'a.Last',
    )
    expect(of({ ...wrapper, rootCauseClass: 'a.First', stackTrace: 'a.Wrapper: w\n\tat x.Y.z(Y.java:1)' })).toBe(
      'a.First',
    )
    expect(of({ ...wrapper, stackTrace: 'app.rb:12:in something' })).toBe('a.Wrapper')
    expect(of({ class: null, message: null, stackTrace: 'a.Wrapper: w' })).toBe('a.Wrapper')
  })

  it('is bounded', () => {
    const long = 'Ж'.repeat(100_000)
    const fingerprint = fingerprintOf(
      failed({ class: long, message: long, stackTrace: `${long}: ${long}\n\tat ${long}(x)` }),
    )
    expect(JSON.stringify(fingerprint).length).toBeLessThan(2_000)
  })

  it('never throws, hangs or differs between two runs', () => {
    const text = fc.option(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a.B: c\n\tat d.E.f(G)', '\nCaused by: x')),
    )
    const exception = fc.record({
      class: text,
      rootCauseClass: text,
      message: text,
      causeMessage: text,
      stackTrace: text,
    })
    fc.assert(
      fc.property(exception, (fields) => {
        expect(fingerprintOf(failed(fields))).toEqual(fingerprintOf(failed(fields)))
      }),
    )
  })
})
