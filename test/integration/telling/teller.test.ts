/** From a change of an alert to the request at a real receiver. */
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Alert } from '../../../lib/alerts/alert.ts'
import type { Database } from '../../../lib/db.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { aReceiver, WEBHOOK_SECRET } from '../../builders/notifications.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { type HttpReceiver, startHttpReceiver } from '../../servers/http-receiver.ts'
import { onBothDatabases } from '../db/databases.ts'
import { aRoute, TellingLab, type TellingLabOptions, wordsOf } from './telling-lab.ts'

let hook: HttpReceiver
let chat: HttpReceiver
beforeEach(async () => {
  ;[hook, chat] = await Promise.all([startHttpReceiver(), startHttpReceiver()])
  // As Slack does.
  chat.answer = (response) => void response.end('ok')
})
afterEach(() => Promise.all([hook.close(), chat.close()]))

const ENDED = { state: 'resolved', endedAtMs: NOW_MS, endReason: 'cleared' } as const
const at = (id: string, over: Partial<Alert> = {}): Partial<Alert> => ({
  ...{ id, subject: { type: 'topic', name: id, part: null } as const },
  ...over,
})
const told = (): string[] => hook.received.map(({ body }) => wordsOf(body))
const titles = (): string[] => chat.received.map(({ body }) => JSON.parse(body).blocks[0].text.text)

function aLab(database: Database, over: Partial<TellingLabOptions> = {}): TellingLab {
  const receivers = [
    aReceiver('webhook', { id: 'hook', url: hook.url, secret: WEBHOOK_SECRET }),
    aReceiver('slack', { id: 'chat', url: chat.url }),
  ]
  return new TellingLab(database, { receivers, ...over })
}

