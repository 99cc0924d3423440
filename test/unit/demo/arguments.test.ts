import { describe, expect, test } from 'vitest'
import { parseDemoArguments } from '../../demo/arguments.ts'

describe('npm run demo', () => {
  test.each([
    [[], { kind: 'run', port: null, systems: ['kafka', 'rocketmq'] }],
    [['--kafka-only'], { kind: 'run', port: null, systems: ['kafka'] }],
    [['--rocketmq-only', '--port', '4000'], { kind: 'run', port: 4_000, systems: ['rocketmq'] }],
    [['fault'], { kind: 'fault', name: 'list', port: null }],
    [['fault', 'slave-down', '--port', '4000'], { kind: 'fault', name: 'slave-down', port: 4_000 }],
  ])('understands %j', (args, request) => {
    expect(parseDemoArguments(args)).toEqual(request)
  })

  test.each([
    [['--kafka-only', '--rocketmq-only'], 'exclude each other'],
    [['--port', '0'], '--port must be a number'],
    [['--port', 'x'], '--port must be a number'],
    [['--pulsar-only'], '--pulsar-only'],
    [['fault', 'slave-down', 'twice'], 'npm run demo'],
    [['break'], 'npm run demo'],
  ])('refuses %j and says why', (args, reason) => {
    const request = parseDemoArguments(args)
    expect(request).toMatchObject({ kind: 'refused', text: expect.stringContaining(reason) })
  })
})
