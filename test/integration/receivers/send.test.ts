/** Real servers that take, refuse, are slow, point elsewhere or are somebody else: what is sent, and what is made of the answer. */
import { type AddressInfo, createServer } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ReceiverType } from '../../../lib/config/receivers.ts'
import { systemResolve } from '../../../lib/receivers/dial.ts'
import type { Outcome } from '../../../lib/receivers/outcome.ts'
import { type SendSettings, sendMessage } from '../../../lib/receivers/send-message.ts'
import { anAlertNotification, aReceiver, CONTEXT } from '../../builders/notifications.ts'
import { fixture, type HttpReceiver, type Received, startHttpReceiver } from '../../servers/http-receiver.ts'

const OWN = ['127.0.0.1/32', '::1/128']
const NEVER = new AbortController().signal

function send(
  type: ReceiverType,
  over: object,
  settings: Partial<SendSettings> = {},
  signal: AbortSignal = NEVER,
): Promise<Outcome> {
  const all = { allowedNetworks: OWN, resolve: systemResolve, ...settings }
  return sendMessage(aReceiver(type, over), anAlertNotification(), CONTEXT, all, signal)
}

let receiver: HttpReceiver
beforeEach(async () => {
  receiver = await startHttpReceiver()
})
afterEach(() => receiver.close())

describe('a receiver that answers', () => {
  test('is sent what was made for it, once', async () => {
    const outcome = await send('webhook', { url: receiver.url })
    expect(outcome).toMatchObject({ state: 'delivered', code: 'delivered' })
    expect(receiver.received).toHaveLength(1)
    const { method, path, headers, body } = receiver.received[0] as Received
    expect([method, path, headers['webhook-id'], headers['user-agent']]).toEqual([
      ...['POST', '/in', CONTEXT.id, 'Holdfast'],
    ])
    expect(headers['content-length']).toBe(String(Buffer.byteLength(body)))
    expect(JSON.parse(body).type).toBe('alert.firing')
  })

  test.each([
    [500, {}, { state: 'retry', code: 'serverFailed', facts: { status: 500 } }],
    [429, { 'retry-after': '7' }, { state: 'retry', code: 'rateLimited', retryAfterMs: 7_000 }],
    [410, {}, { state: 'refused', code: 'gone' }],
    [403, {}, { state: 'refused', code: 'statusRefused', facts: { status: 403 } }],
  ])('%i is read as what it means', async (status, headers, wanted) => {
    receiver.answer = (response) => void response.writeHead(status, headers).end()
    expect(await send('webhook', { url: receiver.url })).toMatchObject(wanted)
  })

  test('with 200 and an error in it has not taken anything', async () => {
    receiver.answer = (response) => void response.end('{"errcode":310000,"errmsg":"sign not match"}')
    const outcome = await send('dingtalk', { url: receiver.url })
    expect(outcome).toMatchObject({ state: 'refused', code: 'signatureRefused', facts: { vendorCode: 310000 } })
  })

  test('with a redirect is not followed', async () => {
    const other = await startHttpReceiver()
    receiver.answer = (response) => void response.writeHead(307, { location: other.url }).end()
    expect(await send('slack', { url: receiver.url })).toMatchObject({ state: 'refused', code: 'redirected' })
    expect(other.received).toEqual([])
    await other.close()
  })

  test('with more than anybody reads is read to its beginning only', async () => {
    let sent = 0
    receiver.answer = (response) => {
      const more = (): void => {
        sent += 65_536
        if (!response.destroyed && sent < 500 * 65_536) response.write('x'.repeat(65_536), more)
      }
      more()
    }
    expect(await send('webhook', { url: receiver.url })).toMatchObject({ state: 'delivered' })
    expect(sent).toBeLessThan(100 * 65_536)
  })
})

describe('a receiver that does not answer', () => {
  test('in time is given up, and the connection closed', async () => {
    let isClosed = false
    receiver.answer = (response) => void response.on('close', () => (isClosed = true))
    const startedAtMs = performance.now()
    const outcome = await send('webhook', { url: receiver.url }, { deadlineSeconds: 0.4 })
    expect(outcome).toMatchObject({ state: 'retry', code: 'answerTimeout', facts: { host: '127.0.0.1' } })
    expect(performance.now() - startedAtMs).toBeLessThan(5_000)
    await expect.poll(() => isClosed).toBe(true)
  })

  test('to its end within the deadline is given up, too', async () => {
    receiver.answer = (response) => void response.write('drop by drop')
    const outcome = await send('webhook', { url: receiver.url }, { deadlineSeconds: 0.4 })
    expect(outcome).toMatchObject({ state: 'retry', code: 'answerTimeout' })
  })

  test('because it hangs up is told so', async () => {
    receiver.answer = (response) => void response.destroy()
    expect(await send('webhook', { url: receiver.url })).toMatchObject({ state: 'retry', code: 'connectionClosed' })
  })

  test('because nobody is there is told so', async () => {
    const { url } = receiver
    await receiver.close()
    const outcome = await send('webhook', { url })
    expect(outcome).toMatchObject({ state: 'retry', code: 'connectionRefused', facts: { port: receiver.port } })
    receiver = await startHttpReceiver()
  })

  test('because the console stops leaves it open whether it was taken', async () => {
    const stop = new AbortController()
    receiver.answer = () => stop.abort(new Error('stopped'))
    await expect(send('webhook', { url: receiver.url }, {}, stop.signal)).rejects.toThrow('stopped')
  })

  test('because its name is not known, or looking it up takes for ever', async () => {
    const missing = await send('webhook', { url: 'https://receiver.invalid/' })
    expect(missing).toMatchObject({ state: 'retry', code: 'hostNotFound', facts: { host: 'receiver.invalid' } })
    const resolve = (): Promise<never> => new Promise(() => undefined)
    const slow = await send('webhook', { url: 'https://receiver.invalid/' }, { resolve, deadlineSeconds: 0.2 })
    expect(slow).toMatchObject({ state: 'retry', code: 'answerTimeout' })
  })
})

