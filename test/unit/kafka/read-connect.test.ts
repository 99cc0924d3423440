import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { FactBook } from '../../../lib/cluster/fact-book.ts'
import type { FactStatus } from '../../../lib/cluster/snapshot.ts'
import { ConnectReader, parseSinks } from '../../../lib/kafka/read-connect.ts'

const sink = (name: string, config: Record<string, string>, type = 'sink') => ({
  [name]: { info: { name, type, config: { name, 'connector.class': 'x', ...config }, tasks: [] } },
})
const QUEUE = 'errors.deadletterqueue.topic.name'
const LEDGER = sink('ledger', { topics: 'orders, refunds,', [QUEUE]: 'rejects', password: 'secret' })
const REJECTS = { topic: 'rejects', groups: ['connect-ledger'], sourceTopics: ['orders', 'refunds'] }

describe('the list of connectors', () => {
  it('tells queue, group and topics of a sink', () => {
    expect(parseSinks(JSON.stringify(LEDGER))).toEqual([REJECTS])
  })

  it('tells the group that a sink names itself, and no topic where it has only a pattern', () => {
    const config = { 'topics.regex': 'o.*', [QUEUE]: 'rejects', 'consumer.override.group.id': 'own' }
    expect(parseSinks(JSON.stringify(sink('ledger', config)))).toEqual([
      { topic: 'rejects', groups: ['own'], sourceTopics: [] },
    ])
  })

  it('leaves out sinks without a queue, and sources', () => {
    const others = {
      ...sink('a', { topics: 't' }),
      ...sink('b', { [QUEUE]: ' ' }),
      ...sink('c', { [QUEUE]: 'q' }, 'source'),
    }
    expect(parseSinks(JSON.stringify(others))).toEqual([])
  })

  it.each([
    ['text', 'Bad gateway'],
    ['the names alone, as workers before 2.3 answer', '["ledger"]'],
    ['something else', '{"ledger":{"info":{"name":1}}}'],
    ['null', 'null'],
  ])('is not taken from %s', (_, text) => {
    expect(parseSinks(text)).toBeNull()
  })
})

describe('a worker', () => {
  let server: Server | null = null
  afterEach(async () => {
    server?.closeAllConnections()
    await new Promise((done) => (server === null ? done(null) : server.close(done)))
    server = null
  })

  type Answer = (response: ServerResponse, headers: NodeJS.Dict<string | string[]>, path: string) => void

  /** Reads at 0 ms, and a second time when the pace has passed; the worker answers each time in its own way. */
  async function readTwice(
    ...answers: [Answer, Answer]
  ): Promise<{ fact: FactStatus; known: unknown; host: string }[]> {
    let asked = 0
    const started = createServer((request, response) =>
      answers[asked++]?.(response, request.headers, request.url ?? ''),
    )
    server = started
    await new Promise<void>((done) => started.listen(0, '127.0.0.1', done))
    const host = `127.0.0.1:${(started.address() as AddressInfo).port}`
    const worker = { url: `http://${host}/connect/`, username: 'console', password: 'p' }
    const reader = new ConnectReader([worker], 1_000)
    const book = new FactBook({ connect: 1_000 })
    const results = []
    for (const nowMs of [0, 1_000]) {
      book.begin()
      await reader.read(new AbortController().signal, book, nowMs)
      // Within the pace nobody is asked, and the fault stays.
      book.begin()
      await reader.read(new AbortController().signal, book, nowMs + 1)
      results.push({ fact: book.list()[0] as FactStatus, known: reader.queues(), host })
    }
    expect(asked).toBe(2)
    return results
  }

  const answerWith = (status: number, body: string, headers: Record<string, string> = {}): Answer => {
    return (response) => response.writeHead(status, headers).end(body)
  }
  const well = answerWith(200, JSON.stringify(LEDGER))

  it('is asked with the sign-in, under its whole path', async () => {
    const asked: unknown[] = []
    const note: Answer = (response, headers, path) => {
      asked.push([path, headers.authorization])
      response.end(JSON.stringify(LEDGER))
    }
    const [first] = await readTwice(note, note)
    expect(asked[0]).toEqual(['/connect/connectors?expand=info', `Basic ${btoa('console:p')}`])
    expect(first).toMatchObject({ known: [REJECTS], fact: { faults: [], lastReadAtMs: 0 } })
  })

  it.each<[string, Answer, string, object]>([
    ['is refused', answerWith(401, ''), 'connectWorkerRefused', { status: 401 }],
    ['answers with an error', answerWith(500, '{}'), 'connectWorkerFailed', { status: 500 }],
    [
      'sends elsewhere',
      answerWith(302, '', { location: 'http://127.0.0.1:1/' }),
      'connectWorkerFailed',
      { status: 302 },
    ],
    ['answers something else', answerWith(200, '<html>'), 'connectWorkerFailed', { status: 200 }],
    ['answers without end', answerWith(200, ' '.repeat(9 * 1_024 * 1_024)), 'connectWorkerFailed', { status: 200 }],
    ['hangs up', (response) => response.destroy(), 'connectWorkerUnreachable', { detail: 'UND_ERR_SOCKET' }],
  ])('that %s is named, and what was known of it stays', async (_, answer, code, facts) => {
    const [first, second] = await readTwice(well, answer)
    expect(first?.known).toEqual([REJECTS])
    expect(second?.known).toEqual([REJECTS])
    const { host } = second ?? { host: '' }
    expect(second?.fact.faults).toEqual([
      {
        subject: { type: 'connect', name: `${host}/connect` },
        fault: { code, facts: { address: `${host}/connect`, ...facts } },
      },
    ])
  })

  it('forgets a queue that no connector names any more', async () => {
    const [, second] = await readTwice(well, answerWith(200, '{}'))
    expect(second?.known).toEqual([])
  })

  it('that does not answer does not hold a poll that is over', async () => {
    const stop = new AbortController()
    const started = createServer(() => stop.abort())
    server = started
    await new Promise<void>((done) => started.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(started.address() as AddressInfo).port}`
    const book = new FactBook({ connect: null })
    await new ConnectReader([{ url, username: null, password: null }], null).read(stop.signal, book, 0)
    expect(book.list()[0]?.faults[0]?.fault.code).toBe('connectWorkerUnreachable')
  })
})
