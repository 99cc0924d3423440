import { describe, expect, test } from 'vitest'
import { RECEIVER_TYPES, type ReceiverType } from '../../../lib/config/receivers.ts'
import type { AlertNotification, Notification, NotifiedAlert } from '../../../lib/outbox/notification.ts'
import { buildOutgoing } from '../../../lib/receivers/build-outgoing.ts'
import type { OutgoingMail, OutgoingRequest } from '../../../lib/receivers/outgoing.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import {
  anAlert,
  anAlertNotification,
  aReceiver,
  aReceiverNotification,
  aReportNotification,
  CONTEXT,
} from '../../builders/notifications.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

const NOTIFICATIONS: Record<string, Notification> = {
  alert: anAlertNotification(),
  resolved: anAlertNotification([anAlert({ endedAtMs: NOW_MS + 60_000 })]),
  group: anAlertNotification([anAlert(), anAlert({ id: 'a-2', subject: { type: 'topic', name: 'paid' } })], 7),
  report: aReportNotification(),
  failing: aReceiverNotification(),
  works: aReceiverNotification({ endedAtMs: NOW_MS + MINUTE_MS }),
  removed: aReceiverNotification({ endedAtMs: NOW_MS + MINUTE_MS, isRemoved: true }),
  test: { kind: 'test', sentAtMs: NOW_MS },
}
/** Those of one alert at a time take no group, and those of alerts no report and no notice. */
const NOT_TAKEN: Partial<Record<ReceiverType, string[]>> = {
  ...{ webhook: ['group'], pagerduty: ['group', 'report'], alertmanager: ['report', 'failing', 'works', 'removed'] },
}
/** Where people read it. */
const FOR_PEOPLE = ['slack', 'teams', 'dingtalk', 'feishu', 'wecom', 'email'] as const

/** Whichever of both it is. */
type Built = { via: string } & Omit<OutgoingRequest, 'via'> & Omit<OutgoingMail, 'via'>

function built(type: ReceiverType, notification: Notification, over: object = {}): Built {
  const outgoing = buildOutgoing(aReceiver(type, over), notification, CONTEXT)
  if (outgoing === null) throw new Error(`${type} does not take ${notification.kind}`)
  return outgoing as unknown as Built
}

// biome-ignore lint/suspicious/noExplicitAny: each vendor's body has its own shape, and the tests look into all of them
const bodyOf = (type: ReceiverType, notification: Notification, over: object = {}): any =>
  JSON.parse(built(type, notification, over).body)

/** All texts of it, as one. */
function shown(type: ReceiverType, notification: Notification, over: object = {}): string {
  const { via, body, subject, text } = built(type, notification, over)
  if (via === 'smtp') return `${subject}\n${text}`
  const texts: string[] = []
  JSON.parse(body, (_key, value) => {
    if (typeof value === 'string') texts.push(value)
    return value
  })
  return texts.join('\n')
}

