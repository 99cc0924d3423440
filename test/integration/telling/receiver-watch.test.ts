/** A receiver that takes nothing: the others hear of it once, and of its end, whichever of them is told. */
import { expect, test } from 'vitest'
import type { Receiver } from '../../../lib/config/receivers.ts'
import type { Database } from '../../../lib/db.ts'
import type { ReceiverNotification } from '../../../lib/outbox/notification.ts'
import { createOutbox, enqueue } from '../../../lib/outbox/outbox.ts'
import { ReceiverWatch } from '../../../lib/telling/receiver-watch.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { aReceiver, aReportNotification } from '../../builders/notifications.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { startHttpReceiver } from '../../servers/http-receiver.ts'
import { onBothDatabases } from '../db/databases.ts'
import { delivererTo } from '../outbox/deliverer-of.ts'
import { aRoute } from './telling-lab.ts'

const FIVE = [
  aReceiver('webhook', { id: 'hook' }),
  aReceiver('slack', { id: 'chat' }),
  aReceiver('email', { id: 'mail' }),
  aReceiver('alertmanager', { id: 'am' }),
  aReceiver('webhook', { id: 'bridge', format: 'alertmanager', secret: undefined }),
]
const EVERYBODY = [aRoute()]

class Lab {
  nowMs = NOW_MS
  receivers: readonly Receiver[] = FIVE
  unreadable: string[] = []
  readonly database: Database
  #sequence = 0

  constructor(database: Database) {
    this.database = database
  }

  watch(routes = EVERYBODY): ReceiverWatch {
    const receivers = {
      list: async () => this.receivers.map((receiver) => ({ receiver })),
      find: async (id: string) =>
        this.unreadable.includes(id) ? 'unreadable' : (this.receivers.find((receiver) => receiver.id === id) ?? null),
    }
    return new ReceiverWatch({ database: this.database, routes, receivers, now: () => this.nowMs })
  }

  /** Something is sent to it, and comes to this. */
  async send(receiverId: string, code: string, state: 'delivered' | 'refused' | 'waiting'): Promise<void> {
    this.#sequence += 1
    const outbox = createOutbox(this.database)
    const source = `s-${this.#sequence}`
    const one = { receiverId, source, sequence: 0, notification: aReportNotification() }
    await this.database.transaction((tx) => enqueue(tx, [one], this.nowMs))
    const delivery = (await outbox.list()).find((each) => each.source === source)
    if (delivery === undefined) throw new Error('nothing was put into the outbox')
    const nextAttemptAtMs = state === 'waiting' ? this.nowMs + HOUR_MS : null
    const attempt = { atMs: this.nowMs, code, facts: { status: 410 }, latencyMs: 1 }
    await outbox.note(delivery, attempt, { state, nextAttemptAtMs, tries: 1 })
  }

  /** As `mail: chat gone`, `mail: chat works`, in the order of the receivers. */
  async told(): Promise<string[]> {
    const outbox = createOutbox(this.database)
    const notices = (await outbox.due(this.nowMs + HOUR_MS)).flatMap(({ delivery, notification }) =>
      notification.kind === 'receiver' ? [{ delivery, notification }] : [],
    )
    const say = ({ endedAtMs, isRemoved, receiverId, code }: ReceiverNotification): string =>
      `${receiverId} ${endedAtMs === null ? code : isRemoved ? 'removed' : 'works'}`
    for (const { delivery } of notices) {
      const attempt = { atMs: this.nowMs, code: 'delivered', facts: {}, latencyMs: 1 }
      await outbox.note(delivery, attempt, { state: 'delivered', nextAttemptAtMs: null, tries: 1 })
    }
    return notices.map(({ delivery, notification }) => `${delivery.receiverId}: ${say(notification)}`).sort()
  }
}

