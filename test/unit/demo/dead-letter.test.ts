import type { IHeaders } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import type { RecordHeader } from '../../../lib/dlq/dead-letter.ts'
import { decodeDeadLetter } from '../../../lib/dlq/decode.ts'
import { fingerprintOf } from '../../../lib/dlq/fingerprint.ts'
import { deadRecord } from '../../builders/dead-letters.ts'
import { causeOf } from '../../demo/causes.ts'
import { connectHeaders, recovererHeaders, retryHeaders } from '../../demo/dead-letter.ts'
import { readFixtures } from '../../fixtures/dead-letters/dead-letter-fixtures.ts'
import { BUSINESS_HEADERS } from '../../fixtures/dead-letters/real-dead-letters.ts'

const SOURCE = {
  ...{ topic: 'orders', partition: 4, offset: '41', timestamp: '1700000000000', group: 'order-fulfilment' },
  headers: BUSINESS_HEADERS,
}
const real = readFixtures()

/** As they lie in a record: kafkajs writes the values of one name behind each other. */
function listOf(headers: IHeaders): RecordHeader[] {
  return Object.entries(headers).flatMap(([key, values]) =>
    [values].flat().map((value) => ({ key, value: value === undefined ? null : Buffer.from(value) })),
  )
}

/** Names, and how long each value is that is no text. */
function shapeOf(headers: readonly RecordHeader[]): [string, number | null][] {
  return headers.map(({ key, value }) => [
    key,
    /attempt|partition|offset|timestamp$/.test(key) ? (value?.length ?? 0) : null,
  ])
}

function decode(headers: RecordHeader[]) {
  return decodeDeadLetter(deadRecord([], { headers }), BUILT_IN_PROFILES)
}

describe('dead letters of the demo', () => {
  it('are shaped as those of Spring’s recoverer', () => {
    const headers = listOf(recovererHeaders(SOURCE, causeOf('orders', 1), 3))
    expect(shapeOf(headers)).toEqual(shapeOf(real.spring[0]?.headers ?? []))
    const decoded = decode(headers)
    expect(decoded).toMatchObject({ format: 'spring', attempts: 3, faults: [] })
    expect(decoded.origin).toMatchObject({ topic: 'orders', partition: 4, offset: 41n, group: 'order-fulfilment' })
    expect(fingerprintOf(decoded)).toMatchObject({ exception: 'com.example.shop.UnknownArticleException' })
  })

  it('die a second time as with Spring', () => {
    const first = recovererHeaders(SOURCE, causeOf('orders', 1), 3)
    const decoded = decode(
      listOf(recovererHeaders({ ...SOURCE, offset: '90', headers: first }, causeOf('orders', 2), 3)),
    )
    expect(decoded.hops.map(({ origin }) => [origin.offset, origin.group])).toEqual([
      [90n, 'order-fulfilment'],
      [41n, 'order-fulfilment'],
    ])
    expect(decoded.faults).toEqual([])
  })

  it('have the headers of Spring’s retry topics, and as many of each', () => {
    const headers = listOf(retryHeaders(SOURCE, causeOf('shipments', 1), 3))
    const sorted = (list: readonly RecordHeader[]) => shapeOf(list).sort()
    expect(sorted(headers)).toEqual(sorted(real.retryable[0]?.headers ?? []))
    expect(decode(headers)).toMatchObject({ format: 'springRetryable', attempts: 3, faults: [] })
  })

  it('are shaped as those of Connect', () => {
    const connector = { name: 'warehouse', stage: 'TASK_PUT', executing: 'org.apache.kafka.connect.sink.SinkTask' }
    const headers = listOf(connectHeaders(SOURCE, connector, causeOf('warehouse', 1)))
    const names = ({ key }: RecordHeader) => key
    expect(headers.map(names)).toEqual(real.connect[0]?.headers.map(names))
    expect(decode(headers)).toMatchObject({ format: 'connect', exception: { stage: 'TASK_PUT', handler: 'warehouse' } })
  })

  it('are of several causes in each program, whatever differs between two records of one', () => {
    const programs = { orders: 4, payments: 2, shipments: 2, warehouse: 2 } as const
    for (const [program, causes] of Object.entries(programs)) {
      const keys = Array.from({ length: 40 }, (_, number) => {
        const headers = recovererHeaders(SOURCE, causeOf(program as keyof typeof programs, number), 3)
        return fingerprintOf(decode(listOf(headers))).key
      })
      expect([program, new Set(keys).size]).toEqual([program, causes])
    }
  })
})
