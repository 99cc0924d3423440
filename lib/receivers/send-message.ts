/** One attempt, whole: what is to be sent is made for this moment, sent, and its answer read. */
import type { Receiver } from '../config/receivers.ts'
import type { Notification } from '../outbox/notification.ts'
import { SECOND_MS } from '../units.ts'
import { buildOutgoing } from './build-outgoing.ts'
import { isOutcome, type SendOptions } from './dial.ts'
import { type Outcome, refused, retry } from './outcome.ts'
import type { Outgoing, SendContext } from './outgoing.ts'
import { readAnswer } from './read-answer.ts'
import { sendMail } from './send-mail.ts'
import { sendRequest } from './send-request.ts'

/** From the lookup to the end of the answer. */
const DEADLINE_SECONDS = 15

export interface SendSettings extends Omit<SendOptions, 'signal'> {
  deadlineSeconds?: number
}

/** Rejects only when the signal ends it: nobody knows then whether it was taken. */
export async function sendMessage(
  receiver: Receiver,
  notification: Notification,
  context: SendContext,
  settings: SendSettings,
  signal: AbortSignal,
): Promise<Outcome> {
  const outgoing = buildOutgoing(receiver, notification, context)
  if (outgoing === null) return refused('kindNotTaken')
  const { deadlineSeconds: seconds = DEADLINE_SECONDS } = settings
  const deadline = AbortSignal.timeout(seconds * SECOND_MS)
  const options = { ...settings, signal: AbortSignal.any([signal, deadline]) }
  try {
    if (outgoing.via === 'smtp') return await sendMail(outgoing, options)
    const answer = await sendRequest(outgoing, options)
    return isOutcome(answer) ? answer : readAnswer(receiver.type, answer, context.nowMs)
  } catch (error) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw error
    return retry('answerTimeout', { host: hostOf(outgoing), seconds })
  }
}

function hostOf(outgoing: Outgoing): string {
  return new URL(outgoing.via === 'smtp' ? outgoing.server : outgoing.url).hostname
}