onBothDatabases('of a receiver that takes nothing', ({ open }) => {
  test('those hear that can, once, and of the end those who heard of the beginning', async () => {
    const lab = new Lab(await open())
    const watch = lab.watch()
    await lab.send('chat', 'delivered', 'delivered')
    await watch.look()
    lab.nowMs += MINUTE_MS
    await lab.send('chat', 'gone', 'refused')
    await Promise.all([watch.look(), lab.watch().look()])
    await watch.look()
    expect(await lab.told()).toEqual(['hook: chat gone', 'mail: chat gone'])
    lab.nowMs += MINUTE_MS
    await lab.send('chat', 'gone', 'refused')
    await watch.look()
    expect(await lab.told()).toEqual([])
    lab.receivers = [...FIVE, aReceiver('email', { id: 'new' })]
    lab.nowMs += MINUTE_MS
    await lab.send('chat', 'delivered', 'delivered')
    await watch.look()
    await watch.look()
    expect(await lab.told()).toEqual(['hook: chat works', 'mail: chat works'])
    // The next time it is another matter.
    lab.nowMs += MINUTE_MS
    await lab.send('chat', 'gone', 'refused')
    await watch.look()
    expect(await lab.told()).toEqual(['hook: chat gone', 'mail: chat gone', 'new: chat gone'])
  })

  test('nobody hears before it was tried for ten minutes, nor of what one message came to', async () => {
    const lab = new Lab(await open())
    await lab.send('chat', 'connectionRefused', 'waiting')
    await lab.send('mail', 'contentRefused', 'refused')
    await lab.send('hook', 'delivered', 'delivered')
    lab.nowMs += 10 * MINUTE_MS - 1
    await lab.watch().look()
    expect(await lab.told()).toEqual([])
    lab.nowMs += 1
    await lab.watch().look()
    expect(await lab.told()).toEqual(['hook: chat connectionRefused', 'mail: chat connectionRefused'])
  })

  test('those hear whom the routes name, unless none of them works', async () => {
    const lab = new Lab(await open())
    const routes = [
      aRoute({ match: { severity: ['critical'] }, receivers: ['hook'] }),
      aRoute({ match: { code: ['receiver.*'] }, receivers: ['mail', 'chat'] }),
    ]
    await lab.send('chat', 'gone', 'refused')
    await lab.watch(routes).look()
    expect(await lab.told()).toEqual(['mail: chat gone'])
    lab.nowMs += MINUTE_MS
    await lab.send('mail', 'mailSignInRefused', 'refused')
    await lab.watch(routes).look()
    expect(await lab.told()).toEqual(['hook: mail mailSignInRefused'])
  })

  test('somebody hears as soon as there is somebody', async () => {
    const lab = new Lab(await open())
    lab.receivers = FIVE.slice(1, 2)
    await lab.send('chat', 'gone', 'refused')
    await lab.watch().look()
    expect(await lab.told()).toEqual([])
    lab.receivers = FIVE.slice(0, 2)
    await lab.watch().look()
    expect(await lab.told()).toEqual(['hook: chat gone'])
    lab.receivers = FIVE.slice(0, 1)
    // Encrypted with another secret, it is there and takes nothing.
    lab.unreadable = ['chat']
    await lab.watch().look()
    expect(await lab.told()).toEqual([])
    lab.unreadable = []
    await lab.watch().look()
    expect(await lab.told()).toEqual(['hook: chat removed'])
  })

  test('a real one that answers 410 is told to another real one, signed like all', async () => {
    const [gone, other] = [await startHttpReceiver(), await startHttpReceiver()]
    try {
      gone.answer = (response) => void response.writeHead(410).end()
      const lab = new Lab(await open())
      lab.receivers = [
        aReceiver('webhook', { id: 'gone', url: gone.url }),
        aReceiver('webhook', { id: 'other', url: other.url }),
      ]
      const one = { receiverId: 'gone', source: 'r', sequence: 0, notification: aReportNotification() }
      await lab.database.transaction((tx) => enqueue(tx, [one], lab.nowMs))
      for (let turn = 0; turn < 2; turn += 1) {
        const deliverer = delivererTo(lab.database, lab.receivers, () => lab.nowMs)
        await deliverer.step(new AbortController().signal)
        await deliverer.end()
        await lab.watch().look()
      }
      const [told, ...more] = other.received
      expect(more).toEqual([])
      const { type, data } = JSON.parse(told?.body ?? '')
      expect([type, data.receiverId, data.code, data.endedAt]).toEqual(['receiver.failing', 'gone', 'gone', null])
      expect(data.title).toBe('[Holdfast] The receiver gone takes no messages')
      expect(data.summary.join(' ')).toContain('its address was revoked')
      expect(told?.headers['webhook-signature']).toMatch(/^v1,/)
    } finally {
      await Promise.all([gone.close(), other.close()])
    }
  })
})
