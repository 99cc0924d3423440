/** Next behind a plain HTTP server of our own, so that foreign hosts are refused before Next sees a request. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import next from 'next'
import { acceptedHosts, checkHostAndOrigin, REMOTE_ADDRESS_HEADER } from '../auth/host-guard.ts'
import { createNonce, securityHeaders } from '../auth/security-headers.ts'
import type { Config } from '../config.ts'
import type { HoldfastError } from '../errors.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')

export interface WebServer {
  url: string
  close(): Promise<void>
}

export async function startWebServer(config: Config, dev: boolean): Promise<WebServer> {
  let pass: Handler | null = null
  const server = createServer((request, response) => {
    if (pass !== null) return pass(request, response)
    response.writeHead(503, { 'retry-after': '1' }).end()
  })
  // First the port, then the slow part: a port in use is said at once.
  const port = await listen(server, config)
  const app = next({ dev, dir: ROOT, hostname: config.host, port, httpServer: server })
  await app.prepare()
  pass = guarded(app.getRequestHandler(), { ...config, port }, dev)
  const host = config.host.includes(':') && !config.host.startsWith('[') ? `[${config.host}]` : config.host
  return {
    url: `http://${host === '127.0.0.1' ? 'localhost' : host}:${port}`,
    async close() {
      const closed = new Promise<void>((done) => server.close(() => done()))
      server.closeAllConnections()
      await closed
      await app.close()
    },
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

function guarded(handle: (...args: Parameters<Handler>) => Promise<void>, config: Config, dev: boolean): Handler {
  const accepted = acceptedHosts(config)
  return (request, response) => {
    const headers = securityHeaders(createNonce(), dev)
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const refusal = checkHostAndOrigin(request.headers, request.method ?? 'GET', accepted)
    if (refusal !== null) return refuse(response, refusal)
    // Next puts the nonce that it finds here on its scripts.
    request.headers['content-security-policy'] = headers['content-security-policy']
    request.headers[REMOTE_ADDRESS_HEADER] = request.socket.remoteAddress ?? ''
    handle(request, response).catch((error) => {
      console.error(error)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
}

function refuse(response: ServerResponse, refusal: HoldfastError): void {
  const problem = { type: 'about:blank', status: 403, code: refusal.code }
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify(problem))
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
