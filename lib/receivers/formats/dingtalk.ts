/** A robot of DingTalk. Messages are of its kind `text`: its markup cannot be escaped dependably. */
import { createHmac } from 'node:crypto'
import type { ReceiverOf } from '../../config/receivers.ts'
import { fitMessage, type Message, textOf } from '../message.ts'
import { type OutgoingRequest, postJson } from '../outgoing.ts'
import { byteLength } from '../plain-text.ts'

/** Below their 20 KB. */
const MOST_BYTES = 15_000

export function dingtalkRequest(
  { url, secret }: ReceiverOf<'dingtalk'>,
  message: Message,
  nowMs: number,
): OutgoingRequest {
  const bodyOf = (content: string): object => ({ msgtype: 'text', text: { content }, at: { isAtAll: false } })
  const fitted = fitMessage(message, (one) => byteLength(JSON.stringify(bodyOf(textOf(one)))) <= MOST_BYTES)
  const target = new URL(url)
  if (secret) {
    const timestamp = String(nowMs)
    target.searchParams.set('timestamp', timestamp)
    target.searchParams.set('sign', dingtalkSignature(secret, timestamp))
  }
  return postJson(target.href, bodyOf(textOf(fitted)))
}

export function dingtalkSignature(secret: string, timestamp: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64')
}
