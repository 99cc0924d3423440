import type { Receiver } from '../../config/receivers.ts'
import type { RegisteredReceiver } from '../../registry/receivers.ts'
import type { ReceiverAnswer } from '../schemas/receivers.ts'
import { toIsoOrNull } from '../serialize.ts'

/** So much is told of a secret, so that a person can tell two of them apart. */
const ENDING_CHARS = 4
/** Four of fewer characters would help whoever guesses. */
const FEWEST_CHARS = 16

export function toReceiverAnswer({ receiver, source, createdAtMs, createdBy }: RegisteredReceiver): ReceiverAnswer {
  const { id, type, language } = receiver
  const isMail = receiver.type === 'email'
  return {
    ...{ id, type, language, host: hostOf(receiver) },
    format: receiver.type === 'webhook' ? receiver.format : null,
    ...{ from: isMail ? receiver.from : null, to: isMail ? receiver.to : null },
    secrets: secretsOf(receiver).map(([name, secret]) => {
      const isLong = secret.length >= FEWEST_CHARS
      return { name, ending: isLong ? secret.slice(-ENDING_CHARS) : null }
    }),
    ...{ source, createdAt: toIsoOrNull(createdAtMs), createdBy },
  }
}

export function hostOf(receiver: Receiver): string {
  return new URL(receiver.type === 'email' ? receiver.smtp : receiver.url).host
}

function secretsOf(receiver: Receiver): [string, string][] {
  if (receiver.type === 'email') {
    const { password } = new URL(receiver.smtp)
    return password === '' ? [] : [['password', password]]
  }
  const given = {
    // All of PagerDuty's have the same.
    url: receiver.type === 'pagerduty' ? null : receiver.url,
    secret: 'secret' in receiver ? receiver.secret : null,
    routingKey: 'routingKey' in receiver ? receiver.routingKey : null,
    password: 'password' in receiver ? receiver.password : null,
  }
  return Object.entries(given).flatMap(([name, secret]): [string, string][] => (secret ? [[name, secret]] : []))
}
