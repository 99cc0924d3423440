/** Whether what a producer of Kafka was told to have sent is really there, once and in order. */
import { MINUTE_MS, SECOND_MS } from '../../units.ts'
import type { JudgedSettings } from '../judged-settings.ts'
import type { LintFinding } from '../lint-types.ts'
import { about, finding, numberOf, type Rule, toSafe } from './rule.ts'

export const acks: Rule = ({ settings }) => {
  const judged = settings.get('acks')
  if (judged === null || judged.value === 'all') return []
  if (judged.value === '0') return [about(judged, 'acksNone', 'critical', { change: toSafe(judged) })]
  return judged.value === '1' ? [about(judged, 'acksLeader', 'high', { change: toSafe(judged) })] : []
}

/** With fewer tries than this a change of leaders outlasts them. */
const FEW_RETRIES = 10

export const retries: Rule = ({ settings }) => {
  const judged = settings.get('retries')
  const count = numberOf(settings, 'retries')
  if (judged === null || count === null || settings.value('acks') === '0') return []
  if (count <= 0) return [about(judged, 'retriesNone', 'high', { change: toSafe(judged) })]
  return count < FEW_RETRIES ? [about(judged, 'retriesFew', 'warning', { change: toSafe(judged) })] : []
}

const SHORTEST_DELIVERY_MS = 2 * MINUTE_MS

export const deliveryTimeout: Rule = ({ settings }) => {
  const judged = settings.get('deliveryTimeoutMs')
  const timeoutMs = numberOf(settings, 'deliveryTimeoutMs')
  if (judged === null || timeoutMs === null || judged.source !== 'set') return []
  // librdkafka and franz-go: no bound at all.
  if (timeoutMs <= 0) return []
  const leastMs = leastDeliveryMs(settings)
  const change = toSafe(judged, Math.max(SHORTEST_DELIVERY_MS, leastMs ?? 0))
  const isRefused = settings.table.idempotence?.fallsBack === true && leastMs !== null && timeoutMs < leastMs
  if (isRefused) return [about(judged, 'deliveryTimeoutRefused', 'high', { facts: { leastMs: leastMs ?? 0 }, change })]
  if (timeoutMs >= SHORTEST_DELIVERY_MS) return []
  const facts = { seconds: Math.round(timeoutMs / SECOND_MS) }
  return [about(judged, 'deliveryTimeoutShort', 'warning', { facts, change })]
}

/** Java's client does not start with less than one request takes. */
function leastDeliveryMs(settings: JudgedSettings): number | null {
  const request = numberOf(settings, 'requestTimeoutMs')
  return request === null ? null : request + (numberOf(settings, 'lingerMs') ?? 0)
}

/** What contradicts idempotence: clients that were asked for it do not start then. */
function conflicts(settings: JudgedSettings): ('acks' | 'retries' | 'inFlight')[] {
  const limit = settings.table.idempotence?.maxInFlight ?? Number.POSITIVE_INFINITY
  const inFlight = settings.get('inFlight')
  // Of sarama also the default is too high; the others adjust theirs.
  const isInFlightSaid = inFlight?.source === 'set' || settings.table.client === 'sarama'
  const found: ('acks' | 'retries' | 'inFlight')[] = []
  if (settings.value('acks') !== 'all' && settings.value('acks') !== undefined) found.push('acks')
  if (numberOf(settings, 'retries') === 0) found.push('retries')
  if (isInFlightSaid && (numberOf(settings, 'inFlight') ?? 0) > limit) found.push('inFlight')
  return found
}

export const idempotence: Rule = ({ settings }) => {
  const judged = settings.get('idempotence')
  if (judged === null || judged.value === undefined) return []
  if (judged.value === false) {
    if (judged.source !== 'implied') return [about(judged, 'idempotenceOff', 'warning', { change: toSafe(judged) })]
    // It comes back by itself when what it gave way to is mended; `acks` and `retries` have findings of their own.
    const inFlight = settings.get('inFlight')
    const limit = settings.table.idempotence?.maxInFlight ?? 0
    const isTooMany = inFlight?.source === 'set' && Number(inFlight.value) > limit
    return [
      about(judged, 'idempotenceGivesWay', 'warning', { change: isTooMany ? { key: 'inFlight', to: limit } : null }),
    ]
  }
  return conflicts(settings).flatMap((key) => {
    const other = settings.get(key)
    if (other === null) return []
    const limit = settings.table.idempotence?.maxInFlight ?? 0
    const to = key === 'inFlight' ? limit : undefined
    const facts = { limit: Number.isFinite(limit) ? limit : 0 }
    return [about(other, CONFLICT_FINDINGS[key], 'high', { facts, change: toSafe(other, to) })]
  })
}

const CONFLICT_FINDINGS = {
  acks: 'idempotenceNeedsAcks',
  retries: 'idempotenceNeedsRetries',
  inFlight: 'idempotenceNeedsFewInFlight',
} as const

/** Retries overtake each other where nothing numbers them. */
export const reordering: Rule = ({ settings }) => {
  const judged = settings.get('inFlight')
  if (judged === null || settings.value('idempotence') !== false) return []
  const count = judged.value === null ? Number.POSITIVE_INFINITY : numberOf(settings, 'inFlight')
  const tries = numberOf(settings, 'retries')
  return count !== null && count > 1 && tries !== null && tries > 0 ? [about(judged, 'reorders', 'warning')] : []
}

/** `transaction.max.timeout.ms` of brokers, unless it was changed there. */
const LONGEST_TRANSACTION_MS = 15 * MINUTE_MS

export const transactions: Rule = ({ settings }) => {
  const id = settings.get('transactionalId')
  if (id === null || id.set === null) return []
  const found: LintFinding[] = [about({ ...id, value: null }, 'transactionReaders', 'info')]
  const idempotent = settings.get('idempotence')
  if (idempotent?.source === 'set' && idempotent.value === false) {
    found.push(about(idempotent, 'transactionNeedsIdempotence', 'high', { change: toSafe(idempotent) }))
  }
  const timeout = settings.get('transactionTimeoutMs')
  const timeoutMs = numberOf(settings, 'transactionTimeoutMs')
  if (timeout !== null && timeoutMs !== null && timeoutMs > LONGEST_TRANSACTION_MS) {
    found.push(about(timeout, 'transactionTimeoutLong', 'warning', { change: toSafe(timeout) }))
  }
  return found
}

/** No setting tells what the program does with an error that the client reports. */
export const sendResults: Rule = ({ settings }) =>
  settings.roles.includes('producer') ? [finding('sendResultUnseen', 'info')] : []
