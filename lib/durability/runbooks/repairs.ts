/**
 * What the console can do by itself about a finding, and what settings become: of a Kafka topic, or what the brokers of RocketMQ
 * keep of a topic or group, each for itself. Pure.
 */
import type { ClusterKind } from '../../cluster/snapshot.ts'
import type { TopicSetting } from '../../cluster/topic-settings.ts'
import type { ErrorCode } from '../../errors.ts'
import type { FindingCode } from '../finding-codes.ts'
import type { Finding, ObservedTopic } from '../observation.ts'

export interface SettingRepair {
  name: string
  /** Null: the topic's own value is taken away, so that a default of the brokers holds. */
  value: string | null
}

type Mended = Pick<Finding, 'code' | 'subject' | 'facts'>

export const MIN_ISR = 'min.insync.replicas'
const UNCLEAN_ELECTION = 'unclean.leader.election.enable'
const SAFE_MIN_ISR = 2
export const WANTED_REPLICAS = 3

/** With fewer replicas than three, one that is away would stop all writes: such a topic wants more replicas first. */
export function safeMinIsr(replicas: number): number {
  return Math.max(replicas, WANTED_REPLICAS) - 1
}

const REPAIRS: Partial<Record<FindingCode, (facts: Mended['facts']) => SettingRepair[]>> = {
  'topic.minIsrOne': (facts) => minIsr(facts, () => SAFE_MIN_ISR),
  'topic.minIsrEqualsReplicas': (facts) => minIsr(facts, safeMinIsr),
  'topic.minIsrAboveReplicas': (facts) => minIsr(facts, safeMinIsr),
  'topic.uncleanLeaderElection': () => [{ name: UNCLEAN_ELECTION, value: 'false' }],
  'topic.flushSettings': ({ settings }) =>
    String(settings)
      .split(', ')
      .map((name) => ({ name, value: null })),
}

function minIsr({ replicas }: Mended['facts'], wanted: (replicas: number) => number): SettingRepair[] {
  const known = Number(replicas)
  return known >= WANTED_REPLICAS ? [{ name: MIN_ISR, value: String(wanted(known)) }] : []
}

/** A setting that each broker has, and whether what it says is what was found. */
interface BrokerRepair {
  setting: string
  value: string
  isAmiss(value: number): boolean
  /** Left out: always. */
  isOffered?(facts: Mended['facts']): boolean
}

const [MAY_READ, MAY_WRITE] = [4, 2]
const mayWrite = (permission: number): boolean => (permission & MAY_WRITE) !== 0
const READ_AND_WRITE = { setting: 'perm', value: '6' }

const BROKER_REPAIRS: Partial<Record<FindingCode, BrokerRepair>> = {
  'topic.writeOnly': {
    ...READ_AND_WRITE,
    isAmiss: (permission) => mayWrite(permission) && (permission & MAY_READ) === 0,
  },
  // On some of its brokers only, somebody may be emptying them.
  'topic.notWritable': {
    ...READ_AND_WRITE,
    isAmiss: (permission) => !mayWrite(permission),
    isOffered: ({ count, of }) => count === of,
  },
  'group.retryQueuesZero': { setting: 'retryQueueNums', value: '1', isAmiss: (queues) => queues <= 0 },
  'group.retriesZero': { setting: 'retryMaxTimes', value: '16', isAmiss: (retries) => retries <= 1 },
}

function brokerRepairOf({ code, facts }: Mended): BrokerRepair | null {
  const repair = BROKER_REPAIRS[code] ?? null
  return repair?.isOffered?.(facts) === false ? null : repair
}

/** None: a person has to do it, as the runbook says. On RocketMQ as it is for each broker that needs it. */
export function repairOf(system: ClusterKind, finding: Mended): SettingRepair[] {
  if (system === 'rocketmq') {
    const repair = brokerRepairOf(finding)
    return repair === null ? [] : [{ name: repair.setting, value: repair.value }]
  }
  return finding.subject.type === 'topic' ? (REPAIRS[finding.code]?.(finding.facts) ?? []) : []
}

/** On RocketMQ. @param told the setting of `repairOf`, as each broker says it */
export function brokerRepairs(finding: Mended, told: readonly TopicSetting[]): SettingRepair[] {
  const repair = brokerRepairOf(finding)
  if (repair === null) return []
  const isAmiss = ({ override }: TopicSetting): boolean => override !== null && repair.isAmiss(Number(override))
  return told.filter(isAmiss).map(({ name }) => ({ name, value: repair.value }))
}

export interface PlannedSetting {
  name: string
  /** What the topic itself says; null: nothing. */
  before: string | null
  /** What is in effect where its partitions are led. */
  effectiveBefore: string[]
  /** Null: its own value is taken away. */
  after: string | null
}

export interface RepairPlan {
  /** Null: it can be done. */
  refusal: Extract<ErrorCode, 'repair_not_needed' | 'repair_stops_writes'> | null
  /** That would refuse writes at once, or of which nobody knows. */
  stoppedPartitions: number
  settings: PlannedSetting[]
}

/** @param known what the topic says of these settings; one that is missing is unknown, and planned with nothing before */
export function planRepair(
  repairs: readonly SettingRepair[],
  known: readonly TopicSetting[],
  topic: Pick<ObservedTopic, 'partitions'>,
): RepairPlan {
  const planned = repairs.map(({ name, value }): PlannedSetting => {
    const { override, effective } = known.find((setting) => setting.name === name) ?? { override: null, effective: [] }
    return { name, before: override, effectiveBefore: effective, after: value }
  })
  const settings = planned.filter(isChange)
  const stoppedPartitions = stoppedBy(settings, topic)
  const refusal = settings.length === 0 ? 'repair_not_needed' : stoppedPartitions > 0 ? 'repair_stops_writes' : null
  return { refusal, stoppedPartitions, settings }
}

/** The value that is in effect already, by a default, is no reason to write it down. */
function isChange({ before, effectiveBefore, after }: PlannedSetting): boolean {
  if (after === null) return before !== null
  return effectiveBefore.length === 0 || effectiveBefore.some((value) => value !== after)
}

function stoppedBy(settings: readonly PlannedSetting[], { partitions }: Pick<ObservedTopic, 'partitions'>): number {
  const wanted = settings.find(({ name }) => name === MIN_ISR)
  if (wanted === undefined) return 0
  return partitions.filter(({ isr }) => isr === null || isr.length < Number(wanted.after)).length
}
