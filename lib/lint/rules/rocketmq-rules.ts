/** RocketMQ's clients. Much of what loses messages there stands in code: it is looked for by its names. */
import type { LintFinding, TextCall } from '../lint-types.ts'
import { about, finding, numberOf, type Rule, type RuleContext, toSafe } from './rule.ts'

const isProducer = ({ input }: RuleContext): boolean => input.client === 'rocketmqProducer'
const isConsumer = ({ input }: RuleContext): boolean => input.client === 'rocketmqConsumer'

/** The names of what sends without waiting for an answer, and of what does the same and waits. */
const ONEWAY: Readonly<Record<string, string>> = {
  ...{ sendOneway: 'send', sendOneWay: 'syncSend', sendOneWayOrderly: 'syncSendOrderly' },
}

export const oneway: Rule = (context) => {
  if (!isProducer(context)) return []
  const { calls, text } = context.settings.parsed
  return Object.entries(ONEWAY).flatMap(([name, waiting]): LintFinding[] => {
    const found = calls.filter((call) => call.name === name)
    const [first] = found
    if (first === undefined) return []
    const edits = found.map((call) => ({ ...placeOfName(call), text: waiting }))
    const one = finding('rocketmqOneway', 'critical', {
      line: first.line,
      facts: { call: name, waiting },
      change: { edits },
    })
    const { start, end } = placeOfName(first)
    return [{ ...one, setting: name, value: text.slice(start, end) }]
  })
}

function placeOfName(call: TextCall): { start: number; end: number } {
  const end = call.argsStart - 1
  return { start: end - call.name.length, end }
}

export const sendRetries: Rule = (context) => {
  if (!isProducer(context)) return []
  const { settings } = context
  return (['retries', 'asyncRetries', 'maxAttempts'] as const).flatMap((key) => {
    const judged = settings.get(key)
    const count = numberOf(settings, key)
    // The 5.x client counts the first try, too.
    const isNone = count !== null && count <= (key === 'maxAttempts' ? 1 : 0)
    return judged !== null && isNone ? [about(judged, 'rocketmqNoRetries', 'high', { change: toSafe(judged) })] : []
  })
}

const SHORTEST_TIMEOUT_MS = 1_000

export const sendTimeout: Rule = (context) => {
  const judged = context.settings.get('sendTimeoutMs')
  const timeoutMs = numberOf(context.settings, 'sendTimeoutMs')
  if (judged === null || timeoutMs === null || timeoutMs >= SHORTEST_TIMEOUT_MS) return []
  return [about(judged, 'rocketmqTimeoutShort', 'warning', { change: toSafe(judged) })]
}

/** Codes 10, 11 and 12: stored, and not confirmed. `send` returns as if all were well. */
export const storeStatus: Rule = (context) => {
  if (!isProducer(context)) return []
  const { names } = context.settings.parsed
  const other = context.settings.get('retryOtherBroker')
  if (other?.value === true) return [about(other, 'rocketmqStatusRetried', 'info')]
  const isLookedAt = names.has('getSendStatus') || names.has('SEND_OK')
  return [finding(isLookedAt ? 'rocketmqStatusSeen' : 'rocketmqStatusUnseen', 'info')]
}

/** Half messages that nobody answers for are given up after 15 checks. */
export const transactionListener: Rule = (context) => {
  if (!isProducer(context)) return []
  const { names, calls } = context.settings.parsed
  const producer = calls.find(({ name }) => name === 'TransactionMQProducer')
  const isTransactional = producer !== undefined || names.has('sendMessageInTransaction')
  if (!isTransactional) return []
  const isAnswered =
    LISTENERS.some((name) => names.has(name)) ||
    context.settings.parsed.settings.some(({ name }) => name === 'transactionListener')
  // A part of a program may leave out what stands elsewhere: only a producer that is made here must have it.
  if (isAnswered || producer === undefined) return [finding('rocketmqTransactionUnseen', 'info')]
  return [finding('rocketmqNoTransactionListener', 'high', { line: producer.line })]
}

const LISTENERS = [
  'setTransactionListener',
  'setTransactionCheckListener',
  'checkLocalTransaction',
  'checkLocalTransactionState',
  'RocketMQTransactionListener',
  'TransactionListener',
  'TransactionChecker',
  'setTransactionChecker',
]

/** There is no idempotent producer: what is sent again is there twice. */
export const duplicates: Rule = (context) =>
  isProducer(context)
    ? [finding('rocketmqDuplicates', 'info')]
    : isConsumer(context)
      ? [finding('rocketmqDuplicatesRead', 'info')]
      : []

export const messageModel: Rule = (context) => {
  const judged = context.settings.get('messageModel')
  return judged?.value === 'BROADCASTING' ? [about(judged, 'rocketmqBroadcasting', 'warning')] : []
}

export const fromWhere: Rule = (context) => {
  const judged = context.settings.get('fromWhere')
  return judged?.value === 'CONSUME_FROM_LAST_OFFSET' ? [about(judged, 'rocketmqFromLast', 'info')] : []
}

export const reconsume: Rule = (context) => {
  const judged = context.settings.get('maxReconsumeTimes')
  const times = numberOf(context.settings, 'maxReconsumeTimes')
  if (judged === null || times === null || times < 0 || times > 1) return []
  return [about(judged, 'rocketmqFewReconsumes', 'warning', { facts: { times }, change: toSafe(judged) })]
}

/**
 * A listener that catches what goes wrong and still answers that all is done. One that lets the error go is fine: the
 * client takes it for RECONSUME_LATER.
 */
export const consumeStatus: Rule = (context) => {
  if (!isConsumer(context)) return []
  const { names } = context.settings.parsed
  const says = (...words: string[]): boolean => words.some((word) => names.has(word))
  const isAlwaysDone = says('CONSUME_SUCCESS', 'SUCCESS') && says('catch')
  const mayFail = says('RECONSUME_LATER', 'SUSPEND_CURRENT_QUEUE_A_MOMENT', 'FAILURE', 'throw')
  if (isAlwaysDone && !mayFail) return [finding('rocketmqAlwaysSuccess', 'high')]
  return [finding('rocketmqConsumeStatus', 'info')]
}

/** A pull consumer commits by itself what it handed out. */
export const pullCommit: Rule = (context) => {
  if (!isConsumer(context)) return []
  const { parsed } = context.settings
  const isPulling = parsed.names.has('DefaultLitePullConsumer') || parsed.names.has('LitePullConsumer')
  const set = parsed.settings.findLast(({ name }) => name === 'autoCommit')
  if (set === undefined ? !isPulling : set.value !== 'true') return []
  const edits = set === undefined ? null : [{ start: set.start, end: set.end, text: 'false' }]
  const facts = { setting: 'autoCommit' }
  const one = finding('rocketmqPullCommit', 'high', { facts, change: edits === null ? null : { edits } })
  return [{ ...one, setting: 'autoCommit', value: set?.value ?? null, effective: 'true', line: set?.line ?? null }]
}
