/** What receivers were told, and what a person has sent again. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DeliveryChange } from '../../lib/outbox/delivery.ts'
import { createOutbox, enqueue } from '../../lib/outbox/outbox.ts'
import { HOUR_MS } from '../../lib/units.ts'
import { aReceiver, aReportNotification } from '../builders/notifications.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'
import { documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

let app: TestConsole
let id: string
let woken: number
beforeEach(async () => {
  app = await openConsole()
  woken = 0
  app.services.replays.wake = () => {
    woken += 1
  }
  const told = ['hook', 'mail'].map((receiverId, index) => {
    return { receiverId, source: `r-${index}`, sequence: 0, notification: aReportNotification() }
  })
  await app.database.transaction((tx) => enqueue(tx, told, NOW_MS))
  id = (await app.services.outbox.list()).find(({ receiverId }) => receiverId === 'hook')?.id ?? ''
})
afterEach(() => app.close())

const iso = (atMs: number): string => new Date(atMs).toISOString()
const ATTEMPT = { atMs: NOW_MS + 5, code: 'connectionRefused', facts: { host: 'h', port: 9 }, latencyMs: 3 }

const WAITS: DeliveryChange = { state: 'waiting', nextAttemptAtMs: NOW_MS + HOUR_MS, tries: 1 }
const REFUSED: DeliveryChange = { state: 'refused', nextAttemptAtMs: null, tries: 1 }

/** As the worker notes it. */
async function failed(change = WAITS): Promise<void> {
  const { delivery } = await app.services.outbox.get(id)
  await createOutbox(app.database).note(delivery, ATTEMPT, change)
}

describe('deliveries', () => {
  test('are listed with what became of the last attempt, in the reader’s words', async () => {
    await failed()
    const document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
    const list = await readChecked(app, document, '/api/v1/deliveries', '/api/v1/deliveries')
    expect(list).toMatchObject({ total: 2, asOf: iso(NOW_MS) })
    const one = list.items.find((item: { id: string }) => item.id === id)
    const last = {
      ...{ at: iso(NOW_MS + 5), code: 'connectionRefused', message: 'Nobody listens at h:9.', facts: ATTEMPT.facts },
      ...{ fix: 'Start the receiver, or correct host and port.', latencyMs: 3 },
    }
    expect(one).toEqual({
      ...{ id, receiverId: 'hook', kind: 'report', source: 'r-0', state: 'waiting', attempts: 1, last },
      ...{ alerts: 0, alertId: null },
      ...{ createdAt: iso(NOW_MS), nextAttemptAt: iso(NOW_MS + HOUR_MS) },
    })
    expect(list.items.find((item: { id: string }) => item.id !== id)).toMatchObject({ attempts: 0, last: null })
    const path = '/api/v1/deliveries/{delivery}'
    const whole = await readChecked(app, document, `/api/v1/deliveries/${id}`, path)
    expect(whole).toEqual({ ...one, alertIds: [], log: [last] })
    const zh = await app.call('GET', `/api/v1/deliveries/${id}`, { headers: { 'accept-language': 'zh' } })
    expect(zh.json.log[0].message).toMatch(/\p{Script=Han}/u)
  })

  test('that wait and that failed are counted for Prometheus, for each receiver that there is', async () => {
    for (const name of ['hook', 'idle']) {
      const { status } = await app.call('POST', '/api/v1/receivers', {
        body: aReceiver('slack', { id: name }),
      })
      expect(status).toBe(201)
    }
    const gauges = async (): Promise<string[]> =>
      (await app.call('GET', '/metrics')).text.split('\n').filter((line) => /^holdfast_receiver/.test(line))
    const [ofHook, ofIdle] = ['{receiver="hook"}', '{receiver="idle"}']
    const idle = (kind: string): string => `holdfast_receiver_${kind}${ofIdle} 0`
    app.services.now = () => NOW_MS + 90_000
    expect(await gauges()).toEqual([
      ...[`holdfast_receiver_waiting_deliveries${ofHook} 1`, idle('waiting_deliveries')],
      ...[`holdfast_receiver_waiting_seconds${ofHook} 90`, idle('waiting_seconds')],
      ...[`holdfast_receiver_failed_deliveries${ofHook} 0`, idle('failed_deliveries')],
    ])
    await failed(REFUSED)
    expect(await gauges()).toEqual([
      ...[`holdfast_receiver_waiting_deliveries${ofHook} 0`, idle('waiting_deliveries')],
      ...[`holdfast_receiver_waiting_seconds${ofHook} 0`, idle('waiting_seconds')],
      ...[`holdfast_receiver_failed_deliveries${ofHook} 1`, idle('failed_deliveries')],
    ])
  })

  test('are filtered and sorted by every field, both ways', async () => {
    await failed()
    const idsOf = async (query: string): Promise<string[]> =>
      (await app.call('GET', `/api/v1/deliveries?${query}`)).json.items.map((item: { id: string }) => item.id)
    for (const filter of ['receiver%3Ahook', 'code%3AconnectionRefused', 'attempts%3E0', 'source%3Ar-0']) {
      expect(await idsOf(`q=${filter}`), filter).toEqual([id])
    }
    const fields = ['id', 'receiverId', 'kind', 'source', 'state', 'createdAt', 'nextAttemptAt', 'attempts']
    for (const field of [...fields, 'lastAt', 'code', 'latencyMs']) {
      expect((await idsOf(`sort=${field}`)).sort()).toEqual((await idsOf(`sort=-${field}`)).sort())
    }
    expect((await app.call('GET', '/api/v1/deliveries?sort=payload')).status).toBe(400)
  })
})

