/** One attempt to hand a mail to its server, over a socket that was judged like those of all receivers. */
import { connect, type Socket } from 'node:net'
import { createTransport } from 'nodemailer'
import { decoded } from '../config/receivers.ts'
import { SECOND_MS } from '../units.ts'
import { CONNECT_SECONDS, connectionOutcome, type Place } from './connection-outcome.ts'
import { type Dialable, dialable, isOutcome, type SendOptions } from './dial.ts'
import { DELIVERED, type Outcome, refused, retry } from './outcome.ts'
import type { OutgoingMail } from './outgoing.ts'

const USUAL_PORTS = [25, 465, 587, 2525]
const DEFAULT_PORT = { 'smtp:': 587, 'smtps:': 465 }

/** Rejects when the signal ends it. */
export async function sendMail(mail: OutgoingMail, options: SendOptions): Promise<Outcome> {
  const server = new URL(mail.server)
  const isSecure = server.protocol === 'smtps:'
  const port = Number(server.port || DEFAULT_PORT[isSecure ? 'smtps:' : 'smtp:'])
  // Also without smtps it is encrypted, by STARTTLS, or not sent: see `requireTLS`.
  const place = { host: server.hostname.replace(/^\[|\]$/g, ''), port, usesTls: true }
  const dial = await dialable(place, USUAL_PORTS, options)
  if (isOutcome(dial)) return dial
  const socket = connect({ host: place.host, port, lookup: dial.lookup })
  const onAbort = (): void => void socket.destroy()
  options.signal.addEventListener('abort', onAbort)
  try {
    const refusal = await connected(socket, place)
    return refusal ?? (await handOver(mail, { server, place, isSecure, dial, socket }))
  } finally {
    options.signal.removeEventListener('abort', onAbort)
    socket.destroy()
    options.signal.throwIfAborted()
  }
}

/** @returns null when it is */
function connected(socket: Socket, place: Place): Promise<Outcome | null> {
  return new Promise((resolve) => {
    const { host, port } = place
    socket.setTimeout(CONNECT_SECONDS * SECOND_MS, () =>
      resolve(retry('connectTimeout', { host, port, seconds: CONNECT_SECONDS })),
    )
    socket.once('connect', () => {
      socket.setTimeout(0)
      resolve(null)
    })
    // Stays: after the socket was destroyed nobody else hears of it.
    socket.on('error', (error) => resolve(connectionOutcome(error, place, true)))
    socket.once('close', () => resolve(retry('connectionClosed', { host, port })))
  })
}

interface Session {
  server: URL
  place: Place
  isSecure: boolean
  dial: Dialable
  socket: Socket
}

async function handOver(mail: OutgoingMail, { server, place, isSecure, dial, socket }: Session): Promise<Outcome> {
  const signIn = { user: decoded(server.username), pass: decoded(server.password) }
  const transport = createTransport({
    ...{ host: place.host, port: place.port, secure: isSecure, connection: socket },
    ...(server.username === '' ? {} : { auth: signIn }),
    requireTLS: !isSecure && !dial.isOwnNetwork,
    // Nothing of a message may name a file or an address to be read.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  })
  try {
    const { from, to, subject, text, messageId } = mail
    const headers = { 'auto-submitted': 'auto-generated' }
    const { rejected } = await transport.sendMail({ from, to: [...to], subject, text, messageId, headers })
    if (rejected.length === 0) return DELIVERED
    return { ...DELIVERED, code: 'deliveredPartly', facts: { count: rejected.length } }
  } catch (error) {
    return mailOutcome(error, place)
  } finally {
    transport.close()
  }
}

function mailOutcome(error: unknown, place: Place): Outcome {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
  if (typeof responseCode === 'number') {
    const facts = { vendorCode: responseCode }
    if (responseCode < 500) return retry('mailBusy', facts)
    if (code === 'ETLS') return refused('mailNoTls')
    return refused(code === 'EAUTH' ? 'mailSignInRefused' : 'mailRefused', facts)
  }
  return connectionOutcome(error, place, false)
}
