/** What is sent, whole: whoever sends it adds nothing. */
import type { WordChoice } from './message.ts'

export interface OutgoingRequest {
  via: 'http'
  method: 'GET' | 'POST'
  url: string
  headers: Readonly<Record<string, string>>
  body: string
}

export interface OutgoingMail {
  via: 'smtp'
  /** `smtp://` or `smtps://`, with the sign-in. */
  server: string
  from: string
  to: readonly string[]
  subject: string
  text: string
  messageId: string
}

export type Outgoing = OutgoingRequest | OutgoingMail

/** What a message needs beside receiver and notification. */
export interface SendContext extends Omit<WordChoice, 'locale'> {
  /** The same with each attempt: by it a receiver sees that it has this one already. Without dots. */
  id: string
  /** Of this attempt: signatures are made for it. */
  nowMs: number
}

export function postJson(url: string, body: unknown, headers: Record<string, string> = {}): OutgoingRequest {
  return {
    ...{ via: 'http', method: 'POST', url, body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  }
}
