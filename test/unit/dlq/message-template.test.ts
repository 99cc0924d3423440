import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageTemplate, saysSomething } from '../../../lib/dlq/message-template.ts'

describe('messageTemplate', () => {
  it.each([
    ['Order 17 not found', 'Order <*> not found'],
    ['Order -17.5 not found', 'Order <*> not found'],
    ['order-17 not found', 'order-<*> not found'],
    ['order-a1b2c3 not found', 'order-<*> not found'],
    ['User 0af76519-16cd-43dd-8448-eb211c80319c', 'User <*>'],
    ['User 0af7651916cd43dd8448eb211c80319c', 'User <*>'],
    ['User deadbeef-dead-beef-dead-beefdeadbeef', 'User <*>'],
    ['at 0x7ffe12', 'at <*>'],
    ['com.acme.Order@6d06d69c is closed', 'com.acme.Order<*> is closed'],
    ['com.acme.Order@deadbeef is closed', 'com.acme.Order<*> is closed'],
    ['Mail to jo.e+x@mail.example.com bounced', 'Mail to <*> bounced'],
    ['GET https://api.example.com/v1/orders?id=x failed', 'GET <*> failed'],
    ['Connection to /10.0.0.5:9092 refused', 'Connection to /<*> refused'],
    ['Connection to kafka-1.example.com:9092 refused', 'Connection to <*> refused'],
    ['Connection to [2001:db8::ff00:42]:9092 refused', 'Connection to <*> refused'],
    ['Expired at 2026-11-23T04:19:19.123Z', 'Expired at <*>'],
    ['Expired at 2026-11-23 04:19:19', 'Expired at <*>'],
    ['Expired 12:30:05', 'Expired <*>'],
    ["Unknown currency 'XYZ'", 'Unknown currency <*>'],
    ['Unknown currency "XYZ"', 'Unknown currency <*>'],
    ['Unknown currency “XYZ”', 'Unknown currency <*>'],
    ['未知的货币「XYZ」', '未知的货币<*>'],
    ['订单12345不存在', '订单<*>不存在'],
    ["the user's and all users' orders", "the user's and all users' orders"],
    ["can't read what isn't there", "can't read what isn't there"],
    ['[1, 2, 3] and [4]', '[<*>] and [<*>]'],
    ['orders-3@1234', 'orders-<*>'],
    ['took 30000ms', 'took <*>'],
    ['two\n  lines', 'two lines'],
    ['HTTP 503 from upstream 7', 'HTTP 503 from upstream <*>'],
    ['status code: 404', 'status code: 404'],
    ['status=500', 'status=500'],
    ['ORA-00942: table or view', 'ORA-00942: table or view'],
    ['SQLState: 23505', 'SQLState: 23505'],
    ['SQL state [40P01]', 'SQL state [40P01]'],
    ['errno 13', 'errno 13'],
    ['exit code -1', 'exit code -1'],
    ['order status 12345', 'order status <*>'],
    ['', ''],
    ['  ', ''],
  ])('%j → %j', (message, template) => expect(messageTemplate(message)).toBe(template))

  it('is bounded, and done before the test times out, on text made to be slow', () => {
    const slow = ['a.', '::', 'a-', '"', "'", '1.', '@a', 'a@', ':', '0', 'x', '[', '-1', ' ', 'a:', '://', '1:']
    for (const part of slow) expect(messageTemplate(part.repeat(1_000_000)).length).toBeLessThanOrEqual(300)
  })

  it('does not care which numbers stand in a message', () => {
    const words = fc.array(fc.constantFrom('order', 'for', 'Kunde', '死信', '(', ')', ','), {
      minLength: 1,
      maxLength: 8,
    })
    const numbers = fc.array(fc.nat(), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(words, numbers, numbers, (parts, some, others) => {
        const withNumbers = (values: number[]): string => parts.map((word, at) => `${word} ${values[at]}`).join(' ')
        expect(messageTemplate(withNumbers(some))).toBe(messageTemplate(withNumbers(others)))
      }),
    )
  })
})

describe('saysSomething', () => {
  it.each([
    ['Order <*>', true],
    ['订单<*>', true],
    ['<*>', false],
    ['<*> / <*>: ', false],
    ['', false],
  ])('%j: %s', (template, says) => expect(saysSomething(template)).toBe(says))
})
