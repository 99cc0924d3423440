/** Reports that are made and delivered, whoever dies between: each arrives at least once, always under the same id. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import type { Delivery } from '../../../lib/outbox/delivery.ts'
import { createOutbox, enqueue } from '../../../lib/outbox/outbox.ts'
import { makeDueReports, makeReport } from '../../../lib/reports/make-report.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { aReportNotification } from '../../builders/notifications.ts'
import { type HttpReceiver, startHttpReceiver } from '../../servers/http-receiver.ts'
import { onBothDatabases } from '../db/databases.ts'
import { reportMaker } from '../reports/report-maker.ts'
import { delivererOf, SETTINGS } from './deliverer-of.ts'

const MIDNIGHT = Date.UTC(2026, 0, 5)
const NEVER = new AbortController().signal

let receiver: HttpReceiver
beforeEach(async () => {
  receiver = await startHttpReceiver()
})
afterEach(() => receiver.close())

/** The newest report of the schedule is that of this day, so that the next day is due a day later. */
async function watchedSince(database: Database, atMs: number): Promise<void> {
  const data = { clusterId: 'live', kind: 'x', revision: 0, dictionary: new Uint8Array(), entityCount: 0 }
  await database.client.historyShard.create({ data: { ...data, createdAtMs: BigInt(atMs) } })
}

async function deliverAll(database: Database, nowMs: number, signal = NEVER): Promise<Delivery[]> {
  const deliverer = delivererOf(database, receiver.url, () => nowMs)
  await deliverer.step(signal)
  await deliverer.end()
  return createOutbox(database).list()
}

const idsOf = ({ received }: HttpReceiver): string[] => received.map(({ headers }) => String(headers['webhook-id']))

