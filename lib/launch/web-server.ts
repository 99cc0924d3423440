/** Next behind a plain HTTP server of our own, so that foreign hosts are refused before Next sees a request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import next from 'next'
import { toProblem } from '../api/problem.ts'
import { acceptedHosts, checkAddress, checkHostAndOrigin, REMOTE_ADDRESS_HEADER } from '../auth/host-guard.ts'
import { createNonce, securityHeaders } from '../auth/security-headers.ts'
import { REQUESTED_PATH_HEADER } from '../client/preferences.ts'
import type { Config } from '../config.ts'
import type { HoldfastError } from '../errors.ts'
import { chooseLocale } from '../i18n/locale.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface WebServer {
  readonly url: string
  readonly port: number
  /** Loads Next; until then every request is answered with 503. */
  serve(dev: boolean): Promise<void>
  close(): Promise<void>
}

/** Takes the port at once, so that one in use is said before anything slow begins. */
export async function openWebServer(config: Config): Promise<WebServer> {
  let pass: Handler = answerNotReady
  let closeNext: (() => Promise<void>) | null = null
  const server = createServer((request, response) => pass(request, response))
  const port = await listen(server, config)
  return {
    url: urlOf(config.host, port),
    port,
    async serve(dev) {
      const app = next({ dev, dir: ROOT, hostname: config.host, port, httpServer: server })
      closeNext = () => app.close()
      await app.prepare()
      pass = guarded(app.getRequestHandler(), { ...config, port }, dev)
    },
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      server.closeAllConnections()
      await closed
      await closeNext?.()
    },
  }
}

function listen(server: Server, config: Config): Promise<number> {
  return new Promise((done, refuse) => {
    server.once('error', refuse)
    server.listen(config.port, config.host, () => {
      const address = server.address()
      done(typeof address === 'object' && address !== null ? address.port : config.port)
    })
  })
}

function urlOf(host: string, port: number): string {
  if (host === '127.0.0.1') return `http://localhost:${port}`
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
}

function answerNotReady(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '1' }).end()
}

function guarded(handle: (...args: Parameters<Handler>) => Promise<void>, config: Config, dev: boolean): Handler {
  const accepted = acceptedHosts(config)
  return (request, response) => {
    const headers = securityHeaders(createNonce(), dev)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const refusal =
      checkHostAndOrigin(request.headers, request.method ?? 'GET', accepted) ?? checkAddress(request.url ?? '/')
    if (refusal !== null) return refuse(request, response, refusal)
    // Next puts the nonce that it finds here on its scripts.
    request.headers['content-security-policy'] = headers['content-security-policy']
    // Pages cannot see their own address on the server; sign-in leads back to it.
    request.headers[REQUESTED_PATH_HEADER] = request.url ?? '/'
    request.headers[REMOTE_ADDRESS_HEADER] = request.socket.remoteAddress ?? ''
    handle(request, response).catch((error) => {
      console.error(error)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: HoldfastError): void {
  const locale = chooseLocale(undefined, request.headers['accept-language'] ?? null)
  const problem = toProblem(refusal, locale)
  response.writeHead(problem.status, { 'content-type': 'application/problem+json', 'content-language': locale })
  response.end(JSON.stringify(problem))
}