onBothDatabases('what is told of alerts', ({ open }) => {
  test('goes to a program at once, signed, and to people after the wait, together', async () => {
    const lab = aLab(await open())
    await lab.change('raised', at('a'), at('pay'))
    expect(await lab.outbox.list()).toMatchObject([{ receiverId: 'hook' }, { receiverId: 'hook' }])
    await lab.work()
    expect(told().sort()).toEqual(['firing a', 'firing pay'])
    for (const { body, headers } of hook.received) {
      const asSeen = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
      // Its time is that of the test, which the package compares with its own.
      expect(new Webhook(WEBHOOK_SECRET).sign(asSeen['webhook-id'] ?? '', new Date(lab.nowMs), body)).toBe(
        asSeen['webhook-signature'],
      )
    }
    expect(JSON.parse(hook.received.find(({ body }) => body.includes('"pay"'))?.body ?? '')).toMatchObject({
      data: { ruleCode: 'partition.offline', severity: 'high', clusterId: 'c', labels: { team: 'payments' } },
    })
    await lab.pass(9)
    expect(titles()).toEqual([])
    await lab.pass(1)
    expect(titles()).toEqual(['[Holdfast] 2 alerts firing (high): Partition without a leader'])
    await lab.change('cleared', at('a', ENDED))
    await lab.pass(70)
    expect(told().slice(2)).toEqual(['resolved a'])
    expect(titles().slice(1)).toEqual(['[Holdfast] 1 alert firing (high), 1 resolved: Partition without a leader'])
  })

  test('is known of each alert, and of a message that names it', async () => {
    const lab = aLab(await open())
    await lab.change('raised', at('a'), at('b'))
    await lab.pass(10)
    const [hooked, chatted] = await lab.outbox.listOf('a')
    expect([hooked, chatted]).toMatchObject([
      { receiverId: 'hook', state: 'delivered' },
      { receiverId: 'chat', state: 'delivered' },
    ])
    expect(await lab.outbox.listOf('b')).toContainEqual(chatted)
    expect(await lab.outbox.listOf('b')).not.toContainEqual(hooked)
  })

  test('is stored with the change, or not at all', async () => {
    const lab = aLab(await open())
    lab.teller.prepare = async () => async () => {
      throw new Error('the disk is full')
    }
    await expect(lab.change('raised', at('a'))).rejects.toThrow('the disk is full')
    expect(await lab.store.list(0)).toEqual([])
  })

  test('is nothing where there are no receivers, and told when there are', async () => {
    const lab = aLab(await open(), { receivers: [] })
    await lab.change('raised', at('a'))
    expect(await lab.database.client.alertTelling.count()).toBe(0)
    lab.receivers.push(aReceiver('webhook', { id: 'hook', url: hook.url }))
    await lab.work()
    expect(told()).toEqual(['firing a'])
  })

  test('begins again with the next episode, after the end of the one before, however late that arrives', async () => {
    const lab = aLab(await open(), { routes: [aRoute({ receivers: ['hook'] })] })
    const place = { subject: { type: 'topic', name: 'a', part: null } } as const
    await lab.change('raised', { ...place, id: 'first' })
    await lab.work()
    hook.answer = (response) => void response.writeHead(503).end()
    await lab.change('cleared', { ...place, id: 'first', ...ENDED })
    await lab.work()
    await lab.change('raised', { ...place, id: 'second', episode: 2 })
    await lab.work()
    hook.answer = (response) => void response.end()
    await lab.pass(10)
    expect(told()).toEqual(['firing first', 'resolved first', 'resolved first', 'firing second'])
    const ids = hook.received.map(({ headers }) => headers['webhook-id'])
    expect([ids[1] === ids[2], new Set(ids).size]).toEqual([true, 3])
  })

  test('is held back by a silence, and told when that ends while it fires', async () => {
    const lab = aLab(await open())
    const pattern = { code: '*', cluster: 'c', subject: 'a', severity: null, reason: 'moving' }
    const { id } = await lab.silences.add({ ...pattern, fromAtMs: NOW_MS, untilAtMs: NOW_MS + HOUR_MS }, 'ana')
    await lab.change('raised', at('a'), at('b'))
    await lab.pass(30)
    expect(told()).toEqual(['firing b'])
    expect(titles()).toEqual(['[Holdfast] Firing (high): Partition without a leader'])
    await lab.silences.remove(id)
    await lab.pass(1)
    expect(told()).toEqual(['firing b', 'firing a'])
  })

  test('is held back until a silence is over, and not told when the alert has ended by then', async () => {
    const lab = aLab(await open(), { routes: [aRoute({ receivers: ['hook'] })] })
    const pattern = { code: '*', cluster: 'c', subject: '*', severity: null, reason: 'moving' }
    await lab.silences.add({ ...pattern, fromAtMs: NOW_MS, untilAtMs: NOW_MS + MINUTE_MS }, 'ana')
    await lab.change('raised', at('a'), at('b'))
    await lab.change('cleared', at('b', ENDED))
    await lab.pass(59)
    expect(told()).toEqual([])
    await lab.pass(1)
    expect(told()).toEqual(['firing a'])
  })

  test('is held back by a mute, and by a graver alert until that one has ended', async () => {
    const lab = aLab(await open(), { routes: [aRoute({ receivers: ['hook'] })] })
    const mute = { code: 'partition.offline', cluster: '*', subject: 'muted', reason: 'known' }
    await lab.mutes.add({ ...mute, untilAtMs: NOW_MS + HOUR_MS }, 'ana')
    await lab.change('raised', at('muted'), at('told by another', { inhibitedBy: 'x' }), at('a'))
    await lab.work()
    expect(told()).toEqual(['firing a'])
    await lab.change('inhibited', at('a', { inhibitedBy: 'x' }))
    await lab.change('released', at('told by another'))
    await lab.change('cleared', at('a', ENDED), at('muted', ENDED))
    await lab.work()
    expect(told()).toEqual(['firing a', 'firing told by another', 'resolved a'])
  })

  test('stops with an acknowledgement, but for the end', async () => {
    const repeated = aRoute({ receivers: ['hook'], repeatMs: MINUTE_MS })
    const lab = aLab(await open(), { routes: [repeated] })
    await lab.change('raised', at('a'))
    await lab.pass(61)
    await lab.store.acknowledge('a', { actor: 'ana', note: '', atMs: lab.nowMs })
    await lab.pass(130)
    await lab.change('cleared', at('a', ENDED))
    await lab.work()
    expect(told()).toEqual(['firing a', 'firing a', 'resolved a'])
    // A repeat is another message.
    expect(new Set(hook.received.map(({ headers }) => headers['webhook-id'])).size).toBe(3)
  })

  test('is acknowledged where that stops who is called next: once, behind the beginning and before the end', async () => {
    const receivers = [
      aReceiver('pagerduty', { id: 'pager', url: chat.url }),
      aReceiver('webhook', { id: 'hook', url: hook.url }),
    ]
    const lab = aLab(await open(), { receivers })
    const by = { actor: 'ana', note: 'on it', atMs: lab.nowMs }
    chat.answer = (response) => void response.writeHead(500).end()
    await lab.change('raised', at('a'), at('hidden', { inhibitedBy: 'x' }))
    await lab.work()
    expect(await lab.store.acknowledge('a', by)).toBe(true)
    expect(await lab.store.acknowledge('a', by)).toBe(false)
    // Nobody was told of it.
    expect(await lab.store.acknowledge('hidden', by)).toBe(true)
    await lab.work()
    chat.received.splice(0)
    chat.answer = (response) => void response.writeHead(202).end('{"status":"success"}')
    await lab.pass(30)
    await lab.change('cleared', at('a', ENDED))
    await lab.pass(5)
    const events = chat.received.map(({ body }) => JSON.parse(body))
    expect(events.map((event) => event.event_action)).toEqual(['trigger', 'acknowledge', 'resolve'])
    expect(new Set(events.map((event) => event.dedup_key)).size).toBe(1)
    expect(told()).toEqual(['firing a', 'resolved a'])
  })

  test('is not told of what somebody looks after already', async () => {
    const lab = aLab(await open(), { routes: [aRoute({ receivers: ['hook'] })] })
    await lab.change('raised', at('a', { inhibitedBy: 'x' }))
    await lab.store.acknowledge('a', { actor: 'ana', note: '', atMs: lab.nowMs })
    await lab.change('released', at('a'))
    await lab.pass(10)
    expect(await lab.outbox.list()).toEqual([])
  })

  test('goes on to whoever it is escalated to, unless somebody acknowledges', async () => {
    const route = aRoute({ receivers: ['chat'], escalateAfterMs: MINUTE_MS, escalateTo: ['hook'] })
    const lab = aLab(await open(), { routes: [route] })
    await lab.change('raised', at('a'), at('b'))
    await lab.pass(30)
    await lab.store.acknowledge('b', { actor: 'ana', note: '', atMs: lab.nowMs })
    await lab.pass(40)
    expect(told()).toEqual(['firing a'])
    await lab.change('cleared', at('a', ENDED), at('b', ENDED))
    await lab.work()
    expect(told()).toEqual(['firing a', 'resolved a'])
  })

  test('waits for the end of a mute time', async () => {
    // 03:00 on a Monday, as the clock of the test begins.
    const night = { days: ['mon'], fromMinute: 0, toMinute: 3 * 60 + 2, timeZone: 'UTC' } as const
    const lab = aLab(await open(), { routes: [aRoute({ receivers: ['hook'], muteTimes: [night] })] })
    await lab.change('raised', at('a'), at('b'))
    await lab.change('cleared', at('b', ENDED))
    await lab.pass(119)
    expect(told()).toEqual([])
    await lab.pass(1)
    expect(told()).toEqual(['firing a'])
  })
})

