/** Prometheus' Alertmanager: alerts pushed to it, and the body that its own webhooks send (version 4), which bridges take. */
import type { ReceiverOf } from '../../config/receivers.ts'
import type { Notification, NotifiedAlert } from '../../outbox/notification.ts'
import { MINUTE_MS } from '../../units.ts'
import { messageOf, summaryIn, type WordChoice } from '../message.ts'
import { type OutgoingRequest, postJson } from '../outgoing.ts'

interface PromAlert {
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  /** Null while it fires. */
  endsAt: string | null
}

const iso = (atMs: number): string => new Date(atMs).toISOString()
/** So long a test is shown there, and then it is over by itself. */
const TEST_LASTS_MS = 5 * MINUTE_MS
const TEST_NAME = 'HoldfastTest'

/** Longer than it takes until what fires is pushed again: while nobody pushes, nobody knows whether it still does. */
const HELD_MS = 5 * MINUTE_MS

/** Null: reports and notices, which are no alerts. */
export function alertmanagerRequest(
  { url, username, password }: ReceiverOf<'alertmanager'>,
  notification: Notification,
  choice: WordChoice,
  nowMs: number,
): OutgoingRequest | null {
  const alerts = alertsOf(notification, choice)
  if (alerts === null) return null
  const target = new URL(url)
  target.pathname = `${target.pathname.replace(/\/+$/, '')}/api/v2/alerts`
  const generatorURL = messageOf(notification, choice).link.url
  const heldUntil = iso(nowMs + HELD_MS)
  const body = alerts.map((alert) => ({ ...alert, endsAt: alert.endsAt ?? heldUntil, generatorURL }))
  const signIn = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')
  return postJson(target.href, body, username ? { authorization: `Basic ${signIn}` } : {})
}

/** What Alertmanager writes instead of an end. */
const NO_END = '0001-01-01T00:00:00Z'

export function alertmanagerWebhookBody(notification: Notification, choice: WordChoice): object | null {
  const alerts = alertsOf(notification, choice)
  if (alerts === null) return null
  const { kind } = notification
  const isResolved = kind === 'alert' && notification.alerts.every(({ endedAtMs }) => endedAtMs !== null)
  const status = isResolved ? 'resolved' : 'firing'
  const { link } = messageOf(notification, choice)
  const commonLabels = common(alerts.map(({ labels }) => labels))
  return {
    ...{ version: '4', groupKey: kind === 'alert' ? notification.groupKey : TEST_NAME, status, receiver: 'holdfast' },
    truncatedAlerts: kind === 'alert' ? notification.total - alerts.length : 0,
    ...{ groupLabels: commonLabels, commonLabels, commonAnnotations: common(alerts.map((one) => one.annotations)) },
    externalURL: choice.consoleUrl,
    alerts: alerts.map(({ endsAt, ...alert }, index) => {
      const isOver = kind === 'alert' && endsAt !== null
      const fingerprint = kind === 'alert' ? (notification.alerts[index]?.place ?? '') : TEST_NAME
      return {
        ...{ status: isOver ? 'resolved' : 'firing', ...alert, endsAt: isOver ? endsAt : NO_END },
        ...{ generatorURL: link.url, fingerprint },
      }
    }),
  }
}

function alertsOf(notification: Notification, choice: WordChoice): PromAlert[] | null {
  if (notification.kind === 'report' || notification.kind === 'receiver') return null
  if (notification.kind === 'alert') return notification.alerts.map((alert) => promAlert(alert, choice))
  const { title, lines } = messageOf(notification, choice)
  const { sentAtMs } = notification
  return [
    {
      labels: { alertname: TEST_NAME, severity: 'info' },
      annotations: { summary: title, description: lines.join('\n') },
      ...{ startsAt: iso(sentAtMs), endsAt: iso(sentAtMs + TEST_LASTS_MS) },
    },
  ]
}

function promAlert(alert: NotifiedAlert, choice: WordChoice): PromAlert {
  const { ruleCode, severity, clusterId, subject, part, labels, startedAtMs, endedAtMs } = alert
  const own = { alertname: ruleCode, severity, [subject.type]: subject.name, part: part ?? '', cluster: clusterId }
  const named = Object.entries({ ...labels, ...own }).map(([name, value]) => [labelName(name), value.toWellFormed()])
  return {
    // An empty label is the same as none, and some versions refuse it.
    labels: Object.fromEntries(named.filter(([, value]) => value !== '')),
    annotations: { summary: summaryIn(alert, choice) },
    ...{ startsAt: iso(startedAtMs), endsAt: endedAtMs === null ? null : iso(endedAtMs) },
  }
}

/** What every version takes. */
function labelName(text: string): string {
  return text.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_')
}

function common(sets: readonly Record<string, string>[]): Record<string, string> {
  const [first = {}, ...others] = sets
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every((set) => set[name] === value)))
}
