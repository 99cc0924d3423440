import { describe, expect, it } from 'vitest'
import { type RootCause, readOwnFrame, readRootCause } from '../../../lib/dlq/stack-trace.ts'
import { springStackTrace } from '../../builders/dead-letters.ts'

const NODE = [
  "TypeError: Cannot read properties of undefined (reading 'id')",
  '    at Array.map (<anonymous>)',
  '    at step (node:internal/process/task_queues:95:5)',
  '    at run (/srv/app/node_modules/kafkajs/src/consumer/runner.js:10:3)',
  '    at async OrderHandler.handle (/srv/app/dist/order-handler.js:31:17)',
].join('\n')

const DOTNET = [
  'Confluent.Kafka.ConsumeException: Local: Value deserialization error',
  ' ---> Acme.Shop.BadOrderException: Order 17 is bad',
  '   at System.Text.Json.JsonSerializer.Deserialize[T](String json)',
  '   at Acme.Shop.OrderReader.<ReadAsync>d__3.MoveNext() in /src/OrderReader.cs:line 12',
  '   --- End of inner exception stack trace ---',
  '   at Acme.Shop.Program.Main(String[] args)',
].join('\r\n')

const PYTHON = [
  'Traceback (most recent call last):',
  '  File "/srv/app/shop.py", line 3, in buy',
  '    find(order)',
  '  File "/srv/app/orders.py", line 12, in find',
  '    return orders[id]',
  '  File "/usr/lib/python3/site-packages/shelf.py", line 3, in __getitem__',
  "KeyError: 'order-17'",
  '',
  'The above exception was the direct cause of the following exception:',
  '',
  'Traceback (most recent call last):',
  '  File "/srv/app/main.py", line 4, in main',
  'acme.OrderError: cannot find',
  '',
].join('\n')

const read = (trace: string): RootCause & { frame: string | null } => ({
  ...readRootCause(trace),
  frame: readOwnFrame(trace),
})

describe('a stack trace', () => {
  it('reads a trace of the JVM', () => {
    expect(read(springStackTrace('com.acme.OrderNotFoundException', 'Order 17: not found'))).toEqual({
      class: 'com.acme.OrderNotFoundException',
      message: 'Order 17: not found',
      isChain: true,
      frame: 'com.acme.shop.OrderService.find',
    })
  })

  it('takes the last of several causes, and nothing of suppressed ones', () => {
    const trace = [
      'a.Outer: o',
      '\tat a.B.c(B.java:1)',
      'Caused by: a.Middle: m',
      '\tat a.M.m(M.java:1)',
      'Caused by: java.net.ConnectException',
      '\tat java.base/sun.nio.ch.Net.connect(Net.java)',
      '\tSuppressed: java.io.IOException: s',
      '\t\tat java.base/java.io.Closeable.close(Closeable.java)',
      '\tCaused by: a.Hidden: h',
      '\t\t... 2 more',
      '\t... 3 more',
    ].join('\n')
    expect(read(trace)).toEqual({
      class: 'java.net.ConnectException',
      message: null,
      isChain: true,
      frame: 'a.M.m',
    })
  })

  it('does not take the second line of a message for a frame', () => {
    const trace = [
      'java.lang.IllegalArgumentException: Cannot deserialize value of type `long` from String "much"',
      ' at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 9]',
      '\tat com.fasterxml.jackson.databind.ObjectMapper._convert(ObjectMapper.java:4624)',
      '\tat com.acme.shop.Orders.parse(Orders.java:12)',
    ].join('\n')
    expect(readOwnFrame(trace)).toBe('com.acme.shop.Orders.parse')
  })

  it('reads traces with the root first', () => {
    const trace = 'a.Root: r\n\tat a.R.r(R.java:1)\nWrapped by: a.Outer: o\n\tat a.O.o(O.java:1)'
    expect(read(trace)).toEqual({ class: 'a.Root', message: 'r', isChain: true, frame: 'a.R.r' })
  })

  it.each([
    ['com.acme.Shop$$SpringCGLIB$$0.buy', 'com.acme.Shop.buy'],
    ['com.acme.Shop$$EnhancerBySpringCGLIB$$1a2b3c.buy', 'com.acme.Shop.buy'],
    ['com.acme.Shop$$Lambda/0x00007f0123.accept', 'com.acme.Shop.accept'],
    ['com.acme.Shop$$Lambda$14/1234567.accept', 'com.acme.Shop.accept'],
    ['com.acme.Shop.lambda$buy$3', 'com.acme.Shop.buy'],
    ['com.acme.Shop$1.run', 'com.acme.Shop.run'],
    ['app//com.acme.Shop.buy', 'com.acme.Shop.buy'],
    ['shop@1.2/com.acme.Shop.buy', 'com.acme.Shop.buy'],
    ['jdk.proxy2/jdk.proxy2.$Proxy12.buy', null],
    ['java.base/java.util.ArrayList.get', null],
    ['org.apache.kafka.clients.consumer.KafkaConsumer.poll', null],
  ])('a frame of %s is %s', (frame, name) => {
    expect(read(`a.B: c\n\tat ${frame}(X.java:1)`).frame).toBe(name)
  })

  it('reads a trace of JavaScript', () => {
    expect(read(NODE)).toEqual({
      class: 'TypeError',
      message: "Cannot read properties of undefined (reading 'id')",
      isChain: false,
      frame: 'OrderHandler.handle order-handler.js',
    })
  })

  it('reads a trace of .NET', () => {
    expect(read(DOTNET)).toEqual({
      class: 'Acme.Shop.BadOrderException',
      message: 'Order 17 is bad',
      isChain: true,
      frame: 'Acme.Shop.OrderReader.ReadAsync',
    })
  })

  it('reads a trace of Python', () => {
    expect(read(PYTHON)).toEqual({
      class: 'KeyError',
      message: "'order-17'",
      isChain: true,
      frame: 'find orders.py',
    })
  })

  it.each([
    ['nothing', ''],
    ['words', 'it broke\nand then some'],
    ['Go', 'goroutine 1 [running]:\nmain.f(0x1)\n\t/srv/x.go:10 +0x1d'],
    ['a frame only', 'at the beginning'],
    ['a chain without an end', 'a b\nCaused by: '],
    ['an unfinished trace of Python', 'Traceback (most recent call last):'],
  ])('understands nothing of %s', (_, trace) => {
    expect(read(trace)).toMatchObject({ class: null, message: null, frame: null })
  })
})
