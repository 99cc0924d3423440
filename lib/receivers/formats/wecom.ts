/** A robot of WeCom. Messages are of its kind `text`: in its markup `<@…>` pings, and cannot be escaped. */
import type { ReceiverOf } from '../../config/receivers.ts'
import { fitMessage, type Message, textOf } from '../message.ts'
import { type OutgoingRequest, postJson } from '../outgoing.ts'
import { byteLength } from '../plain-text.ts'

const MOST_CONTENT_BYTES = 2_048

export function wecomRequest({ url }: ReceiverOf<'wecom'>, message: Message): OutgoingRequest {
  const fitted = fitMessage(message, (one) => byteLength(textOf(one)) <= MOST_CONTENT_BYTES)
  return postJson(url, { msgtype: 'text', text: { content: textOf(fitted), mentioned_list: [] } })
}