describe('sending again', () => {
  test('starts anew under the same id, wakes the worker and is written down', async () => {
    await failed(REFUSED)
    app.setNow(NOW_MS + 60_000)
    const { status, json } = await app.call('POST', `/api/v1/deliveries/${id}/resend`)
    expect([status, json]).toMatchObject([
      202,
      { id, state: 'waiting', nextAttemptAt: iso(NOW_MS + 60_000), attempts: 1 },
    ])
    expect(woken).toBe(1)
    const [entry] = (await app.call('GET', '/api/v1/audit')).json.items
    expect(entry).toMatchObject({ action: 'delivery.resend', target: id, detail: { receiver: 'hook', source: 'r-0' } })
  })

  test('does not wait for the next attempt, and has no more retries than before', async () => {
    await failed()
    app.setNow(NOW_MS + 60_000)
    const { status, json } = await app.call('POST', `/api/v1/deliveries/${id}/resend`)
    const now = { id, state: 'waiting', nextAttemptAt: iso(NOW_MS + 60_000), attempts: 1 }
    expect([status, json]).toMatchObject([202, now])
    const { delivery } = await app.services.outbox.get(id)
    expect([delivery.tries, delivery.triedSinceMs]).toEqual([1, NOW_MS])
    expect(woken).toBe(1)
  })

  test('is for what failed, whose end was not told meanwhile', async () => {
    const again = (locale: string): Promise<Answer> =>
      app.call('POST', `/api/v1/deliveries/${id}/resend`, { headers: { 'accept-language': locale } })
    const waiting = await again('en')
    expect([waiting.status, waiting.json.code]).toEqual([409, 'delivery_not_failed'])
    expect(waiting.json.detail).toContain('still waits')
    await failed(REFUSED)
    const end = { receiverId: 'hook', source: 'r-0', sequence: 1, notification: aReportNotification() }
    await app.database.transaction((tx) => enqueue(tx, [end], NOW_MS))
    await app.database.client.delivery.updateMany({ where: { sequence: 1 }, data: { state: 'delivered' } })
    const overtaken = await again('zh')
    expect([overtaken.status, overtaken.json.code]).toEqual([409, 'delivery_overtaken'])
    expect(overtaken.json.detail).toMatch(/\p{Script=Han}/u)
    expect(woken).toBe(0)
  })

  test('is for admins, and for what there is', async () => {
    expect((await app.call('POST', `/api/v1/deliveries/${id}/resend`, { token: APPROVER })).status).toBe(403)
    expect((await app.call('GET', '/api/v1/deliveries', { token: APPROVER })).status).toBe(200)
    for (const path of ['/api/v1/deliveries/d-none', '/api/v1/deliveries/d-none/resend']) {
      const answer = await app.call(path.endsWith('resend') ? 'POST' : 'GET', path)
      expect([answer.status, answer.json.code]).toEqual([404, 'delivery_not_found'])
    }
    expect(woken).toBe(0)
  })
})
