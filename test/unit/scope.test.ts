import { expect, test } from 'vitest'
import { EVERYTHING, isInScope, type Scope, seesPayloads } from '../../lib/scope.ts'

const place = (cluster: string, topic: string) => ({ cluster, topic })
const PAY: Scope = { clusters: ['shop', 'eu-*'], topics: ['pay.*', '%DLQ%pay*'], payloads: true }

test.each([
  ['its cluster and its topic match', 'shop', 'pay.orders', true],
  ['by another pattern each', 'eu-1', '%DLQ%payments', true],
  ['the topic does not', 'shop', 'orders', false],
  ['the cluster does not', 'us-1', 'pay.orders', false],
  ['the pattern is a part of the name only', 'shop', 'x-pay.orders', false],
  ['letters of the other case are others', 'shop', 'PAY.orders', false],
])('a topic is within when %s', (_case, cluster, topic, isWithin) => {
  expect(isInScope(PAY, place(cluster, topic))).toBe(isWithin)
})

test('payloads are a right of its own, and within the scope alone', () => {
  expect(seesPayloads(PAY, place('shop', 'pay.orders'))).toBe(true)
  expect(seesPayloads(PAY, place('shop', 'orders'))).toBe(false)
  expect(seesPayloads({ ...PAY, payloads: false }, place('shop', 'pay.orders'))).toBe(false)
  expect(seesPayloads(EVERYTHING, place('any', '%RETRY%x'))).toBe(true)
})
