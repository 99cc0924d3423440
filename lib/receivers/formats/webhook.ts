/** Any program of the user's own, in the form of standardwebhooks.com 1.0.0: signed, one request for each alert. */
import { createHmac } from 'node:crypto'
import type { ReceiverOf } from '../../config/receivers.ts'
import type { Notification, NotifiedAlert } from '../../outbox/notification.ts'
import { SECOND_MS } from '../../units.ts'
import { messageOf, summaryIn, type WordChoice } from '../message.ts'
import { type OutgoingRequest, postJson, type SendContext } from '../outgoing.ts'
import { alertmanagerWebhookBody } from './alertmanager.ts'

export function webhookRequest(
  { url, secret, format }: ReceiverOf<'webhook'>,
  notification: Notification,
  choice: WordChoice,
  { id, nowMs }: SendContext,
): OutgoingRequest | null {
  if (format === 'alertmanager') {
    const body = alertmanagerWebhookBody(notification, choice)
    return body === null ? null : postJson(url, body)
  }
  const body = bodyOf(notification, choice)
  if (body === null) return null
  const request = postJson(url, body)
  const timestamp = String(Math.floor(nowMs / SECOND_MS))
  const signature = webhookSignature(secret ?? '', id, timestamp, request.body)
  return {
    ...request,
    headers: {
      ...request.headers,
      ...{ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature },
    },
  }
}

/** The key is what the text behind `whsec_` stands for. */
export function webhookSignature(secret: string, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

interface WebhookBody {
  type: string
  timestamp: string
  data: Record<string, unknown>
}

const iso = (atMs: number): string => new Date(atMs).toISOString()

/** Null: more than one alert, of which this form has one at a time. */
function bodyOf(notification: Notification, choice: WordChoice): WebhookBody | null {
  const { title, lines, link } = messageOf(notification, choice)
  const told = { title, summary: lines, url: link.url }
  if (notification.kind === 'test') {
    return { type: 'test', timestamp: iso(notification.sentAtMs), data: told }
  }
  if (notification.kind === 'report') {
    const { id, schedule, fromMs, toMs, madeAtMs, headline } = notification.report
    const data = { id, schedule, from: iso(fromMs), to: iso(toMs), level: headline.level, ...told }
    return { type: 'report.made', timestamp: iso(madeAtMs), data }
  }
  if (notification.kind === 'receiver') {
    const { receiverId, sinceMs, endedAtMs, isRemoved, code, facts } = notification
    const times = { since: iso(sinceMs), endedAt: endedAtMs === null ? null : iso(endedAtMs) }
    const type = `receiver.${isRemoved ? 'removed' : endedAtMs === null ? 'failing' : 'working'}`
    return { type, timestamp: iso(endedAtMs ?? sinceMs), data: { receiverId, ...times, code, facts, ...told } }
  }
  if (notification.total > 1) return null
  return alertBody(notification.alerts[0], link.url, choice)
}

function alertBody(alert: NotifiedAlert, url: string, choice: WordChoice): WebhookBody {
  const { id, ruleCode, severity, clusterId, subject, labels, facts, startedAtMs, endedAtMs } = alert
  const state = endedAtMs === null ? 'firing' : 'resolved'
  const times = { startedAt: iso(startedAtMs), endedAt: endedAtMs === null ? null : iso(endedAtMs) }
  return {
    ...{ type: `alert.${state}`, timestamp: iso(endedAtMs ?? startedAtMs) },
    data: {
      ...{ id, ruleCode, severity, clusterId, subject, labels, state, ...times },
      ...{ summary: summaryIn(alert, choice), facts, url },
    },
  }
}
