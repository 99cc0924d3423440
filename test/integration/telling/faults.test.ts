/** What goes wrong at receivers and at the database: the alert arrives all the same, under the id that it had from the start. */
import { mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AlertWatch } from '../../../lib/collector/alert-watch.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import type { Delivery } from '../../../lib/outbox/delivery.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { aReceiver } from '../../builders/notifications.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { type HttpReceiver, startHttpReceiver } from '../../servers/http-receiver.ts'
import { startPostgres, type TestPostgres } from '../../servers/postgres.ts'
import { noted, seededPoll } from '../alerting/seeded-polls.ts'
import { aRoute, TellingLab, wordsOf } from './telling-lab.ts'

const ENDED = { state: 'resolved', endedAtMs: NOW_MS, endReason: 'cleared' } as const
const AT_ONCE = [aRoute({ groupWaitMs: 0, groupIntervalMs: 0, repeatMs: null })]

const folder = mkdtempSync(join(tmpdir(), 'holdfast-telling-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let database: Database
let other: HttpReceiver
let lab: TellingLab
let databases = 0
beforeEach(async () => {
  databases += 1
  database = await openDatabase(`file:${join(folder, `${databases}.db`)}`)
  other = await startHttpReceiver()
  lab = new TellingLab(database, {
    receivers: [aReceiver('webhook', { id: 'other', url: other.url })],
    routes: AT_ONCE,
  })
})
afterEach(async () => {
  await database.close()
  await other.close()
})

const to = async (receiverId: string): Promise<Delivery[]> =>
  (await lab.outbox.list()).filter((delivery) => delivery.receiverId === receiverId).reverse()

/** The virtual hour: whenever the next attempt is due. @returns when each was made, from the start */
async function anHour(): Promise<number[]> {
  const made: number[] = []
  const untilMs = NOW_MS + HOUR_MS
  while (lab.nowMs < untilMs) {
    await lab.work()
    made.push((lab.nowMs - NOW_MS) / SECOND_MS)
    const next = (await to('faulty'))[0]?.nextAttemptAtMs
    lab.nowMs = Math.max(lab.nowMs + SECOND_MS, Math.min(next ?? untilMs, untilMs))
  }
  return made
}

async function faulty(over: object, type: 'webhook' | 'dingtalk' = 'webhook'): Promise<void> {
  lab.receivers.push(aReceiver(type, { id: 'faulty', ...over }))
}

describe('a receiver', () => {
  let receiver: HttpReceiver
  beforeEach(async () => {
    receiver = await startHttpReceiver()
  })
  afterEach(() => receiver.close())

  /** Told, nothing for an hour, the end, and then it is mended. @returns codes of the failed attempts */
  async function outlast(mend: () => Promise<void> | void): Promise<string[]> {
    await lab.change('raised', {})
    await anHour()
    const [waiting] = await to('faulty')
    expect(waiting).toMatchObject({ state: 'waiting' })
    await lab.change('cleared', ENDED)
    await lab.work()
    // Whoever else is told waits for nobody.
    expect(other.received.map(({ body }) => wordsOf(body))).toEqual(['firing alert-1', 'resolved alert-1'])
    await mend()
    lab.nowMs += HOUR_MS
    for (let look = 0; look < 3; look += 1) await lab.work()
    const [begun, ended] = await to('faulty')
    expect([begun, ended]).toMatchObject([
      { id: waiting?.id, state: 'delivered', source: ended?.source },
      { state: 'delivered', attempts: 1 },
    ])
    const { log } = await lab.outbox.get(begun?.id ?? '')
    return log.slice(1).map(({ code }) => code)
  }

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['answers 500', (response) => void response.writeHead(500).end(), 'serverFailed'],
    ['closes the connection', (response) => void response.destroy(), 'connectionClosed'],
    [
      'asks to be left alone',
      (response) => void response.writeHead(429, { 'retry-after': '1200' }).end(),
      'rateLimited',
    ],
  ])('that %s for an hour', async (_name, answer, code) => {
    await faulty({ url: receiver.url })
    receiver.answer = answer
    const codes = await outlast(() => {
      receiver.answer = (response) => void response.end()
    })
    expect(codes.length).toBeGreaterThan(2)
    expect(new Set(codes)).toEqual(new Set([code]))
    const [first] = receiver.received
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(ids.slice(0, -1).every((id) => id === first?.headers['webhook-id'])).toBe(true)
    expect(receiver.received.slice(-2).map(({ body }) => wordsOf(body))).toEqual(['firing alert-1', 'resolved alert-1'])
  })

  test('that asks to be left alone is', async () => {
    await faulty({ url: receiver.url })
    receiver.answer = (response) => void response.writeHead(429, { 'retry-after': '1200' }).end()
    await lab.change('raised', {})
    expect(await anHour()).toEqual([0, 1_200, 2_400])
  })

  test('that nobody runs for an hour is tried soon, and then each hour', async () => {
    await receiver.close()
    await faulty({ url: receiver.url })
    await lab.change('raised', {})
    expect(await anHour()).toEqual([0, 5, 20, 80, 380])
    const [delivery] = await to('faulty')
    expect(delivery).toMatchObject({ state: 'waiting', last: { code: 'connectionRefused' } })
  })

  test('with a wrong certificate', async () => {
    const stranger = await startHttpReceiver('other')
    try {
      await faulty({ url: stranger.url })
      const codes = await outlast(() => {
        lab.receivers.pop()
        return faulty({ url: receiver.url })
      })
      expect(new Set(codes)).toEqual(new Set(['tlsUntrusted']))
      expect(stranger.received).toEqual([])
      expect(receiver.received.map(({ body }) => wordsOf(body))).toEqual(['firing alert-1', 'resolved alert-1'])
    } finally {
      await stranger.close()
    }
  })

  test('that answers 200 with an error of its vendor', async () => {
    await faulty({ url: receiver.url, secret: null }, 'dingtalk')
    receiver.answer = (response) => void response.end('{"errcode":130101,"errmsg":"too fast"}')
    const codes = await outlast(() => {
      receiver.answer = (response) => void response.end('{"errcode":0,"errmsg":"ok"}')
    })
    expect(codes.length).toBeGreaterThan(2)
  })

  test('that never answers keeps nobody waiting, and is tried again', async () => {
    await faulty({ url: receiver.url })
    receiver.answer = () => undefined
    // Which of them is begun with is chance: it is hardly behind all of these.
    for (let more = 1; more < 10; more += 1) {
      lab.receivers.push(aReceiver('webhook', { id: `other-${more}`, url: other.url }))
    }
    await lab.change('raised', {})
    const working = lab.work()
    await expect.poll(() => other.received.length, { timeout: 5_000 }).toBe(10)
    expect(await to('faulty')).toMatchObject([{ attempts: 0 }])
    await working
    expect(await to('faulty')).toMatchObject([{ state: 'waiting', last: { code: 'answerTimeout' } }])
    receiver.answer = (response) => void response.end()
    await lab.pass(5)
    expect(await to('faulty')).toMatchObject([{ state: 'delivered', attempts: 2 }])
  }, 60_000)
})

