/** One attempt over http or https. Not by `fetch`: its sockets cannot be told what they may dial, and Next.js changes it. */
import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { SECOND_MS } from '../units.ts'
import { CONNECT_SECONDS, connectionOutcome, type Place } from './connection-outcome.ts'
import { dialable, isOutcome, type SendOptions } from './dial.ts'
import { type Outcome, retry } from './outcome.ts'
import type { OutgoingRequest } from './outgoing.ts'
import type { Answer } from './read-answer.ts'

const USUAL_PORTS = [80, 443, 8080, 8443, 9093]
/** Enough for every code of every vendor; the rest is not waited for. */
const MOST_ANSWER_BYTES = 4_096

/** @returns the answer, or why there is none. Rejects when the signal ends it */
export async function sendRequest(request: OutgoingRequest, options: SendOptions): Promise<Answer | Outcome> {
  const url = new URL(request.url)
  const usesTls = url.protocol === 'https:'
  const place = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || (usesTls ? 443 : 80)), usesTls }
  const dial = await dialable(place, USUAL_PORTS, options)
  if (isOutcome(dial)) return dial
  const { method, body } = request
  const headers = {
    ...{ ...request.headers, 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'Holdfast' },
  }
  // A socket of its own: one that is kept open would be one that nobody judged this time.
  const given: RequestOptions = { method, agent: false, lookup: dial.lookup, headers }
  return exchange((usesTls ? requestHttps : requestHttp)(url, given), body, place, options.signal)
}

function exchange(call: ClientRequest, body: string, place: Place, signal: AbortSignal): Promise<Answer | Outcome> {
  return new Promise((resolve, reject) => {
    let isConnecting = true
    const end = (settle: () => void): void => {
      clearTimeout(connecting)
      signal.removeEventListener('abort', onAbort)
      settle()
      call.destroy()
    }
    const onAbort = (): void => end(() => reject(signal.reason))
    const { host, port, usesTls } = place
    const connecting = setTimeout(
      () => end(() => resolve(retry('connectTimeout', { host, port, seconds: CONNECT_SECONDS }))),
      CONNECT_SECONDS * SECOND_MS,
    )
    signal.addEventListener('abort', onAbort)
    call.on('error', (error) => end(() => resolve(connectionOutcome(error, place, isConnecting))))
    call.on('socket', (socket) =>
      socket.once(usesTls ? 'secureConnect' : 'connect', () => {
        isConnecting = false
        clearTimeout(connecting)
      }),
    )
    call.on('response', (response) => void readCapped(response).then((answer) => end(() => resolve(answer))))
    call.end(body)
  })
}

/** Its beginning; also of an answer that breaks off, since its status says enough. */
async function readCapped(response: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      parts.push(part)
      bytes += part.length
      if (bytes >= MOST_ANSWER_BYTES) break
    }
  } catch {
    // What came is what is judged.
  }
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'] ?? null,
    body: Buffer.concat(parts).subarray(0, MOST_ANSWER_BYTES).toString('utf8'),
  }
}
