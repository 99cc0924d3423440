/** Whether clients may use a RocketMQ topic's queues. Each broker keeps settings of its own for a topic. */
import type { RocketmqTopicOnBroker } from '../../cluster/rocketmq-state.ts'
import type { ObservedTopic, Severity } from '../observation.ts'
import { type FindingFacts, hit, MISS, type Outcome, type TopicRule } from './rule.ts'

const MAY_READ = 4
const MAY_WRITE = 2

export const ROCKETMQ_TOPIC_RULES: readonly TopicRule[] = [
  permissionRule('topic.writeOnly', ({ permission }) => mayWrite(permission) && !mayRead(permission), writeOnly),
  permissionRule('topic.notWritable', ({ permission }) => !mayWrite(permission), notWritable),
]

function permissionRule(
  code: TopicRule['code'],
  isAmiss: (onBroker: RocketmqTopicOnBroker) => boolean,
  severityOf: (topic: ObservedTopic, isEverywhere: boolean) => Severity,
): TopicRule {
  const judge = (topic: ObservedTopic): Outcome => {
    if (topic.rocketmq === null) return 'unknown'
    const { brokers } = topic.rocketmq
    const amiss = brokers.filter(isAmiss)
    if (amiss.length === 0) return MISS
    return hit(severityOf(topic, amiss.length === brokers.length), factsOf(topic, amiss))
  }
  const appliesTo = ({ internal }: Pick<ObservedTopic, 'internal'>): boolean => !internal
  return { code, system: 'rocketmq', severity: 'warning', scope: 'topic', appliesTo, judge }
}

/** Brokers up to 4.9.1 make queues for dead letters so; without dead letters nothing is out of reach yet. */
function writeOnly({ kind, messages, messagesIsPartial }: ObservedTopic): Severity {
  return kind === 'dlq' && messages === 0n && !messagesIsPartial ? 'info' : 'warning'
}

/** On some of its brokers only: how one empties a broker before it is taken away. */
function notWritable(_: ObservedTopic, isEverywhere: boolean): Severity {
  return isEverywhere ? 'warning' : 'info'
}

function factsOf({ name, rocketmq }: ObservedTopic, amiss: readonly RocketmqTopicOnBroker[]): FindingFacts {
  const group = rocketmq?.deadLetterGroup ?? null
  return {
    ...{ topic: name, kind: group === null ? 'other' : 'deadLetters', group: group ?? '' },
    ...{
      brokers: amiss.map(({ broker }) => broker).join(', '),
      count: amiss.length,
      of: rocketmq?.brokers.length ?? 0,
    },
    readable: amiss.every(({ permission }) => mayRead(permission)) ? 'yes' : 'no',
  }
}

function mayRead(permission: number): boolean {
  return (permission & MAY_READ) !== 0
}

function mayWrite(permission: number): boolean {
  return (permission & MAY_WRITE) !== 0
}