describe('a database that is away for a minute', () => {
  let server: TestPostgres
  let stored: Database
  beforeAll(async () => {
    server = await startPostgres()
    stored = await openDatabase(await server.createDatabase())
  })
  afterAll(async () => {
    await stored?.close()
    await server?.stop()
  })

  test('loses nothing, and nothing is told twice', async () => {
    lab = new TellingLab(stored, {
      receivers: [aReceiver('webhook', { id: 'other', url: other.url })],
      routes: AT_ONCE,
    })
    const watch = new AlertWatch({
      ...{ clusterId: 'c', intervalMs: 15 * SECOND_MS, store: lab.store },
      ...{ losses: { list: async () => [] }, history: { read: async () => [] } },
    })
    /** @returns whether it was stored */
    const poll = async (number: number, findings = seededPoll(number).findings): Promise<boolean> => {
      const observation = { ...seededPoll(number), findings }
      lab.nowMs = observation.atMs
      return watch.note(noted(observation)).then(
        () => true,
        () => false,
      )
    }
    expect(await poll(0)).toBe(true)
    await lab.work()
    const before = other.received.length
    expect(before).toBeGreaterThan(10)
    await server.crashDuring(async () => {
      for (const number of [4, 5, 6, 7]) {
        expect(await poll(number)).toBe(false)
        await expect(lab.work()).rejects.toThrow()
      }
    })
    expect(other.received).toHaveLength(before)
    expect(await poll(8)).toBe(true)
    expect(await poll(40, [])).toBe(true)
    lab.nowMs += 30 * MINUTE_MS
    for (let look = 0; look < 20; look += 1) await lab.work()
    for (const alert of await lab.store.list(0)) {
      const isToBeTold = (await lab.store.transitions(alert.id)).some(
        ({ to, isInhibited }) => to === 'firing' && !isInhibited,
      )
      const heard = other.received.map(({ body }) => wordsOf(body)).filter((words) => words.endsWith(` ${alert.id}`))
      const wanted = [`firing ${alert.id}`, ...(alert.state === 'resolved' ? [`resolved ${alert.id}`] : [])]
      expect(heard, alert.id).toEqual(isToBeTold ? wanted : [])
    }
  }, 120_000)
})
