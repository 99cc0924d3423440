/** Slack, by an incoming webhook. Its blocks are plain text, in which no name can ping anybody or draw anything. */
import type { ReceiverOf } from '../../config/receivers.ts'
import { type FittedMessage, fitMessage, type Message, textOf } from '../message.ts'
import { type OutgoingRequest, postJson } from '../outgoing.ts'
import { cut } from '../plain-text.ts'

const LONGEST_HEADER = 150
const LONGEST_SECTION = 3_000

/** Also where plain text is asked for: the text for notifications is read as markup, and the rest does not suffer. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const sizeOf = (text: string): number => escaped(text).length

export function slackRequest({ url }: ReceiverOf<'slack'>, message: Message): OutgoingRequest {
  const { link, ...fitted } = fitMessage(message, ({ lines }) => sizeOf(lines.join('\n')) <= LONGEST_SECTION)
  const plain = (text: string): object => ({ type: 'plain_text', emoji: false, text: escaped(text) })
  return postJson(url, {
    text: escaped(textOf({ ...fitted, link })),
    blocks: [
      { type: 'header', text: plain(cut(fitted.title, LONGEST_HEADER, sizeOf)) },
      ...sectionsOf(fitted.lines).map((text) => ({ type: 'section', text: plain(text) })),
      { type: 'actions', elements: [{ type: 'button', text: plain(link.text), url: link.url }] },
    ],
  })
}

/** A section without text would be refused. */
function sectionsOf(lines: FittedMessage['lines']): string[] {
  return lines.length === 0 ? [] : [cut(lines.join('\n'), LONGEST_SECTION, sizeOf)]
}
