import { describe, expect, it } from 'vitest'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'

const kindOf = topicKindClassifier({ include: ['parked.*', 'odd-%-name'], exclude: ['compile-error', 'parked.not'] })

describe('topicKindClassifier', () => {
  it.each([
    ['orders', 'normal'],
    ['orders-dlt', 'dlq'],
    ['orders.DLT', 'dlq'],
    ['orders-dlq', 'dlq'],
    ['orders.dlq', 'dlq'],
    ['orders_dlq', 'dlq'],
    ['orders.DLQ', 'dlq'],
    ['orders-dead-letter', 'dlq'],
    ['orders_error', 'dlq'],
    ['orders-error', 'dlq'],
    ['dlq.orders', 'dlq'],
    ['dlq-sink', 'dlq'],
    ['error.orders.billing', 'dlq'],
    ['dead-letter-topic-orders', 'dlq'],
    ['%DLQ%billing', 'dlq'],
    ['orders-dlt-2', 'normal'],
    ['errors', 'normal'],
    ['orders-retry', 'retry'],
    ['orders-retry-0', 'retry'],
    ['orders-retry-1000-1', 'retry'],
    ['orders.retry.5m', 'retry'],
    ['orders_retry_5000', 'retry'],
    ['%RETRY%billing', 'retry'],
    ['retry', 'normal'],
    ['parked.orders', 'dlq'],
    ['odd-%-name', 'dlq'],
    ['compile-error', 'normal'],
    ['parked.not', 'normal'],
  ])('%s → %s', (name, kind) => {
    expect(kindOf(name, false, null, false)).toBe(kind)
  })
  it('leaves internal topics internal, whatever their name', () => {
    expect(kindOf('__x-dlq', true, null, false)).toBe('internal')
  })

  it('takes what the system says an internal topic is for', () => {
    expect(kindOf('SCHEDULE_TOPIC_XXXX', true, 'delay', false)).toBe('delay')
    expect(kindOf('RMQ_SYS_TRANS_HALF_TOPIC', true, 'half', false)).toBe('half')
  })

  it('is told by settings where no name tells, unless a person says otherwise', () => {
    expect(kindOf('ledger-rejects', false, null, false)).toBe('normal')
    expect(kindOf('ledger-rejects', false, null, true)).toBe('dlq')
    expect(kindOf('orders-retry', false, null, true)).toBe('dlq')
    expect(kindOf('compile-error', false, null, true)).toBe('normal')
    expect(kindOf('__x', true, null, true)).toBe('internal')
  })
})