describe('a certificate', () => {
  const trusted = getCACertificates('default')
  afterEach(() => setDefaultCACertificates(trusted))
  const trustOurs = (): void => setDefaultCACertificates([...trusted, fixture('ca.pem')])

  test('of an authority that nobody trusts is refused; trusted, the message is sent', async () => {
    const secure = await startHttpReceiver('localhost')
    const untrusted = await send('slack', { url: secure.url })
    expect(untrusted).toMatchObject({ state: 'retry', code: 'tlsUntrusted', facts: { host: 'localhost' } })
    expect(secure.received).toEqual([])
    trustOurs()
    secure.answer = (response) => void response.end('ok')
    expect(await send('slack', { url: secure.url })).toMatchObject({ state: 'delivered' })
    await secure.close()
  })

  test('for another name is refused', async () => {
    const secure = await startHttpReceiver('other')
    trustOurs()
    expect(await send('webhook', { url: secure.url })).toMatchObject({ state: 'retry', code: 'tlsHostMismatch' })
    await secure.close()
  })

  test('is missing where something else listens', async () => {
    const url = `https://localhost:${receiver.port}/`
    expect(await send('webhook', { url })).toMatchObject({ state: 'retry', code: 'tlsFailed' })
  })
})

describe('an address that nobody may dial', () => {
  const hosts = [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    'localhost',
    '0.0.0.0',
  ]

  test.each(hosts)('is refused however it is written: %s', async (host) => {
    let connections = 0
    const server = createServer(() => (connections += 1))
    await new Promise<void>((done) => server.listen(0, done))
    const { port } = server.address() as AddressInfo
    for (const scheme of ['http', 'https']) {
      const outcome = await send('webhook', { url: `${scheme}://${host}:${port}/` }, { allowedNetworks: [] })
      expect(outcome).toMatchObject({ state: 'refused', code: 'addressBlocked' })
    }
    const mail = await send('email', { smtp: `smtp://${host}:${port}` }, { allowedNetworks: [] })
    expect(mail).toMatchObject({ state: 'refused', code: 'addressBlocked' })
    expect(connections).toBe(0)
    server.close()
  })

  test('is judged anew at every attempt, so that a name cannot be pointed elsewhere', async () => {
    const answers = ['127.0.0.1', '10.0.0.1']
    const resolve = async (): Promise<{ address: string; family: number }[]> => [
      { address: answers.shift() ?? '', family: 4 },
    ]
    const url = `http://rebound.example:${receiver.port}/`
    expect(await send('webhook', { url }, { resolve })).toMatchObject({ state: 'delivered' })
    expect(await send('webhook', { url }, { resolve })).toMatchObject({ state: 'refused', code: 'addressBlocked' })
    expect(receiver.received).toHaveLength(1)
  })

  test('is left out where a name has others', async () => {
    const resolve = async (): Promise<{ address: string; family: number }[]> => [
      { address: '10.0.0.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    const outcome = await send('webhook', { url: `http://two.example:${receiver.port}/` }, { resolve })
    expect(outcome).toMatchObject({ state: 'delivered' })
  })

  test('is a cloud’s for credentials, whatever is allowed', async () => {
    const allowedNetworks = ['0.0.0.0/0', '::/0']
    for (const url of ['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://metadata.google.internal/']) {
      expect(await send('webhook', { url }, { allowedNetworks })).toMatchObject({ code: 'metadataBlocked' })
    }
    const resolve = async (): Promise<{ address: string; family: number }[]> => [
      { address: '127.0.0.1', family: 4 },
      { address: '::ffff:169.254.169.254', family: 6 },
    ]
    const outcome = await send('webhook', { url: 'http://named.example/' }, { allowedNetworks, resolve })
    expect(outcome).toMatchObject({ state: 'refused', code: 'metadataBlocked' })
  })

  test('is one of everybody’s without encryption, or on a port that no receiver uses', async () => {
    const resolve = async (): Promise<{ address: string; family: number }[]> => [{ address: '8.8.8.8', family: 4 }]
    const code = async (type: ReceiverType, over: object): Promise<string> => (await send(type, over, { resolve })).code
    expect(await code('webhook', { url: 'http://open.example/' })).toBe('plainTextBlocked')
    expect(await code('webhook', { url: 'https://open.example:22/' })).toBe('portBlocked')
    expect(await code('email', { smtp: 'smtp://open.example:443' })).toBe('portBlocked')
  })
})

test.each(['webhook', 'slack', 'dingtalk', 'wecom', 'pagerduty'] as const)(
  'no outcome tells a secret: %s',
  async (type) => {
    const url = `${receiver.url}?key=MARKER-key`
    receiver.answer = (response, { path, body }) => void response.writeHead(400).end(`bad: ${path} ${body}`)
    const refused = await send(type, { url })
    const unreachable = await send(type, { url: 'https://nowhere.invalid/in?key=MARKER-key' })
    expect([refused.state, unreachable.code]).toEqual(['refused', 'hostNotFound'])
    expect(JSON.stringify([refused, unreachable])).not.toMatch(/MARKER|whsec|SECexample/)
  },
)
