/** From a notification to what one receiver is sent. Pure: signatures are made for the moment that is given. */
import type { Receiver } from '../config/receivers.ts'
import { LOCALE_OF } from '../i18n/locale.ts'
import type { Notification } from '../outbox/notification.ts'
import { alertmanagerRequest } from './formats/alertmanager.ts'
import { dingtalkRequest } from './formats/dingtalk.ts'
import { emailOf } from './formats/email.ts'
import { feishuRequest } from './formats/feishu.ts'
import { pagerdutyRequest } from './formats/pagerduty.ts'
import { slackRequest } from './formats/slack.ts'
import { teamsRequest } from './formats/teams.ts'
import { webhookRequest } from './formats/webhook.ts'
import { wecomRequest } from './formats/wecom.ts'
import { messageOf, type WordChoice } from './message.ts'
import type { Outgoing, SendContext } from './outgoing.ts'

/** Null: a receiver of this type does not take it. */
export function buildOutgoing(receiver: Receiver, notification: Notification, context: SendContext): Outgoing | null {
  const { id, nowMs, consoleUrl, timeZone } = context
  const choice: WordChoice = { consoleUrl, timeZone, locale: LOCALE_OF[receiver.language] }
  const message = messageOf(notification, choice)
  switch (receiver.type) {
    case 'webhook':
      return webhookRequest(receiver, notification, choice, context)
    case 'pagerduty':
      return pagerdutyRequest(receiver, notification, choice)
    case 'alertmanager':
      return alertmanagerRequest(receiver, notification, choice, nowMs)
    case 'slack':
      return slackRequest(receiver, message)
    case 'teams':
      return teamsRequest(receiver, message)
    case 'dingtalk':
      return dingtalkRequest(receiver, message, nowMs)
    case 'feishu':
      return feishuRequest(receiver, message, nowMs)
    case 'wecom':
      return wecomRequest(receiver, message)
    case 'email':
      return emailOf(receiver, message, id)
  }
}
