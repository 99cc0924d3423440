import { describe, expect, it } from 'vitest'
import { originByName } from '../../../lib/dlq/origin-by-name.ts'

const TOPICS = new Set(['orders', 'orders.eu', 'orders-dlt', 'billing', 'a-dlq-b', 'sink'])

describe('originByName', () => {
  it.each([
    ['orders-dlt', 'orders', null],
    ['orders.DLT', 'orders', null],
    ['orders_dlq', 'orders', null],
    ['orders.eu.dlq', 'orders.eu', null],
    ['orders-dead-letter', 'orders', null],
    ['orders_error', 'orders', null],
    ['orders-retry', 'orders', null],
    ['orders-retry-3', 'orders', null],
    ['orders-retry-1000-1', 'orders', null],
    ['orders-retry-30s', 'orders', null],
    ['orders_retry_5000', 'orders', null],
    ['orders-retry-0-dlt', 'orders', null],
    ['dlq.orders', 'orders', null],
    ['dlq-sink', 'sink', null],
    ['dead-letter-topic-orders', 'orders', null],
    ['error.orders.billing', 'orders', 'billing'],
    ['error.orders.eu.billing.v2', 'orders.eu', 'billing.v2'],
    ['%DLQ%billing', null, 'billing'],
    ['%RETRY%billing', null, 'billing'],
    ['%RETRY%mail+orders', 'orders', 'mail'],
    ['%RETRY%mail+gone', null, 'mail'],
  ])('%s: %s of %s', (name, topic, group) => {
    expect(originByName(name, TOPICS)).toEqual({
      topic,
      partition: null,
      offset: null,
      timestampMs: null,
      group,
      guessed: true,
    })
  })

  it.each([
    ['no convention', 'payments'],
    ['an ordinary topic', 'orders'],
    ['a topic that is gone', 'gone-dlt'],
    ['a rule in between, which could be part of the name', 'orders-timeout-dlt'],
    ['a group that is no topic', 'mail-dlq'],
    ['nothing but the convention', '-dlt'],
    ['a destination that is gone', 'error.gone.billing'],
    ['a prefix alone', 'error.'],
    ['no topic at all', ''],
  ])('suggests nothing: %s', (_, name) => expect(originByName(name, TOPICS)).toBeNull())

  it('never suggests a queue', () => {
    expect(originByName('orders-dlt-retry', new Set(['orders-dlt']))).toBeNull()
    expect(originByName('orders-dlt-retry', TOPICS)?.topic).toBe('orders')
  })
})
