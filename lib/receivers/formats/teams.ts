/** Microsoft Teams, by a workflow: an adaptive card of runs of text, which unlike its text blocks know no markup. */
import type { ReceiverOf } from '../../config/receivers.ts'
import { type FittedMessage, fitMessage, type Message, type MessageLevel } from '../message.ts'
import { type OutgoingRequest, postJson } from '../outgoing.ts'
import { byteLength } from '../plain-text.ts'

/** Below their 28 KB. */
const MOST_BYTES = 26_000
const COLOURS: Record<MessageLevel, string> = {
  ...{ critical: 'attention', high: 'attention', warning: 'warning', info: 'accent', resolved: 'good' },
}

export function teamsRequest({ url }: ReceiverOf<'teams'>, message: Message): OutgoingRequest {
  const fitted = fitMessage(message, (one) => byteLength(JSON.stringify(cardOf(one))) <= MOST_BYTES)
  return postJson(url, cardOf(fitted))
}

function cardOf({ level, title, lines, link }: FittedMessage): object {
  const run = (text: string, look = {}): object => ({
    ...{ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...look }] },
  })
  const content = {
    ...{ $schema: 'http://adaptivecards.io/schemas/adaptive-card.json', type: 'AdaptiveCard', version: '1.4' },
    body: [run(title, { weight: 'bolder', size: 'medium', color: COLOURS[level] }), ...lines.map((line) => run(line))],
    actions: [{ type: 'Action.OpenUrl', title: link.text, url: link.url }],
    msteams: { width: 'full' },
  }
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }
  return { type: 'message', attachments: [attachment] }
}
