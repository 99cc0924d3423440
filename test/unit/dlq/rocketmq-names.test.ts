import { describe, expect, it } from 'vitest'
import { deadLetterGroup, retryGroup } from '../../../lib/dlq/rocketmq-names.ts'

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
