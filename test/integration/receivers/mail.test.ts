/** A real mail server takes the mails of a receiver, or does not. */
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { systemResolve } from '../../../lib/receivers/dial.ts'
import type { Outcome } from '../../../lib/receivers/outcome.ts'
import { sendMessage } from '../../../lib/receivers/send-message.ts'
import { anAlertNotification, aReceiver, CONTEXT } from '../../builders/notifications.ts'
import { fixture } from '../../servers/http-receiver.ts'

interface MailServer {
  port: number
  mails: { from: string; to: string[]; text: string; isSecure: boolean; user: string | null }[]
}

let server: SMTPServer | null = null
const trusted = getCACertificates('default')
afterEach(async () => {
  setDefaultCACertificates(trusted)
  await new Promise<void>((done) => (server === null ? done() : server.close(() => done())))
  server = null
})

async function start(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: MailServer['mails'] = []
  server = new SMTPServer({
    ...{
      authOptional: true,
      disableReverseLookup: true,
      key: fixture('localhost.key'),
      cert: fixture('localhost.pem'),
    },
    onAuth: ({ username, password }, _session, answer) =>
      password === 'MARKER/mail' ? answer(null, { user: username }) : answer(new Error('no')),
    onData(stream, { envelope, secure, user }, answer) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address)
        mails.push({
          from,
          to,
          text: Buffer.concat(parts).toString(),
          isSecure: secure,
          user: String(user ?? '') || null,
        })
        answer()
      })
    },
    ...options,
  })
  // A client that hangs up because it trusts nobody is no fault of this test.
  server.on('error', () => undefined)
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', () => done()))
  return { port: (server.server.address() as AddressInfo).port, mails }
}

function send(smtp: string, over: object = {}): Promise<Outcome> {
  const settings = { allowedNetworks: ['127.0.0.1/32', '::1/128'], resolve: systemResolve, deadlineSeconds: 5 }
  const signal = new AbortController().signal
  const to = ['ana@example.org', 'bo@example.org']
  const receiver = aReceiver('email', { smtp, to, ...over })
  return sendMessage(receiver, anAlertNotification(), CONTEXT, settings, signal)
}

/** Out of the encoding in which mails carry what is not ASCII. */
function plain(quoted: string): string {
  return decodeURIComponent(
    quoted
      .replaceAll('=\r\n', '')
      .replaceAll('%', '%25')
      .replaceAll(/=([0-9A-F]{2})/g, '%$1'),
  )
}

const trustOurs = (): void => setDefaultCACertificates([...trusted, fixture('ca.pem')])

describe('a mail', () => {
  test('reaches a server of the own network as plain text, with what tells it apart', async () => {
    const { port, mails } = await start({ disabledCommands: ['STARTTLS'] })
    expect(await send(`smtp://localhost:${port}`, { language: 'zh-CN' })).toMatchObject({ state: 'delivered' })
    expect(mails).toMatchObject([{ from: 'holdfast@example.org', to: ['ana@example.org', 'bo@example.org'] }])
    const [head = '', body = ''] = mails[0]?.text.split('\r\n\r\n') ?? []
    expect(head).toContain('Message-ID: <d-0123456789ab@example.org>')
    expect(head).toMatch(/auto-submitted: auto-generated/i)
    expect(head).toMatch(/content-type: text\/plain; charset=utf-8/i)
    expect(head).not.toMatch(/html/)
    expect(plain(body)).toContain('集群：live')
  })

  test.each(['smtp', 'smtps'] as const)('is encrypted and signed in over %s', async (scheme) => {
    trustOurs()
    const { port, mails } = await start({ secure: scheme === 'smtps' })
    const outcome = await send(`${scheme}://user%40x:MARKER%2Fmail@localhost:${port}`)
    expect(outcome).toMatchObject({ state: 'delivered' })
    expect(mails).toMatchObject([{ isSecure: true, user: 'user@x' }])
  })
})

describe('a mail server', () => {
  test.each(['smtp', 'smtps'] as const)(
    'with a certificate that nobody trusts gets no mail over %s',
    async (scheme) => {
      const { port, mails } = await start({ secure: scheme === 'smtps' })
      const outcome = await send(`${scheme}://user:MARKER%2Fmail@localhost:${port}`)
      expect(outcome).toMatchObject({ state: 'retry', code: 'tlsUntrusted' })
      expect(mails).toEqual([])
    },
  )

  test('that refuses the password is told so, without the password', async () => {
    trustOurs()
    const { port } = await start()
    const outcome = await send(`smtp://user:MARKER-wrong@localhost:${port}`)
    expect(outcome).toMatchObject({ state: 'refused', code: 'mailSignInRefused' })
    expect(JSON.stringify(outcome)).not.toContain('MARKER')
  })

  test('that refuses everybody has refused it; that refuses some has taken it', async () => {
    const refusing = (refused: RegExp): SMTPServerOptions => ({
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, answer) =>
        answer(refused.test(address) ? Object.assign(new Error('unknown user'), { responseCode: 550 }) : null),
    })
    const all = await start(refusing(/./))
    expect(await send(`smtp://localhost:${all.port}`)).toMatchObject({ state: 'refused', code: 'mailRefused' })
    server?.close()
    const some = await start(refusing(/^bo@/))
    expect(await send(`smtp://localhost:${some.port}`)).toMatchObject({
      ...{ state: 'delivered', code: 'deliveredPartly', facts: { count: 1 } },
    })
    expect(some.mails).toMatchObject([{ to: ['ana@example.org'] }])
  })

  test('that is busy is asked again', async () => {
    const { port } = await start({
      disabledCommands: ['STARTTLS'],
      onMailFrom: (_address, _session, answer) => answer(Object.assign(new Error('try later'), { responseCode: 451 })),
    })
    const outcome = await send(`smtp://localhost:${port}`)
    expect(outcome).toMatchObject({ state: 'retry', code: 'mailBusy', facts: { vendorCode: 451 } })
  })

  test('that is silent is given up', async () => {
    const { port } = await start({ onConnect: () => undefined })
    expect(await send(`smtp://localhost:${port}`)).toMatchObject({ state: 'retry', code: 'answerTimeout' })
  })

  test('that is not there is told so', async () => {
    expect(await send('smtp://localhost:1')).toMatchObject({ state: 'retry', code: 'connectionRefused' })
  })
})
