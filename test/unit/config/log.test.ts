import { expect, test } from 'vitest'
import { RECEIVER_TYPES, secretsOfReceiver } from '../../../lib/config/receivers.ts'
import type { Config } from '../../../lib/config.ts'
import { HoldfastError } from '../../../lib/errors.ts'
import { createLogger, hideInLogs, secretsOf } from '../../../lib/log.ts'
import { aReceiver, WEBHOOK_SECRET } from '../../builders/notifications.ts'

const MARKER = 'sk-MARKER-"qx7z3kw9'

function logged(write: (log: ReturnType<typeof createLogger>) => void, secrets: string[]): string {
  const lines: string[] = []
  write(createLogger({ logLevel: 'info' }, secrets, { write: (line) => void lines.push(line) }))
  return lines.join('')
}

test('a secret is cut out of messages, fields, causes and stacks', () => {
  const cause = new Error(`refused ${MARKER}`)
  const text = logged(
    (log) =>
      log.error({ err: new Error(`failed with ${MARKER}`, { cause }), address: `h?x=${MARKER}` }, `at ${MARKER}`),
    [MARKER],
  )
  expect(text).toContain('failed with [redacted]')
  expect(text).not.toContain('qx7z3kw9')
})

test('an error of a known kind is told by its code and facts, without a stack', () => {
  const text = logged(
    (log) => log.error({ err: new HoldfastError('database_full', { path: 'x.db' }, { cause: new Error('disk') }) }),
    [],
  )
  expect(JSON.parse(text)).toMatchObject({ err: { code: 'database_full', facts: { path: 'x.db' } } })
  expect(text).not.toContain('log.test.ts')
})

test('fields that are named like secrets are cut out without knowing the value', () => {
  const text = logged(
    (log) => log.info({ sasl: { password: 'unknown-value' }, headers: { cookie: 'c=unknown-value' } }),
    [],
  )
  expect(text).not.toContain('unknown-value')
})

test('what is configured stays cut out, however much else is tried', () => {
  const text = logged(
    (log) => {
      hideInLogs(Array.from({ length: 1_200 }, (_, index) => `tried-once-${index}-MARKER`))
      log.info(`configured-admin-token, tried-once-1199-MARKER`)
    },
    ['configured-admin-token'],
  )
  expect(JSON.parse(text).msg).toBe('[redacted], [redacted]')
})

test('of an address that is a secret is cut out what is long enough to be none of the words of the log', () => {
  const pathOnly = aReceiver('webhook', { url: 'https://hooks.example.org/alerts' })
  expect(secretsOfReceiver(pathOnly)).toEqual(['https://hooks.example.org/alerts', WEBHOOK_SECRET])
  const [usual, own] = [
    aReceiver('pagerduty'),
    aReceiver('pagerduty', { url: 'https://relay.example.org/in?key=MARKER-relay' }),
  ]
  expect(secretsOfReceiver(usual)).toEqual([usual.routingKey])
  expect(secretsOfReceiver(own)).toEqual([own.url, '/in?key=MARKER-relay', own.routingKey])
})

test('every secret of the configuration is known to the log', () => {
  const config = {
    ...{
      databaseUrl: 'postgresql://u:db%20pass@h/d',
      adminToken: 'admin-token',
      approverToken: null,
      secret: 'the-secret',
    },
    tokens: [{ name: 'desk', token: 'token-of-the-desk' }],
    clusters: [
      {
        ...{ id: 'k', name: 'k', kind: 'kafka', readOnly: true, bootstrapServers: [], addressMap: {} },
        tls: { enabled: true, ca: null, cert: null, key: 'pem-key', rejectUnauthorized: true },
        sasl: { mechanism: 'plain', username: 'u', password: 'sasl-password' },
        schemaRegistry: { url: 'http://h', username: null, password: 'registry-password' },
        connect: [{ url: 'http://c', username: 'u', password: 'connect-password' }],
      },
      {
        ...{ id: 'r', kind: 'rocketmq', acl: { accessKey: 'access', secretKey: 'acl-secret' } },
        tls: { enabled: true, ca: null, cert: null, key: 'rocketmq-pem-key', rejectUnauthorized: true },
      },
    ],
    receivers: RECEIVER_TYPES.map((type) => aReceiver(type)),
    alerts: { heartbeat: { url: 'https://watchdog.example/ping/secret' } },
  } as unknown as Config
  expect(secretsOf(config)).toEqual(
    expect.arrayContaining([
      'db pass',
      'admin-token',
      'the-secret',
      'token-of-the-desk',
      'pem-key',
      'sasl-password',
      'registry-password',
      'connect-password',
      'acl-secret',
      'rocketmq-pem-key',
      // Without the parts of a host it is a secret, too: that is how requests name it.
      '/services/T0/B0/MARKER-slack',
      ...['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MARKERroutingkey0123456789abcdef', 'SECexample', 'MARKER/mail'],
      'MARKER-am',
      'https://watchdog.example/ping/secret',
    ]),
  )
  for (const receiver of config.receivers) {
    const values = JSON.stringify(receiver).match(/[^"]*MARKER[^"]*/g) ?? []
    const hidden = values.map((value) => secretsOf(config).reduce((text, secret) => text.replaceAll(secret, ''), value))
    expect(hidden.join(), receiver.type).not.toContain('MARKER')
  }
})
