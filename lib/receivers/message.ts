/** A notification in words for people, before it takes the shape that one vendor wants. Pure. */
import { formatDateTime, zoneOffsetName } from '../client/format.ts'
import type { Severity, VerdictLevel } from '../durability/observation.ts'
import type { Locale } from '../i18n/locale.ts'
import { translate } from '../i18n/translate.ts'
import type { AlertNotification, Notification, NotifiedAlert, ReportNotification } from '../outbox/notification.ts'
import { summaryOf } from '../reports/report-words.ts'
import { byteLength, cut, oneLine } from './plain-text.ts'

export type MessageLevel = Severity | 'resolved'

export interface Message {
  level: MessageLevel
  title: string
  lines: string[]
  /** Says how many are left out, when so many lines were dropped as well; null: nothing is. */
  leftOut(droppedLines: number): string | null
  link: { text: string; url: string }
}

/** As much of it as fits. Title, count and link are always there. */
export interface FittedMessage {
  level: MessageLevel
  title: string
  lines: string[]
  link: { text: string; url: string }
}

export interface WordChoice {
  locale: Locale
  /** Where people reach the console, without a slash at the end. */
  consoleUrl: string
  /** Of the times in it, which no reader can change any more. */
  timeZone: string
}

/** Together far below the smallest limit of all, so that whatever else is dropped these fit. */
const MOST_BYTES = { title: 400, line: 900, link: 900 }

export function messageOf(notification: Notification, choice: WordChoice): Message {
  const message = draftOf(notification, choice)
  return {
    ...message,
    title: cut(oneLine(message.title), MOST_BYTES.title, byteLength),
    lines: message.lines.map((line) => cut(oneLine(line), MOST_BYTES.line, byteLength)),
  }
}

function draftOf(notification: Notification, choice: WordChoice): Message {
  if (notification.kind === 'report') return reportMessage(notification, choice)
  if (notification.kind === 'alert') return alertMessage(notification, choice)
  const say = wordsOf(choice)
  return {
    ...{ level: 'info', title: say('test.title'), lines: [say('test.text'), sentAt(notification.sentAtMs, choice)] },
    ...{ leftOut: onlyMark, link: linkTo('/', choice) },
  }
}

type Say = (key: string, facts?: Record<string, string | number>) => string

function wordsOf({ locale }: WordChoice): Say {
  return (key, facts) => translate(locale, 'notifications', key, facts)
}

function onlyMark(droppedLines: number): string | null {
  return droppedLines > 0 ? '…' : null
}

function linkTo(path: string, choice: WordChoice): Message['link'] {
  const url = `${choice.consoleUrl}${path}`
  // A name of some hundred letters in another script is ten times as long in an address.
  return { text: wordsOf(choice)('open'), url: byteLength(url) > MOST_BYTES.link ? `${choice.consoleUrl}/` : url }
}

function timeText(atMs: number, { timeZone }: WordChoice): string {
  return `${formatDateTime(timeZone, atMs)} ${zoneOffsetName(timeZone, atMs)}`
}

function sentAt(atMs: number, choice: WordChoice): string {
  return wordsOf(choice)('test.sentAt', { at: timeText(atMs, choice) })
}

const LEVEL_OF_VERDICT: Record<VerdictLevel, MessageLevel> = {
  ...{ losing: 'critical', atRisk: 'high', watch: 'warning', safe: 'resolved', unknown: 'info' },
}

function reportMessage({ report }: ReportNotification, choice: WordChoice): Message {
  const { id, schedule, fromMs, toMs, headline } = report
  const words = (key: string, facts = {}): string => translate(choice.locale, 'reports', key, facts)
  const period = words('period', { from: timeText(fromMs, choice), to: timeText(toMs, choice) })
  return {
    level: LEVEL_OF_VERDICT[headline.level],
    title: wordsOf(choice)('report.title', {
      report: words('reportTitle', { schedule: schedule ?? 'asked' }),
      level: translate(choice.locale, 'states', `level.${headline.level}`),
    }),
    lines: [period, ...summaryOf(headline, choice.locale)],
    leftOut: onlyMark,
    link: linkTo(`/reports/${id}`, choice),
  }
}

function alertMessage(notification: AlertNotification, choice: WordChoice): Message {
  const { alerts, total, path } = notification
  const [first] = alerts
  const say = wordsOf(choice)
  const isFiring = alerts.some(({ endedAtMs }) => endedAtMs === null)
  const facts = {
    ...{ count: total, title: alertTitle(first, choice) },
    severity: translate(choice.locale, 'states', `severity.${first.severity}`),
    same: alerts.every(({ code }) => code === first.code) ? 'yes' : 'no',
  }
  const shared = { level: isFiring ? first.severity : 'resolved', link: linkTo(path, choice) } as const
  if (total === 1) {
    return {
      ...shared,
      title: say(isFiring ? 'alert.firing' : 'alert.resolved', facts),
      lines: alertLines(first, choice),
      leftOut: onlyMark,
    }
  }
  return {
    ...{ ...shared, title: say(isFiring ? 'alert.manyFiring' : 'alert.manyResolved', facts) },
    lines: alerts.map((alert) => say('alert.item', { cluster: alert.clusterId, text: alertSummary(alert, choice) })),
    leftOut(droppedLines) {
      const count = total - alerts.length + droppedLines
      return count === 0 ? null : say('alert.more', { count })
    },
  }
}

function alertTitle({ code, facts, system }: NotifiedAlert, { locale }: WordChoice): string {
  const key = `${code}.title`
  const words = translate(locale, 'findings', key, facts, system)
  // A rule of the configuration has no words but its name.
  return words === key ? code : words
}

/** What is so, in one sentence. */
export function alertSummary(alert: NotifiedAlert, choice: WordChoice): string {
  const { code, facts, subject, system } = alert
  const key = `${code}.${subject.type}`
  const words = translate(choice.locale, 'reasons', key, facts, system)
  return words === key ? `${alertTitle(alert, choice)}: ${subject.name}` : words
}

function alertLines(alert: NotifiedAlert, choice: WordChoice): string[] {
  const say = wordsOf(choice)
  const { clusterId, labels, startedAtMs, endedAtMs } = alert
  return [
    alertSummary(alert, choice),
    say('alert.cluster', { cluster: clusterId }),
    say('alert.since', { at: timeText(startedAtMs, choice) }),
    ...(endedAtMs === null ? [] : [say('alert.until', { at: timeText(endedAtMs, choice) })]),
    ...(labels.team === undefined ? [] : [say('alert.team', { team: labels.team })]),
  ]
}

/** The most of it that fits, with its last line saying what does not. */
export function fitMessage({ leftOut, ...message }: Message, fits: (fitted: FittedMessage) => boolean): FittedMessage {
  for (let kept = message.lines.length; ; kept -= 1) {
    const rest = leftOut(message.lines.length - kept)
    const fitted = { ...message, lines: [...message.lines.slice(0, kept), ...(rest === null ? [] : [rest])] }
    if (kept === 0 || fits(fitted)) return fitted
  }
}

/** For receivers that show nothing but text. */
export function textOf({ title, lines, link }: FittedMessage): string {
  return [title, ...lines, `${link.text}: ${link.url}`].join('\n')
}