onBothDatabases('a report of the schedule', ({ open, createUrl }) => {
  test('is delivered to each receiver once, and one that a person asked for to nobody', async () => {
    const database = await open()
    await watchedSince(database, MIDNIGHT - 1)
    const maker = reportMaker(database, () => MIDNIGHT, 60, ['hook', 'hook', 'unknown'])
    await makeDueReports(maker, SETTINGS, NEVER)
    await makeReport(maker, { fromMs: MIDNIGHT - DAY_MS, toMs: MIDNIGHT }, 'ana')
    const ended = await deliverAll(database, MIDNIGHT)
    expect(ended.map(({ receiverId, state, last }) => [receiverId, state, last?.code]).sort()).toEqual([
      ['hook', 'delivered', 'delivered'],
      ['unknown', 'refused', 'receiverGone'],
    ])
    await deliverAll(database, MIDNIGHT + DAY_MS)
    const [scheduled] = (await maker.store.list()).filter(({ schedule }) => schedule !== null)
    expect(receiver.received).toHaveLength(1)
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({
      ...{ type: 'report.made', data: { id: scheduled?.id, schedule: 'daily', level: 'unknown' } },
    })
  })

  test('is tried again under its id while the receiver is down, and arrives when it is back', async () => {
    const database = await open()
    await database.transaction((tx) => {
      const told = { receiverId: 'hook', source: 'r-1', sequence: 0, notification: aReportNotification() }
      return enqueue(tx, [told], MIDNIGHT)
    })
    receiver.answer = (response) => void response.writeHead(503).end()
    let nowMs = MIDNIGHT
    for (const pauseMs of [5 * SECOND_MS, 15 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS]) {
      const [delivery] = await deliverAll(database, nowMs)
      expect(delivery).toMatchObject({ state: 'waiting', nextAttemptAtMs: nowMs + pauseMs })
      expect(delivery?.last).toMatchObject({ code: 'serverFailed', facts: { status: 503 } })
      nowMs += pauseMs
    }
    receiver.answer = (response) => void response.end()
    const [delivery] = await deliverAll(database, nowMs)
    expect(delivery).toMatchObject({ state: 'delivered', attempts: 5 })
    expect(idsOf(receiver)).toEqual(Array.from({ length: 5 }, () => delivery?.id))
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  })

  test('of a receiver that is slow keeps no other one waiting, and is taken up again after a stop', async () => {
    const database = await open()
    await database.transaction((tx) =>
      enqueue(
        tx,
        ['hook', 'unknown'].map((receiverId) => {
          return { receiverId, source: 'r-1', sequence: 0, notification: aReportNotification() }
        }),
        MIDNIGHT,
      ),
    )
    const stop = new AbortController()
    receiver.answer = () => undefined
    const deliverer = delivererOf(database, receiver.url, () => MIDNIGHT)
    await deliverer.step(stop.signal)
    const outbox = createOutbox(database)
    const stateOf = async (id: string): Promise<unknown> =>
      (await outbox.list()).find(({ receiverId }) => receiverId === id)?.state
    await expect.poll(() => stateOf('unknown')).toBe('refused')
    await expect.poll(() => receiver.received.length).toBe(1)
    // Looked at again meanwhile, it is not begun twice.
    await deliverer.step(stop.signal)
    stop.abort(new Error('the worker stops'))
    await deliverer.end()
    expect((await outbox.list()).find(({ receiverId }) => receiverId === 'hook')).toMatchObject({
      ...{ state: 'waiting', attempts: 0 },
    })
    receiver.answer = (response) => void response.end()
    await deliverAll(database, MIDNIGHT)
    expect(new Set(idsOf(receiver)).size).toBe(1)
    expect(await stateOf('hook')).toBe('delivered')
  })

  test('arrives at least once, under one id, whoever is killed between making and delivering it', async () => {
    const url = await createUrl()
    const database = await open(url)
    await watchedSince(database, MIDNIGHT)
    const store = reportMaker(database, () => MIDNIGHT).store
    const newestMs = async (): Promise<number> => (await store.newestScheduled())?.toMs ?? MIDNIGHT
    // As the receiver has it in hand, and at any time.
    for (let kill = 0; kill < 10; kill += 1) await deliverAndKill(url, await newestMs(), kill)
    receiver.answer = (response) => void response.end()
    const endMs = (await newestMs()) + 2 * DAY_MS
    let deliveries = await deliverAll(database, endMs)
    while (await createOutbox(database).hasDue(endMs)) deliveries = await deliverAll(database, endMs)
    const reports = (await store.list()).map(({ id }) => id).sort()
    expect(reports.length).toBeGreaterThan(10)
    expect(deliveries.map(({ source }) => source).sort()).toEqual(reports)
    expect(deliveries.filter(({ state }) => state !== 'delivered')).toEqual([])
    const told = new Map<string, Set<string>>()
    for (const { headers, body } of receiver.received) {
      const report = JSON.parse(body).data.id
      told.set(report, (told.get(report) ?? new Set()).add(String(headers['webhook-id'])))
    }
    expect([...told.keys()].sort()).toEqual(reports)
    for (const { id, source } of deliveries) expect([...(told.get(source) ?? [])]).toEqual([id])
    // Some were in the receiver's hands when their sender died: those came twice.
    expect(receiver.received.length).toBeGreaterThan(reports.length)
  }, 120_000)
})

/** Half of them in the middle of a request, after some that went well. */
async function deliverAndKill(url: string, fromMs: number, kill: number): Promise<void> {
  const program = fileURLToPath(new URL('./deliver-until-killed.ts', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [program, url, receiver.url, String(fromMs)], {
    stdio: 'inherit',
  })
  const exited = once(child, 'exit')
  let taken = 0
  receiver.answer = (response) => {
    taken += 1
    if (taken <= 1 + (kill % 3)) response.end()
    else if (kill % 2 === 0) child.kill('SIGKILL')
    else setTimeout(() => child.kill('SIGKILL'), kill * 3)
  }
  await exited
}
