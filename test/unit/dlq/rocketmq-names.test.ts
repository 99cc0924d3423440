import { describe, expect, it } from 'vitest'
import { deadLetterGroup, retryGroup, retryTopicsOf } from '../../../lib/dlq/rocketmq-names.ts'

describe('the group of a dead-letter topic', () => {
  it.each([
    ['%DLQ%billing', 'billing'],
    ['%RETRY%billing', null],
    ['orders', null],
  ])('%s: %s', (topic, group) => expect(deadLetterGroup(topic)).toBe(group))
})

describe('the group of a retry topic', () => {
  const groups = ['billing', 'billing_eu', 'mail']
  it.each([
    ['%RETRY%billing', 'billing'],
    ['%RETRY%billing+orders_paid', 'billing'],
    ['%RETRY%billing_orders', 'billing'],
    ['%RETRY%billing_eu', 'billing_eu'],
    ['%RETRY%billing_eu_orders', 'billing_eu'],
    ['%RETRY%gone_orders', 'gone_orders'],
    ['%DLQ%billing', null],
  ])('%s: %s', (topic, group) => expect(retryGroup(topic, groups)).toBe(group))
})

describe('retryTopicsOf', () => {
  const topics = [
    ...['orders', '%DLQ%a', '%RETRY%a', '%RETRY%a+orders', '%RETRY%a_orders', '%RETRY%a_b', '%RETRY%a_b_orders'],
    '%RETRY%other',
  ]

  it('lists those of the group, with the topic whose messages they take', () => {
    expect(retryTopicsOf('a', topics, ['a', 'a_b', 'other'])).toEqual([
      { topic: '%RETRY%a', originTopic: null },
      { topic: '%RETRY%a+orders', originTopic: 'orders' },
      { topic: '%RETRY%a_orders', originTopic: 'orders' },
    ])
    expect(retryTopicsOf('a_b', topics, ['a', 'a_b'])).toEqual([
      { topic: '%RETRY%a_b', originTopic: null },
      { topic: '%RETRY%a_b_orders', originTopic: 'orders' },
    ])
    expect(retryTopicsOf('never-failed', topics, [])).toEqual([])
  })
})
