import type { ReceiverOf } from '../../config/receivers.ts'
import { fitMessage, type Message, textOf } from '../message.ts'
import type { OutgoingMail } from '../outgoing.ts'
import { byteLength, cut } from '../plain-text.ts'

const MOST_BYTES = 100_000
/** A longer one is folded, which some programs show badly. */
const LONGEST_SUBJECT = 200

export function emailOf({ smtp, from, to }: ReceiverOf<'email'>, message: Message, id: string): OutgoingMail {
  const fitted = fitMessage(message, (one) => byteLength(textOf(one)) <= MOST_BYTES)
  const domain = /@([^<>\s]+)>?$/.exec(from)?.[1] ?? 'holdfast.invalid'
  return {
    ...{ via: 'smtp', server: smtp, from, to, text: `${textOf(fitted)}\n` },
    subject: cut(fitted.title, LONGEST_SUBJECT, (text) => text.length),
    messageId: `<${id}@${domain}>`,
  }
}
