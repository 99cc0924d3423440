/** What the tests of the lint share. */
import { lintSettings } from '../../../lib/lint/lint-settings.ts'
import type { LintClient, LintFinding, LintResult, TopicFacts } from '../../../lib/lint/lint-types.ts'

export const ORDERS: TopicFacts = {
  system: 'kafka',
  name: 'orders',
  minIsr: 2,
  replicationFactor: 3,
  uncleanLeaderElection: false,
  retentionMs: 604_800_000,
  retentionBytes: -1,
  cleanupPolicy: 'delete',
  maxMessageBytes: 1_048_588,
  flushesLater: null,
  notWritableBrokers: 0,
  notReadableBrokers: 0,
}

/** Two masters that each wait for a slave. */
export const TRADES: TopicFacts = {
  ...ORDERS,
  ...{ system: 'rocketmq', name: 'trades', replicationFactor: 2, uncleanLeaderElection: null, cleanupPolicy: null },
  ...{ retentionMs: 259_200_000, retentionBytes: null, maxMessageBytes: null, flushesLater: true },
}

export interface LintCase {
  client: LintClient
  text?: string
  version?: string | null
  topic?: TopicFacts | null
}

export function lint({ client, text = '', version = null, topic = null }: LintCase): LintResult {
  return lintSettings({ client, text, version, topic })
}

export function findingOf(result: LintResult, code: string): LintFinding | undefined {
  return result.findings.find((finding) => finding.code === code)
}

/** What a setting comes to, and from where: `all (default)`. */
export function effectiveOf(result: LintResult, setting: string): string | undefined {
  const found = result.effective.find((one) => one.setting === setting)
  return found === undefined ? undefined : `${found.value} (${found.source})`
}
