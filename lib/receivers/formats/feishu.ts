/** A robot of Feishu or, by its address, of Lark: a card whose parts are plain text. */
import { createHmac } from 'node:crypto'
import type { ReceiverOf } from '../../config/receivers.ts'
import { SECOND_MS } from '../../units.ts'
import { type FittedMessage, fitMessage, type Message, type MessageLevel } from '../message.ts'
import { type OutgoingRequest, postJson } from '../outgoing.ts'
import { byteLength } from '../plain-text.ts'

/** Below their 20 KB, with the signature. */
const MOST_BYTES = 18_000
const COLOURS: Record<MessageLevel, string> = {
  ...{ critical: 'red', high: 'red', warning: 'orange', info: 'blue', resolved: 'green' },
}

export function feishuRequest({ url, secret }: ReceiverOf<'feishu'>, message: Message, nowMs: number): OutgoingRequest {
  const fitted = fitMessage(message, (one) => byteLength(JSON.stringify(cardOf(one))) <= MOST_BYTES)
  const timestamp = String(Math.floor(nowMs / SECOND_MS))
  const signed = secret ? { timestamp, sign: feishuSignature(secret, timestamp) } : {}
  return postJson(url, { ...signed, msg_type: 'interactive', card: cardOf(fitted) })
}

/** Unlike that of DingTalk: time and secret are the key, and nothing is signed with it. */
export function feishuSignature(secret: string, timestamp: string): string {
  return createHmac('sha256', `${timestamp}\n${secret}`).digest('base64')
}

function cardOf({ level, title, lines, link }: FittedMessage): object {
  const plain = (content: string): object => ({ tag: 'plain_text', content })
  return {
    config: { wide_screen_mode: true },
    header: { title: plain(title), template: COLOURS[level] },
    elements: [
      { tag: 'div', text: plain(lines.join('\n')) },
      { tag: 'action', actions: [{ tag: 'button', type: 'default', text: plain(link.text), url: link.url }] },
    ],
  }
}
