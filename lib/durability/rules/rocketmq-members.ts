/** What the rules about RocketMQ's brokers share: who belongs together, what a setting says, since when something holds. */
import type { RocketmqBrokerState } from '../../cluster/rocketmq-state.ts'
import type { ObservedBroker, Severity } from '../observation.ts'
import { type BrokerRule, type Outcome, RESTART_GRACE_MS, type Scene, textOf } from './rule.ts'

export const MEBIBYTE = 1024 * 1024

export type RocketmqBroker = ObservedBroker & { rocketmq: RocketmqBrokerState }
type Judge = (broker: RocketmqBroker, scene: Scene) => Outcome

/** About any member. One that is gone tells nothing of itself. Its address is what the tools call it by. */
export function memberRule(code: BrokerRule['code'], severity: Severity, judge: Judge): BrokerRule {
  return {
    ...{ code, system: 'rocketmq', severity, scope: 'broker' },
    judge(broker, scene) {
      const outcome = isKnown(broker) ? judge(broker, scene) : 'unknown'
      if (outcome === 'unknown') return outcome
      return outcome.map((one) => ({ ...one, facts: { ...one.facts, address: `${broker.host}:${broker.port}` } }))
    },
  }
}

export function masterRule(code: BrokerRule['code'], severity: Severity, judge: Judge): BrokerRule {
  return { ...memberRule(code, severity, judge), appliesTo: isMaster }
}

export function slaveRule(code: BrokerRule['code'], severity: Severity, judge: Judge): BrokerRule {
  return { ...memberRule(code, severity, judge), appliesTo: (broker) => !isMaster(broker) }
}

function isKnown(broker: ObservedBroker): broker is RocketmqBroker {
  return broker.rocketmq !== null
}

/** The last role that it was seen in, for one that is gone. */
export function isMaster({ role }: Pick<ObservedBroker, 'role'>): boolean {
  return role !== 'SLAVE'
}

export function brokerNameOf({ id, rocketmq }: Pick<ObservedBroker, 'id' | 'rocketmq'>): string {
  return rocketmq?.brokerName ?? id.slice(0, id.lastIndexOf(':'))
}

/** The other members of its broker name, those that are gone and expected included. */
export function fellowsOf(broker: ObservedBroker, { brokers }: Scene): ObservedBroker[] {
  const name = brokerNameOf(broker)
  return brokers.filter((other) => other.id !== broker.id && brokerNameOf(other) === name)
}

/** Null while the settings are not known. A broker tells all that it has: one that is not there, its version lacks. */
export function isOn({ config }: ObservedBroker, setting: string): boolean | null {
  return config === null ? null : textOf(config, setting) === 'true'
}

/** In DLedger mode a quorum confirms each message, with duplication another program copies: roles say nothing then. */
export function confirmsOtherwise(broker: ObservedBroker): boolean {
  return ['enableDLegerCommitLog', 'duplicationEnable'].some((setting) => isOn(broker, setting) === true)
}

/** It, or another member of its name: what the one lacks of the other is missing at both. */
export function isRestarting(broker: ObservedBroker, scene: Scene): boolean {
  return [broker, ...fellowsOf(broker, scene)].some(({ id }) => scene.layout.restarting.has(id))
}

export function isYoung({ rocketmq }: ObservedBroker, nowMs: number): boolean {
  const bootAtMs = rocketmq?.runtime?.bootAtMs ?? null
  return bootAtMs !== null && nowMs - bootAtMs < RESTART_GRACE_MS
}

export function toMebibytes(bytes: bigint): number {
  return Math.ceil(Number(bytes) / MEBIBYTE)
}