describe.each(RECEIVER_TYPES)('%s', (type) => {
  test.each(Object.entries(NOTIFICATIONS))('takes what it can take: %s', (name, notification) => {
    const outgoing = buildOutgoing(aReceiver(type), notification, CONTEXT)
    expect(outgoing === null).toBe(NOT_TAKEN[type]?.includes(name) ?? false)
    if (outgoing?.via === 'http')
      expect(outgoing).toMatchObject({ method: 'POST', body: expect.stringMatching(/^[[{]/) })
  })
})

describe.each(FOR_PEOPLE)('%s', (type) => {
  test('tells title, place, time, team and link', () => {
    const text = shown(type, anAlertNotification())
    expect(text).toContain('[Holdfast] Firing (high): Fewer copies in sync than a safe write needs')
    expect(text).toContain('orders: 3 partitions are below min ISR (1 of 3 in sync)')
    for (const part of ['Cluster: live', 'Since: 2026', 'Team: shop', 'https://console.example/hf/alerts?alert=a-1']) {
      expect(text).toContain(part)
    }
  })

  test('tells it in Chinese to whoever reads Chinese', () => {
    const text = shown(type, anAlertNotification(), { language: 'zh-CN' })
    expect(text).toContain('[Holdfast] 告警（高）：')
    expect(text).toContain('集群：live')
    expect(text).not.toMatch(/Firing|Cluster:|Open in/)
  })

  test('tells of many how many there are, and how many are left out', () => {
    const { group } = NOTIFICATIONS as { group: Notification }
    expect(shown(type, group)).toContain('[Holdfast] 7 alerts firing (high): Fewer copies')
    expect(shown(type, group)).toContain('5 more are not shown.')
  })

  test('tells of some that fire and some that have ended which is which', () => {
    const ended = anAlert({ id: 'a-2', clusterId: 'other', endedAtMs: NOW_MS + 1 })
    const text = shown(type, anAlertNotification([anAlert(), ended]))
    expect(text).toContain('[Holdfast] 1 alert firing (high), 1 resolved: Fewer copies')
    expect(text).toMatch(/^live: /m)
    expect(text).toMatch(/^Resolved: other: /m)
    expect(shown(type, anAlertNotification([ended, ended]))).toContain('[Holdfast] 2 alerts resolved (high): Fewer')
  })

  test('tells why it is this receiver, and that an alert is held', () => {
    const of = (cause: AlertNotification['cause'], over: Partial<NotifiedAlert> = {}): string =>
      shown(type, { ...anAlertNotification([anAlert(over)]), cause })
    expect(of('escalation')).toContain('Nobody has acknowledged it so far.')
    expect(of('failover')).toContain('Another receiver does not take it')
    expect(of('escalation', { endedAtMs: NOW_MS + 1 })).not.toContain('acknowledged')
    expect(of('route')).not.toMatch(/acknowledged|Another receiver|comes and goes/)
    expect(of('route', { isFlapping: true })).toContain('It comes and goes')
  })

  test('tells of a number in the words of its rule', () => {
    const facts = { series: 'lagSeconds', beyond: 'above', raiseAt: 300, value: 900, group: 'billing' }
    const lag = anAlert({ ruleCode: 'group.lagSeconds', basis: { kind: 'series', code: 'lagSeconds' }, facts })
    const text = shown(type, anAlertNotification([lag]))
    expect(text).toMatch(/900/)
    expect(text).not.toMatch(/group\.lagSeconds|\{|alertWords/)
  })

  test('tells the state of a report and what it says', () => {
    const text = shown(type, aReportNotification())
    expect(text).toMatch(/\[Holdfast\] Daily report: \w+/)
    expect(text).toContain('No loss was found.')
    expect(text).toContain('https://console.example/hf/reports/r-1')
  })

  test('tells of another receiver that it takes nothing, and why, and when it does again', () => {
    const { failing, works, removed } = NOTIFICATIONS as Record<'failing' | 'works' | 'removed', Notification>
    const text = shown(type, failing)
    for (const part of ['[Holdfast] The receiver ops-chat takes no messages', 'HTTP status 502', 'did not arrive']) {
      expect(text).toContain(part)
    }
    expect(shown(type, works)).toContain('[Holdfast] The receiver ops-chat takes messages again')
    expect(shown(type, removed)).toContain('[Holdfast] The receiver ops-chat was taken away')
    expect(shown(type, removed)).not.toContain('again')
    expect(shown(type, failing, { language: 'zh-CN' })).toContain('接收器 ops-chat 不接收消息')
    expect(shown(type, works, { language: 'zh-CN' })).not.toMatch(/receiver|arrived/)
  })

  test('tells that an end is an end', () => {
    const { resolved } = NOTIFICATIONS as { resolved: Notification }
    expect(shown(type, resolved)).toContain('[Holdfast] Resolved (high)')
    expect(shown(type, resolved)).toContain('Until: ')
  })
})

const HOSTILE = '<!channel> <@all> @all **b** [x](http://e) <at id=all></at>\r\nTeam: faked\u202e &lt; "\\'

describe('a hostile name', () => {
  const hostile = anAlertNotification([
    anAlert({ subject: { type: 'topic', name: HOSTILE }, facts: { topic: HOSTILE, partitions: 1 } }),
  ])

  test.each(FOR_PEOPLE)('begins no line and turns no text round: %s', (type) => {
    const text = shown(type, hostile)
    expect(text).not.toMatch(/^Team: faked/m)
    expect(text).not.toContain('\u202e')
  })

  test('pings nobody in Slack, and draws nothing', () => {
    const { text, blocks } = bodyOf('slack', hostile)
    expect(JSON.stringify({ text, blocks })).not.toMatch(/<[!@#]/)
    expect(text).toContain('&lt;!channel&gt;')
    for (const block of blocks) expect(JSON.stringify(block)).not.toContain('mrkdwn')
  })

  test('stands in text without markup everywhere else', () => {
    expect(bodyOf('dingtalk', hostile)).toMatchObject({ msgtype: 'text', at: { isAtAll: false } })
    expect(bodyOf('wecom', hostile)).toMatchObject({ msgtype: 'text', text: { mentioned_list: [] } })
    expect(JSON.stringify(bodyOf('feishu', hostile))).not.toMatch(/lark_md|"tag":"markdown"/)
    expect(JSON.stringify(bodyOf('teams', hostile))).not.toMatch(/"TextBlock"|"entities"/)
  })

  test('adds no header to a mail', () => {
    const mail = built('email', anAlertNotification([anAlert({ basis: { kind: 'finding', code: 'own\r\nBcc: x@y' } })]))
    expect(mail.subject).not.toMatch(/[\r\n]/)
  })
})

/** Three bytes, two code units and four bytes in UTF-8, so that a cut in the middle would be seen. */
const LONG = '主𠮷é'.repeat(400)

function many(count: number): Notification {
  const alert = (index: number): NotifiedAlert =>
    anAlert({
      ...{ id: `a-${index}`, clusterId: `c${index}`, subject: { type: 'topic', name: LONG } },
      basis: { kind: 'finding', code: `own-${LONG}` },
    })
  return anAlertNotification([alert(0), ...Array.from({ length: count - 1 }, (_, index) => alert(index + 1))])
}

describe('a message that is too long', () => {
  const limits = { slack: 40_000, teams: 28_000, dingtalk: 20_000, feishu: 20_000, wecom: 2_400, email: 110_000 }

  test.each(FOR_PEOPLE)('is cut between letters, and keeps title, count and link: %s', (type) => {
    const { body, text } = built(type, many(200))
    const sent = body ?? text
    expect(Buffer.byteLength(sent)).toBeLessThan(limits[type])
    const read = shown(type, many(200))
    expect(read.isWellFormed()).toBe(true)
    expect(read).not.toContain('\ufffd')
    expect(read).toContain('[Holdfast] 200 alerts firing')
    const told = read.match(/^c\d+: /gm)?.length ?? 0
    expect(read).toContain(`${200 - told / (type === 'slack' ? 2 : 1)} more are not shown.`)
    expect(read).toContain('https://console.example/hf/alerts?alert=a-1')
  })

  test('has a link that leads to the console when its own would be too long', () => {
    const far = { ...anAlertNotification(), path: `/alerts/${'x'.repeat(2_000)}` }
    expect(bodyOf('wecom', far).text.content).toMatch(/: https:\/\/console\.example\/hf\/$/)
  })

  test('has at most 2,048 bytes in WeCom, of which none is wasted on half a letter', () => {
    const { content } = bodyOf('wecom', many(200)).text
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2_048)
  })

  test('has at most 150 letters in Slack’s header and 3,000 in its section, escapes included', () => {
    const amps = anAlert({
      basis: { kind: 'finding', code: '&'.repeat(400) },
      subject: { type: 'topic', name: '&'.repeat(900) },
    })
    const { blocks } = bodyOf('slack', anAlertNotification([amps, amps, amps, amps, amps]))
    expect(blocks[0].text.text.length).toBeLessThanOrEqual(150)
    expect(blocks[1].text.text.length).toBeLessThanOrEqual(3_000)
    expect(blocks[0].text.text).toMatch(/(&amp;)+…$/)
  })
})

describe('the generic webhook', () => {
  test('has the documented body, with the same names for every alert', () => {
    expect(bodyOf('webhook', anAlertNotification())).toEqual({
      ...{ type: 'alert.firing', timestamp: new Date(NOW_MS).toISOString() },
      data: {
        ...{ id: 'a-1', ruleCode: 'partition.underMinIsr', severity: 'high', clusterId: 'live', state: 'firing' },
        ...{ subject: { type: 'topic', name: 'orders' }, labels: { team: 'shop' }, endedAt: null },
        startedAt: new Date(NOW_MS).toISOString(),
        summary: expect.stringContaining('orders: 3 partitions are below min ISR'),
        facts: { topic: 'orders', partitions: 3, inSync: 1, replicas: 3 },
        url: 'https://console.example/hf/alerts?alert=a-1',
      },
    })
    const { resolved, test: tried, report } = NOTIFICATIONS as Record<string, Notification> as never
    expect(bodyOf('webhook', resolved)).toMatchObject({ type: 'alert.resolved', data: { state: 'resolved' } })
    expect(bodyOf('webhook', tried).type).toBe('test')
    expect(bodyOf('webhook', report)).toMatchObject({ type: 'report.made', data: { id: 'r-1', level: 'atRisk' } })
  })

  test('can have the shape of Alertmanager’s instead, which bridges take', () => {
    const { group } = NOTIFICATIONS as { group: Notification }
    const format = { format: 'alertmanager', secret: null }
    const body = bodyOf('webhook', group, format)
    expect(body).toMatchObject({
      ...{ version: '4', status: 'firing', truncatedAlerts: 5, groupKey: 'live:partition.underMinIsr' },
      commonLabels: { alertname: 'partition.underMinIsr', cluster: 'live', severity: 'high', team: 'shop' },
    })
    expect(body.alerts).toHaveLength(2)
    expect(body.alerts[0]).toMatchObject({
      ...{ status: 'firing', endsAt: '0001-01-01T00:00:00Z', fingerprint: 'p-1' },
      labels: { topic: 'orders' },
    })
    const { headers } = built('webhook', group, format)
    expect(headers).not.toHaveProperty('webhook-signature')
  })
})

describe('PagerDuty', () => {
  test('opens and ends an incident under one key, and knows our severities', () => {
    expect(bodyOf('pagerduty', anAlertNotification())).toMatchObject({
      ...{ event_action: 'trigger', dedup_key: 'p-1', client: 'Holdfast' },
      payload: { severity: 'error', source: 'live', component: 'orders', class: 'partition.underMinIsr' },
    })
    const { resolved } = NOTIFICATIONS as { resolved: Notification }
    expect(bodyOf('pagerduty', resolved)).toMatchObject({ event_action: 'resolve', dedup_key: 'p-1' })
    const { failing, works } = NOTIFICATIONS as { failing: Notification; works: Notification }
    const dedup_key = 'holdfast-receiver-ops-chat'
    expect(bodyOf('pagerduty', failing)).toMatchObject({
      event_action: 'trigger',
      dedup_key,
      payload: { severity: 'error' },
    })
    expect(bodyOf('pagerduty', works)).toMatchObject({ event_action: 'resolve', dedup_key })
    const acknowledged = { ...anAlertNotification(), isAcknowledgement: true } as const
    expect(bodyOf('pagerduty', acknowledged)).toMatchObject({ event_action: 'acknowledge', dedup_key: 'p-1' })
  })

  test('has keys, summaries and events within its limits', () => {
    const facts = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, LONG]))
    const alert = anAlert({ place: 'k'.repeat(300), subject: { type: 'topic', name: LONG }, facts })
    const body = bodyOf('pagerduty', anAlertNotification([alert]))
    expect(body.dedup_key.length).toBeLessThanOrEqual(255)
    expect(body.payload.summary.length).toBeLessThanOrEqual(1_024)
    expect(body.payload.custom_details).toEqual({ left_out: 'too large' })
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(512_000)
  })
})

describe('Alertmanager', () => {
  test('is pushed to under its own path, signed in, with labels that every version takes', () => {
    const alert = anAlert({ labels: { 'team-name': 'shop', empty: '' }, endedAtMs: NOW_MS + 1 })
    const { url, headers, body } = built('alertmanager', anAlertNotification([alert]))
    expect(url).toBe('https://alerts.example.org:9093/am/api/v2/alerts')
    expect(headers.authorization).toBe(`Basic ${Buffer.from('holdfast:MARKER-am').toString('base64')}`)
    expect(JSON.parse(body)).toEqual([
      {
        labels: {
          ...{
            alertname: 'partition.underMinIsr',
            severity: 'high',
            cluster: 'live',
            topic: 'orders',
            team_name: 'shop',
          },
        },
        annotations: { summary: expect.any(String) },
        ...{ startsAt: new Date(NOW_MS).toISOString(), endsAt: new Date(NOW_MS + 1).toISOString() },
        generatorURL: 'https://console.example/hf/alerts?alert=a-1',
      },
    ])
    // Pushed again each minute, it is over by itself soon after nobody does any more.
    const endsAt = new Date(CONTEXT.nowMs + 5 * MINUTE_MS).toISOString()
    expect(bodyOf('alertmanager', anAlertNotification())[0]).toMatchObject({ endsAt })
  })
})

test('Alertmanager is told the cluster of what is about the cluster itself', () => {
  const alert = anAlert({ ruleCode: 'quorum.noLeader', subject: { type: 'cluster', name: '' } })
  expect(bodyOf('alertmanager', anAlertNotification([alert]))[0].labels).toMatchObject({ cluster: 'live' })
})

test('a mail has an id by which it is known when it comes twice', () => {
  expect(built('email', anAlertNotification())).toMatchObject({
    ...{ messageId: '<d-0123456789ab@example.org>', from: 'Holdfast <holdfast@example.org>' },
    to: ['oncall@example.org'],
  })
})
