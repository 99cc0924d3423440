/** What people are told, for tests of receivers. */
import type { Receiver, ReceiverOf, ReceiverType } from '../../lib/config/receivers.ts'
import { receiverInput } from '../../lib/config/receivers.ts'
import type {
  AlertNotification,
  NotifiedAlert,
  ReceiverNotification,
  ReportNotification,
} from '../../lib/outbox/notification.ts'
import type { SendContext } from '../../lib/receivers/outgoing.ts'
import { composeReport } from '../../lib/reports/compose-report.ts'
import { aClusterOf, aFinding, aPeriod, FROM_MS, TO_MS } from './reports.ts'
import { NOW_MS } from './snapshots.ts'

export const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** Of each type one, with all that its type asks for; secrets are named so that they are seen where they should not be. */
const GIVEN: Record<ReceiverType, object> = {
  webhook: { url: 'https://hooks.example.org/in?token=MARKER-hook', secret: WEBHOOK_SECRET },
  pagerduty: { routingKey: 'MARKERroutingkey0123456789abcdef' },
  slack: { url: 'https://hooks.slack.com/services/T0/B0/MARKER-slack' },
  teams: { url: 'https://prod.logic.azure.com/workflows/x?sig=MARKER-teams' },
  alertmanager: { url: 'https://alerts.example.org:9093/am/', username: 'holdfast', password: 'MARKER-am' },
  dingtalk: { url: 'https://oapi.dingtalk.com/robot/send?access_token=MARKER-ding', secret: 'SECexample' },
  feishu: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/MARKER-fei', secret: 'examplesecret' },
  wecom: { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=MARKER-wecom' },
  email: {
    ...{ smtp: 'smtp://user%40x:MARKER%2Fmail@mail.example.org:587', from: 'Holdfast <holdfast@example.org>' },
    to: ['oncall@example.org'],
  },
}

export function aReceiver<T extends ReceiverType>(type: T, over: object = {}): ReceiverOf<T> {
  return receiverInput.parse({ id: `my-${type}`, type, ...GIVEN[type], ...over }) as Receiver as ReceiverOf<T>
}

export const CONTEXT: SendContext = {
  ...{ id: 'd-0123456789ab', nowMs: 1_700_000_000_000, consoleUrl: 'https://console.example/hf', timeZone: 'UTC' },
}

export function anAlert(over: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    ...{ id: 'a-1', place: 'p-1', ruleCode: 'partition.underMinIsr', severity: 'high', clusterId: 'live' },
    ...{ basis: { kind: 'finding', code: 'partition.underMinIsr' }, system: 'kafka', isFlapping: false },
    ...{
      subject: { type: 'topic', name: 'orders' },
      part: null,
      labels: { team: 'shop' },
      startedAtMs: NOW_MS,
      endedAtMs: null,
    },
    facts: { topic: 'orders', partitions: 3, inSync: 1, replicas: 3 },
    ...over,
  }
}

export function anAlertNotification(
  alerts: AlertNotification['alerts'] = [anAlert()],
  total: number = alerts.length,
): AlertNotification {
  const ended = alerts.filter(({ endedAtMs }) => endedAtMs !== null).length
  const group = { groupKey: 'live:partition.underMinIsr', path: '/alerts?alert=a-1' }
  return { kind: 'alert', cause: 'route', ...group, alerts, total, ended }
}

export function aReceiverNotification(over: Partial<ReceiverNotification> = {}): ReceiverNotification {
  const why = { code: 'serverFailed', facts: { status: 502 } }
  return {
    kind: 'receiver',
    receiverId: 'ops-chat',
    sinceMs: NOW_MS,
    endedAtMs: null,
    isRemoved: false,
    ...why,
    ...over,
  }
}

export function aReportNotification(): ReportNotification {
  const { headline } = composeReport(aPeriod({ clusters: [aClusterOf({ findings: [aFinding()] })] }))
  const period = { fromMs: FROM_MS, toMs: TO_MS, madeAtMs: TO_MS, madeBy: 'holdfast' }
  return { kind: 'report', report: { id: 'r-1', schedule: 'daily', ...period, headline } }
}