onBothDatabases('an end that waits for a mute time', ({ open }) => {
  test('comes before the next beginning of the same place', async () => {
    const minute = { days: ['mon'], fromMinute: 3 * 60 + 1, toMinute: 3 * 60 + 2, timeZone: 'UTC' } as const
    const lab = aLab(await open(), { routes: [aRoute({ receivers: ['hook'], muteTimes: [minute] })] })
    const place = { subject: { type: 'topic', name: 'a', part: null } } as const
    await lab.change('raised', { ...place, id: 'first' })
    lab.nowMs += MINUTE_MS
    await lab.change('cleared', { ...place, id: 'first', ...ENDED })
    expect(await lab.outbox.list()).toHaveLength(1)
    lab.nowMs += MINUTE_MS
    await lab.change('raised', { ...place, id: 'second', episode: 2 })
    for (let look = 0; look < 3; look += 1) await lab.work()
    expect(told()).toEqual(['firing first', 'resolved first', 'firing second'])
  })
})

onBothDatabases('a receiver that takes nothing', ({ open }) => {
  test('for long is stood in for by another, which hears of the end as well', async () => {
    const lab = aLab(await open(), { routes: [aRoute({ receivers: ['hook'], failover: 'chat' })] })
    hook.answer = (response) => void response.writeHead(500).end()
    await lab.change('raised', at('a'), at('b'))
    await lab.work()
    await lab.change('cleared', at('b', ENDED))
    lab.nowMs += 4 * MINUTE_MS
    await lab.work()
    expect(titles()).toEqual([])
    lab.nowMs += MINUTE_MS
    await lab.work()
    await lab.pass(61)
    // What has ended meanwhile is nothing to be called for.
    expect(titles()).toEqual(['[Holdfast] Firing (high): Partition without a leader'])
    expect(chat.received[0]?.body).toContain('Another receiver does not take it')
    await lab.change('cleared', at('a', ENDED))
    await lab.pass(61)
    expect(titles().slice(1)).toEqual(['[Holdfast] Resolved (high): Partition without a leader'])
  })

  test('for good is stood in for at once, and one that took it is not', async () => {
    const gone = aRoute({ match: { topic: ['gone'] }, receivers: ['nobody'], failover: 'chat' })
    const lab = aLab(await open(), { routes: [gone, aRoute({ receivers: ['hook'], failover: 'chat' })] })
    await lab.change('raised', at('gone'), at('taken'))
    await lab.pass(12)
    expect(titles()).toEqual(['[Holdfast] Firing (high): Partition without a leader'])
    lab.nowMs += HOUR_MS
    await lab.pass(2)
    expect(titles()).toHaveLength(1)
  })

  test('is not told the end of what it never heard of', async () => {
    const lab = aLab(await open(), { routes: [aRoute({ receivers: ['hook'] })] })
    hook.answer = (response) => void response.writeHead(400).end()
    await lab.change('raised', at('a'))
    await lab.work()
    hook.answer = (response) => void response.end()
    await lab.change('cleared', at('a', ENDED))
    await lab.work()
    expect(told()).toEqual(['firing a'])
    const [end] = (await lab.outbox.list()).filter(({ sequence }) => sequence === 1)
    expect(end).toMatchObject({ state: 'refused', last: { code: 'beginningNotTaken' } })
  })
})

