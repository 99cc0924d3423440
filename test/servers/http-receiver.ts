/** A real receiver on loopback that answers as it is told and keeps what came. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Received {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
  atMs: number
}

export interface HttpReceiver {
  url: string
  port: number
  received: Received[]
  /** How the next ones are answered. */
  answer: (response: ServerResponse, received: Received) => void
  close(): Promise<void>
}

/** @param certificate of `test/fixtures/tls`: it speaks https with it */
export async function startHttpReceiver(certificate: 'localhost' | 'other' | null = null): Promise<HttpReceiver> {
  const listener: RequestListener = (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const received = { method, path: url, headers, body: Buffer.concat(parts).toString(), atMs: Date.now() }
      receiver.received.push(received)
      receiver.answer(response, received)
    })
  }
  const server =
    certificate === null
      ? createServer(listener)
      : createSecureServer({ key: fixture(`${certificate}.key`), cert: fixture(`${certificate}.pem`) }, listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const receiver: HttpReceiver = {
    ...{ port, url: `${certificate === null ? 'http://127.0.0.1' : 'https://localhost'}:${port}/in`, received: [] },
    answer: (response) => void response.end(),
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
  return receiver
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8')
}
