/**
 * Not a schema registry: a small HTTP server with the routes that one documents for reading, which can also misbehave in
 * ways that a real one cannot be made to. How a real one answers is tested in test/integration/payload.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

export interface FakeSchemaRegistry {
  url: string
  /** Paths asked for, in their order. */
  asked: string[]
  /** What a path answers with: an object as JSON, or anything that a function writes. */
  answers: Map<string, object | Answer>
  close(): Promise<void>
}

export async function startFakeSchemaRegistry(): Promise<FakeSchemaRegistry> {
  const asked: string[] = []
  const answers: FakeSchemaRegistry['answers'] = new Map()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const answer = answers.get(path)
    if (typeof answer === 'function') return answer(request, response)
    if (answer === undefined) return sendJson(response, 404, { error_code: 40403, message: 'Schema not found' })
    sendJson(response, 200, answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body))
}
