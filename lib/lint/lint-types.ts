/** What goes into the lint and what comes out. Codes and facts only: words are chosen where they are shown. */
import type { FindingCode } from './finding-codes.ts'

export const LINT_CLIENTS = [
  'javaProducer',
  'javaConsumer',
  'springBoot',
  'kafkajs',
  'librdkafka',
  'sarama',
  'franzGo',
  'rocketmqProducer',
  'rocketmqConsumer',
] as const
export type LintClient = (typeof LINT_CLIENTS)[number]

export const LINT_VERDICTS = ['safe', 'atRisk', 'loses', 'unknown'] as const
export type LintVerdict = (typeof LINT_VERDICTS)[number]

export type LintSeverity = 'info' | 'warning' | 'high' | 'critical'

/** What a setting is about, whatever its client calls it. */
export type SettingKey =
  | 'acks'
  | 'idempotence'
  | 'retries'
  | 'deliveryTimeoutMs'
  | 'requestTimeoutMs'
  | 'lingerMs'
  | 'inFlight'
  | 'transactionalId'
  | 'transactionTimeoutMs'
  | 'maxRequestBytes'
  | 'commit'
  | 'offsetStore'
  | 'ackMode'
  | 'offsetReset'
  | 'isolation'
  | 'sendTimeoutMs'
  | 'asyncRetries'
  | 'maxAttempts'
  | 'retryOtherBroker'
  | 'messageModel'
  | 'fromWhere'
  | 'maxReconsumeTimes'

export type SettingValue = string | number | boolean

export type LintRole = 'producer' | 'consumer'

/** A setting as it stands in the text. Places are offsets into it. */
export interface TextSetting {
  /** Joined by dots where it is nested. */
  name: string
  /** The function whose arguments hold it, such as `producer` of kafkajs; null outside of any. */
  call: string | null
  /** Without its quotes. */
  value: string
  /** From 1. */
  line: number
  /** Where its name begins. */
  nameStart: number
  /** Of the value, quotes included. */
  start: number
  end: number
  /** The sign the value is quoted with; empty when it is not. */
  quote: string
  /** Of all of it: what goes when the setting goes. Null where it cannot be taken out. */
  whole: { start: number; end: number } | null
}

/** `unreadable`: no setting can be made of it. `notFollowed`: it points elsewhere. `unclosed`: it opens what nothing closes. */
export type TextIssueCode = 'unreadable' | 'notFollowed' | 'unclosed'

export interface TextIssue {
  code: TextIssueCode
  line: number
}

export interface TextEdit {
  start: number
  end: number
  text: string
}

/** One call in a piece of code. */
export interface TextCall {
  /** The last part of its name. */
  name: string
  /** Offsets: of the first sign of the name, of what stands between the parentheses, and behind the closing one. */
  start: number
  argsStart: number
  argsEnd: number
  end: number
  line: number
  args: TextArgument[]
}

export interface TextArgument {
  start: number
  end: number
}

/** Where a line for a setting could be added. */
export interface InsertionPoint {
  /** Name of what encloses it, joined by dots; empty at the outermost level. */
  path: string
  offset: number
  indent: string
  /** A block takes whole lines, a flow (`{…}`) takes parts of one. */
  style: 'block' | 'flow'
}

export type TextFormat = 'properties' | 'yaml' | 'code'

export interface ParsedText {
  text: string
  format: TextFormat
  settings: TextSetting[]
  /** Empty unless it is code. */
  calls: TextCall[]
  /** Every name that code uses; empty unless it is code. */
  names: ReadonlySet<string>
  issues: TextIssue[]
  /** YAML alone. */
  insertionPoints: InsertionPoint[]
}

export type FindingFacts = Record<string, string | number>

/** How a finding is mended: by the safe value of a setting, or by editing the text itself. */
export type FindingChange = { key: SettingKey; to?: SettingValue } | { edits: TextEdit[] }

export interface LintFinding {
  code: FindingCode
  severity: LintSeverity
  /** As the client calls it; null when it is about no single one. */
  setting: string | null
  /** As it stands in the text; null when it is not set. */
  value: string | null
  /** What the client goes by; null when that is not known. */
  effective: string | null
  /** Where it stands; null when it does not. */
  line: number | null
  facts: FindingFacts
  /** True: something that decides about losses is not known, so that nothing may be called safe. */
  isUnknown: boolean
  /** Null: nothing in the text mends it. */
  change: FindingChange | null
}

export interface EffectiveSetting {
  setting: string
  /** Null when it is not known, or when there is none. */
  value: string | null
  /** `implied`: follows from another setting. */
  source: 'set' | 'default' | 'implied' | 'unknown'
  line: number | null
}

/** The settings of a topic that decide what a client's settings are worth. Null is not known. */
export interface TopicFacts {
  system: 'kafka' | 'rocketmq'
  name: string
  minIsr: number | null
  replicationFactor: number | null
  uncleanLeaderElection: boolean | null
  /** -1: unlimited. */
  retentionMs: number | null
  retentionBytes: number | null
  cleanupPolicy: string | null
  maxMessageBytes: number | null
  /** RocketMQ: whether a broker confirms before the message is on its disk. */
  flushesLater: boolean | null
  /** RocketMQ: brokers that refuse to have it written or read. */
  notWritableBrokers: number
  notReadableBrokers: number
}

export interface LintInput {
  client: LintClient
  /** Of the client library (of Spring Boot for Spring Boot); null when it is not known. */
  version: string | null
  text: string
  topic: TopicFacts | null
}

export interface LintResult {
  verdict: LintVerdict
  findings: LintFinding[]
  effective: EffectiveSetting[]
  corrected: string
}
