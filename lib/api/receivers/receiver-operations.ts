import { randomBytes } from 'node:crypto'
import { type Receiver, secretsOfReceiver } from '../../config/receivers.ts'
import { translate } from '../../i18n/translate.ts'
import { hideInLogs } from '../../log.ts'
import { type Outcome, retry } from '../../receivers/outcome.ts'
import type { RegisteredReceiver } from '../../registry/receivers.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { ListQuery } from '../schemas/common.ts'
import type { ReceiverAnswer, ReceiverListAnswer, ReceiverTestAnswer } from '../schemas/receivers.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { hostOf, toReceiverAnswer } from './receiver-serializers.ts'

const RECEIVER_LIST: ListDefinition<RegisteredReceiver> = {
  key: 'id',
  defaultSort: 'id',
  aliases: {},
  fields: {
    id: { type: 'text', get: ({ receiver }) => receiver.id },
    type: { type: 'word', get: ({ receiver }) => receiver.type },
    language: { type: 'word', get: ({ receiver }) => receiver.language },
    host: { type: 'text', get: ({ receiver }) => hostOf(receiver) },
    source: { type: 'word', get: ({ source }) => source },
    createdAt: { type: 'number', get: ({ createdAtMs }) => createdAtMs },
    createdBy: { type: 'text', get: ({ createdBy }) => createdBy },
  },
}

export async function listReceivers(services: ApiServices, query: ListQuery): Promise<ReceiverListAnswer> {
  const page = pageOf(await services.receivers.store.list(), RECEIVER_LIST, query)
  const { nextCursor, total } = page
  return { items: page.rows.map(toReceiverAnswer), nextCursor, asOf: toIso(services.now()), total }
}

/**
 * Nothing is expanded in what comes over the network: `${env:…}` would let a caller send the console's own secrets to an
 * address of their choice.
 *
 * @throws HoldfastError `conflict`, `receiver_in_file`, `receivers_too_many`
 */
export async function addReceiver(services: ApiServices, receiver: Receiver, actor: string): Promise<ReceiverAnswer> {
  hideInLogs(secretsOfReceiver(receiver))
  return toReceiverAnswer(await services.receivers.store.add(receiver, actor))
}

/** A real message, sent now. @throws HoldfastError `receiver_not_found` */
export async function testReceiver(
  id: string,
  { services, locale, audit }: RequestContext,
): Promise<ReceiverTestAnswer> {
  const { store, sender } = services.receivers
  const { receiver } = await store.get(id)
  const startedAtMs = performance.now()
  const outcome = sender.take(receiver) > 0 ? retry('rateLimited') : await sendTest(receiver, services)
  const words = (part: string): string =>
    translate(locale, 'notifications', `outcomes.${outcome.code}.${part}`, outcome.facts)
  audit.detail = { code: outcome.code }
  return {
    ...{ ok: outcome.state === 'delivered', code: outcome.code, message: words('message'), fix: words('fix') },
    latencyMs: Math.round(performance.now() - startedAtMs),
  }
}

const ID_BYTES = 9

/** Each is a message of its own, unlike the attempts of one. */
function sendTest(receiver: Receiver, { receivers, now }: ApiServices): Promise<Outcome> {
  const id = `t-${randomBytes(ID_BYTES).toString('base64url')}`
  // It ends by its own deadline.
  const { signal } = new AbortController()
  return receivers.sender.send(receiver, { kind: 'test', sentAtMs: now() }, id, signal)
}
