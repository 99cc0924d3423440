import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import type { Attempt, Delivery } from '../../outbox/delivery.ts'
import type { ToldAlerts } from '../../outbox/outbox.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { ListQuery } from '../schemas/common.ts'
import type { DeliveryAnswer, DeliveryListAnswer, DeliveryWithLogAnswer } from '../schemas/deliveries.ts'
import { toIso, toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

const DELIVERY_LIST: ListDefinition<Delivery> = {
  key: 'id',
  defaultSort: '-createdAt',
  aliases: { receiver: ['receiverId'] },
  fields: {
    id: { type: 'text', get: ({ id }) => id },
    receiverId: { type: 'text', get: ({ receiverId }) => receiverId },
    kind: { type: 'word', get: ({ kind }) => kind },
    source: { type: 'text', get: ({ source }) => source },
    state: { type: 'word', get: ({ state }) => state },
    createdAt: { type: 'number', get: ({ createdAtMs }) => createdAtMs },
    nextAttemptAt: { type: 'number', get: ({ nextAttemptAtMs }) => nextAttemptAtMs },
    attempts: { type: 'number', get: ({ attempts }) => attempts },
    lastAt: { type: 'number', get: ({ last }) => last?.atMs ?? null },
    code: { type: 'word', get: ({ last }) => last?.code ?? null },
    latencyMs: { type: 'number', get: ({ last }) => last?.latencyMs ?? null },
  },
}

export async function listDeliveries(
  query: ListQuery,
  { services, locale }: RequestContext,
): Promise<DeliveryListAnswer> {
  const page = pageOf(await services.outbox.list(), DELIVERY_LIST, query)
  return {
    items: await toDeliveryAnswers(page.rows, services, locale),
    nextCursor: page.nextCursor,
    asOf: toIso(services.now()),
    total: page.total,
  }
}

/** @throws HoldfastError `delivery_not_found` */
export async function getDelivery(id: string, { services, locale }: RequestContext): Promise<DeliveryWithLogAnswer> {
  const { delivery, alertIds, log } = await services.outbox.get(id)
  const answer = await toOneAnswer(delivery, services, locale)
  return { ...answer, alertIds, log: log.map((attempt) => toAttempt(attempt, locale)) }
}

/** @throws HoldfastError `delivery_not_found`, `delivery_not_failed`, `delivery_overtaken` */
export async function resendDelivery(id: string, { services, locale, audit }: RequestContext): Promise<DeliveryAnswer> {
  const delivery = await services.outbox.resend(id, services.now())
  audit.detail = { receiver: delivery.receiverId, kind: delivery.kind, source: delivery.source }
  services.replays.wake()
  return toOneAnswer(delivery, services, locale)
}

async function toOneAnswer(delivery: Delivery, { outbox }: ApiServices, locale: Locale): Promise<DeliveryAnswer> {
  return toDeliveryAnswer(delivery, (await outbox.alertsOf([delivery.id])).get(delivery.id), locale)
}

/** In the same order. */
export async function toDeliveryAnswers(
  deliveries: readonly Delivery[],
  { outbox }: Pick<ApiServices, 'outbox'>,
  locale: Locale,
): Promise<DeliveryAnswer[]> {
  const told = await outbox.alertsOf(deliveries.map(({ id }) => id))
  return deliveries.map((delivery) => toDeliveryAnswer(delivery, told.get(delivery.id), locale))
}

function toDeliveryAnswer(delivery: Delivery, told: ToldAlerts | undefined, locale: Locale): DeliveryAnswer {
  const { id, receiverId, kind, source, state, createdAtMs, nextAttemptAtMs, attempts, last } = delivery
  return {
    ...{ id, receiverId, kind, source, state, attempts, alerts: told?.count ?? 0 },
    alertId: told?.count === 1 ? told.first : null,
    ...{ createdAt: toIso(createdAtMs), nextAttemptAt: toIsoOrNull(nextAttemptAtMs) },
    last: last && toAttempt(last, locale),
  }
}

function toAttempt({ atMs, code, facts, latencyMs }: Attempt, locale: Locale): NonNullable<DeliveryAnswer['last']> {
  const words = (part: string): string => translate(locale, 'notifications', `outcomes.${code}.${part}`, facts)
  return { at: toIso(atMs), code, message: words('message'), fix: words('fix'), facts, latencyMs }
}