onBothDatabases('a receiver that keeps a state', ({ open }) => {
  test('is told again each minute of all that fires, and once of each end', async () => {
    const am = aReceiver('alertmanager', { id: 'am', url: hook.url, username: null, password: null })
    const lab = aLab(await open(), { receivers: [am] })
    const pushed = (): string[] =>
      hook.received.map(({ body }) =>
        JSON.parse(body)
          .map(({ labels, endsAt }: { labels: Record<string, string>; endsAt: string }) => {
            const secondsLeft = (Date.parse(endsAt) - lab.nowMs) / SECOND_MS
            return `${labels.topic} ${labels.severity} ${secondsLeft > 0 ? 'firing' : 'ended'}`
          })
          .join(', '),
      )
    await lab.change('raised', at('a'), at('b'))
    await lab.pass(65)
    expect(pushed()).toEqual(['a high firing, b high firing', 'a high firing, b high firing'])
    await lab.change('worsened', at('a', { severity: 'critical' }))
    await lab.change('cleared', at('b', { ...ENDED, endedAtMs: lab.nowMs }))
    await lab.pass(1)
    expect(pushed().slice(2)).toEqual(['a high ended, a critical firing, b high ended'])
    await lab.pass(200)
    expect(pushed().slice(3)).toEqual(Array.from({ length: 3 }, () => 'a critical firing'))
    // That it was reminded is kept but for the last time.
    expect(await lab.outbox.list()).toHaveLength(3)
    // Down for an hour, it has what is so within a minute after.
    hook.answer = (response) => void response.writeHead(503).end()
    for (let minute = 0; minute < 60; minute += 1) {
      lab.nowMs += MINUTE_MS
      await lab.work()
    }
    hook.answer = (response) => void response.end()
    const before = hook.received.length
    await lab.pass(61)
    expect(pushed().slice(before)).toContain('a critical firing')
    expect((await lab.outbox.list()).filter(({ state }) => state === 'waiting')).toEqual([])
  })
})
