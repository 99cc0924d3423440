/** PagerDuty, Events API v2: one event for each alert, whose key is the same until it is resolved. */
import { createHash } from 'node:crypto'
import type { ReceiverOf } from '../../config/receivers.ts'
import type { Severity } from '../../durability/observation.ts'
import type { Notification, NotifiedAlert } from '../../outbox/notification.ts'
import { messageOf, summaryIn, type WordChoice } from '../message.ts'
import { type OutgoingRequest, postJson } from '../outgoing.ts'
import { byteLength, cut, oneLine } from '../plain-text.ts'

const LONGEST_KEY = 255
const LONGEST_SUMMARY = 1_024
/** Below their 512 KB. */
const MOST_BYTES = 400_000
const SEVERITY: Record<Severity, string> = { critical: 'critical', high: 'error', warning: 'warning', info: 'info' }

const length = (text: string): number => text.length

type Event = Exclude<Notification, { kind: 'report' }>

/** Null: reports, and alerts told together, which are no event. */
export function pagerdutyRequest(
  receiver: ReceiverOf<'pagerduty'>,
  notification: Notification,
  choice: WordChoice,
): OutgoingRequest | null {
  if (notification.kind === 'report' || (notification.kind === 'alert' && notification.total > 1)) return null
  const { title, lines, link } = messageOf(notification, choice)
  const alert = notification.kind === 'alert' ? notification.alerts[0] : null
  const summary = alert === null ? title : `${title} · ${oneLine(summaryIn(alert, choice))}`
  const event = {
    routing_key: receiver.routingKey,
    event_action: actionOf(notification),
    dedup_key: keyOf(placeOf(notification, receiver.id)),
    ...{ client: 'Holdfast', client_url: link.url, links: [{ href: link.url, text: link.text }] },
    payload: {
      ...{ summary: cut(summary, LONGEST_SUMMARY, length), source: alert?.clusterId ?? 'holdfast' },
      ...{ severity: severityOf(notification), timestamp: new Date(timeOf(notification)).toISOString() },
      ...(alert === null ? { custom_details: { text: lines } } : partsOf(alert)),
    },
  }
  const request = postJson(receiver.url, event)
  if (byteLength(request.body) <= MOST_BYTES) return request
  // Facts may be long lists; what happened and where is told without them.
  return postJson(receiver.url, { ...event, payload: { ...event.payload, custom_details: { left_out: 'too large' } } })
}

/** What is one thing over there, until it is resolved. */
function placeOf(event: Event, receiverId: string): string {
  if (event.kind === 'alert') return event.alerts[0].place
  return event.kind === 'receiver' ? `holdfast-receiver-${event.receiverId}` : `holdfast-test-${receiverId}`
}

function severityOf(event: Event): string {
  if (event.kind === 'alert') return SEVERITY[event.alerts[0].severity]
  return event.kind === 'receiver' ? SEVERITY.high : SEVERITY.info
}

function timeOf(event: Event): number {
  if (event.kind === 'alert') return event.alerts[0].startedAtMs
  return event.kind === 'receiver' ? event.sinceMs : event.sentAtMs
}

function actionOf(notification: Event): 'trigger' | 'acknowledge' | 'resolve' {
  if (notification.kind === 'receiver') return notification.endedAtMs === null ? 'trigger' : 'resolve'
  if (notification.kind !== 'alert') return 'trigger'
  if (notification.isAcknowledgement === true) return 'acknowledge'
  return notification.alerts[0].endedAtMs === null ? 'trigger' : 'resolve'
}

function partsOf({ subject, clusterId, ruleCode, labels, facts }: NotifiedAlert): object {
  const component = cut(oneLine(subject.name), LONGEST_SUMMARY, length)
  return { component, group: clusterId, class: ruleCode, custom_details: { labels, facts } }
}

function keyOf(id: string): string {
  return id.length <= LONGEST_KEY ? id : createHash('sha256').update(id).digest('hex')
}
