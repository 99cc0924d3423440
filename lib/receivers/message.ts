/** A notification in words for people, before it takes the shape that one vendor wants. Pure. */
import { alertSummary, alertTitle } from '../alerts/alert-words.ts'
import { formatDateTime, zoneOffsetName } from '../client/format.ts'
import type { Severity, VerdictLevel } from '../durability/observation.ts'
import type { Locale } from '../i18n/locale.ts'
import { translate } from '../i18n/translate.ts'
import type {
  AlertNotification,
  Notification,
  NotifiedAlert,
  ReceiverNotification,
  ReportNotification,
} from '../outbox/notification.ts'
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
  if (notification.kind === 'receiver') return receiverMessage(notification, choice)
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

function receiverMessage(notification: ReceiverNotification, choice: WordChoice): Message {
  const { receiverId: receiver, sinceMs, endedAtMs, isRemoved, code, facts } = notification
  const say = wordsOf(choice)
  const shared = { leftOut: onlyMark, link: linkTo('/alerts/deliveries', choice) }
  const since = say('receiver.since', { at: timeText(sinceMs, choice) })
  if (isRemoved) {
    return {
      ...shared,
      level: 'resolved',
      title: say('receiver.removed', { receiver }),
      lines: [say('receiver.nothing')],
    }
  }
  if (endedAtMs !== null) {
    const until = say('receiver.until', { at: timeText(endedAtMs, choice) })
    return { ...shared, level: 'resolved', title: say('receiver.works', { receiver }), lines: [since, until] }
  }
  const why = [say(`outcomes.${code}.message`, facts), say(`outcomes.${code}.fix`, facts)]
  const lines = [say('receiver.unheard'), since, ...why]
  return { ...shared, level: 'high', title: say('receiver.failing', { receiver }), lines }
}

function alertMessage(notification: AlertNotification, choice: WordChoice): Message {
  const { alerts, total, ended, path, cause } = notification
  const [first] = alerts
  const say = wordsOf(choice)
  const facts = {
    ...{ firing: total - ended, ended, title: alertTitle(first, choice.locale, first.system) },
    severity: translate(choice.locale, 'states', `severity.${first.severity}`),
    same: alerts.every(({ ruleCode }) => ruleCode === first.ruleCode) ? 'yes' : 'no',
  }
  const state = ended === total ? 'resolved' : 'firing'
  const shared = { level: state === 'firing' ? first.severity : state, link: linkTo(path, choice) } as const
  const why = cause === 'route' || state === 'resolved' ? [] : [say(`alert.why.${cause}`)]
  if (total === 1) {
    return {
      ...{ ...shared, title: say(`alert.${state}`, facts), lines: [...alertLines(first, choice), ...why] },
      leftOut: onlyMark,
    }
  }
  return {
    ...{ ...shared, title: say(`alert.many.${ended === 0 ? 'firing' : ended === total ? 'resolved' : 'both'}`, facts) },
    lines: [...why, ...alerts.map((alert) => alertItem(alert, choice))],
    leftOut(droppedLines) {
      const count = total - alerts.length + droppedLines
      return count === 0 ? null : say('alert.more', { count })
    },
  }
}

/** One of several. */
function alertItem(alert: NotifiedAlert, choice: WordChoice): string {
  const { clusterId: cluster, endedAtMs } = alert
  return wordsOf(choice)('alert.item', {
    ...{ cluster, text: summaryIn(alert, choice), state: endedAtMs === null ? 'firing' : 'resolved' },
  })
}

/** What is so, in one sentence. */
export function summaryIn(alert: NotifiedAlert, { locale }: WordChoice): string {
  return alertSummary(alert, locale, alert.system)
}

function alertLines(alert: NotifiedAlert, choice: WordChoice): string[] {
  const say = wordsOf(choice)
  const { clusterId, labels, startedAtMs, endedAtMs, isFlapping } = alert
  return [
    summaryIn(alert, choice),
    say('alert.cluster', { cluster: clusterId }),
    say('alert.since', { at: timeText(startedAtMs, choice) }),
    ...(endedAtMs === null ? [] : [say('alert.until', { at: timeText(endedAtMs, choice) })]),
    ...(labels.team === undefined ? [] : [say('alert.team', { team: labels.team })]),
    ...(isFlapping && endedAtMs === null ? [say('alert.flapping')] : []),
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
