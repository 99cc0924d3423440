/** What a client's settings are worth on the topic that was chosen, by the settings that were read of it last. */
import { DAY_MS, HOUR_MS } from '../../units.ts'
import type { LintFinding, TopicFacts } from '../lint-types.ts'
import { about, finding, numberOf, type Rule, type RuleContext, toSafe } from './rule.ts'

function isOtherSystem({ input }: RuleContext): boolean {
  const isRocketmq = input.client.startsWith('rocketmq')
  return input.topic !== null && isRocketmq !== (input.topic.system === 'rocketmq')
}

export const otherSystem: Rule = (context) => {
  const { topic } = context.input
  if (topic === null || !isOtherSystem(context)) return []
  return [finding('topicOfOtherSystem', 'warning', { facts: { topic: topic.name }, isUnknown: true })]
}

/** The topic, where it is one that a client in this role could use. */
function topicFor(
  context: RuleContext,
  role: 'producer' | 'consumer',
  system: TopicFacts['system'],
): TopicFacts | null {
  const { topic } = context.input
  if (topic === null || topic.system !== system || isOtherSystem(context)) return null
  return context.settings.roles.includes(role) ? topic : null
}

export const kafkaWrites: Rule = (context) => {
  const topic = topicFor(context, 'producer', 'kafka')
  if (topic === null) return []
  return [...minIsr(context, topic), ...unclean(topic), ...compacted(topic), ...largestMessage(context, topic)]
}

/** `acks=all` waits for those that are in sync: how many that must be is said by the topic alone. */
function minIsr({ settings }: RuleContext, topic: TopicFacts): LintFinding[] {
  const { name, minIsr: least, replicationFactor: copies } = topic
  const facts = { topic: name, minIsr: least ?? 0, copies: copies ?? 0 }
  if (copies === 1) return [finding('topicSingleCopy', 'high', { facts })]
  if (least === null || copies === null) return [finding('topicMinIsrUnknown', 'warning', { facts, isUnknown: true })]
  if (least >= copies) return [finding('topicMinIsrAll', 'warning', { facts })]
  const acks = settings.get('acks')
  if (least > 1 || acks === null || acks.value !== 'all') return []
  return [about(acks, 'topicMinIsrOne', 'high', { facts })]
}

function unclean({ name, uncleanLeaderElection }: TopicFacts): LintFinding[] {
  return uncleanLeaderElection === true ? [finding('topicUnclean', 'high', { facts: { topic: name } })] : []
}

function compacted({ name, cleanupPolicy }: TopicFacts): LintFinding[] {
  const isCompacted = cleanupPolicy?.split(',').some((policy) => policy.trim() === 'compact') === true
  return isCompacted ? [finding('topicCompacted', 'info', { facts: { topic: name } })] : []
}

/** A batch that the topic refuses is an error that comes back to the program, or does not. */
function largestMessage({ settings }: RuleContext, { name, maxMessageBytes }: TopicFacts): LintFinding[] {
  const judged = settings.get('maxRequestBytes')
  const bytes = numberOf(settings, 'maxRequestBytes')
  if (judged?.source !== 'set' || bytes === null || maxMessageBytes === null || bytes <= maxMessageBytes) return []
  const facts = { topic: name, maxMessageBytes }
  return [about(judged, 'topicMessageLimit', 'warning', { facts, change: toSafe(judged, maxMessageBytes) })]
}

/** Kept for less than a day: a consumer that stands still over a night has lost what it did not read. */
export const retention: Rule = (context) => {
  const system = context.input.topic?.system ?? 'kafka'
  const topic = topicFor(context, 'consumer', system)
  if (topic === null || topic.retentionMs === null || topic.retentionMs < 0 || !deletes(topic)) return []
  const facts = { topic: topic.name, hours: Math.max(1, Math.round(topic.retentionMs / HOUR_MS)) }
  return topic.retentionMs < DAY_MS ? [finding('topicRetentionShort', 'warning', { facts })] : []
}

/** Where records are only compacted, time deletes none. What is not known may. RocketMQ writes it in capitals. */
function deletes({ cleanupPolicy }: TopicFacts): boolean {
  return cleanupPolicy?.toLowerCase().includes('delete') ?? true
}

/** What `SEND_OK` of RocketMQ means is decided by its brokers. */
export const rocketmqWrites: Rule = (context) => {
  const topic = topicFor(context, 'producer', 'rocketmq')
  if (topic === null) return []
  const facts = { topic: topic.name, count: topic.notWritableBrokers }
  const found: LintFinding[] = []
  if (topic.minIsr === null) found.push(finding('rocketmqCopiesUnknown', 'warning', { facts, isUnknown: true }))
  else if (topic.minIsr <= 1) {
    found.push(finding(topic.flushesLater === true ? 'rocketmqMemoryOnly' : 'rocketmqMasterOnly', 'high', { facts }))
  }
  if (topic.notWritableBrokers > 0) found.push(finding('rocketmqNotWritable', 'high', { facts }))
  return found
}

export const rocketmqReads: Rule = (context) => {
  const topic = topicFor(context, 'consumer', 'rocketmq')
  if (topic === null || topic.notReadableBrokers === 0) return []
  return [finding('rocketmqNotReadable', 'high', { facts: { topic: topic.name, count: topic.notReadableBrokers } })]
}
