/** What the steps of Kafka's runbooks are made of: the commands, for the cluster and subject of a finding. */
import { MINUTE_MS } from '../../units.ts'
import { alterKafkaTopic, describeKafkaTopic, kafkaTool } from './kafka-commands.ts'
import { MIN_ISR, safeMinIsr, WANTED_REPLICAS } from './repairs.ts'
import { option, quoted, type RunbookStep, type RunbookTarget, step } from './runbook.ts'

const COPY_BYTES_PER_SECOND = 50_000_000

type Address = Pick<RunbookTarget, 'address'>

export function tool({ address }: Address, name: string, ...options: string[]): string {
  return kafkaTool(address, name, ...options)
}

export function topicOf({ finding: { facts, subject } }: RunbookTarget): string {
  return String(facts.topic ?? subject.name)
}

export function groupOf({ finding: { facts, subject } }: RunbookTarget): string {
  return String(facts.group ?? subject.name)
}

export function replicasOf({ finding: { facts } }: RunbookTarget): number {
  return Number(facts.replicas)
}

export function describeTopic(target: RunbookTarget): string {
  return describeKafkaTopic(target.address, topicOf(target))
}

export function partitions(
  target: RunbookTarget,
  which: 'unavailable' | 'under-min-isr' | 'at-min-isr' | 'under-replicated',
): string {
  return `${describeTopic(target)} --${which}-partitions`
}

export function uncleanElection(target: RunbookTarget): string {
  const partition = String(target.finding.facts.partition ?? 'PARTITION')
  return tool(
    target,
    'leader-election',
    '--election-type unclean',
    option('--topic', topicOf(target)),
    option('--partition', partition),
  )
}

function topicEntity(target: RunbookTarget): string {
  return `--entity-type topics ${option('--entity-name', topicOf(target))}`
}

export function brokerEntity({ finding: { facts, subject } }: RunbookTarget): string {
  return `--entity-type brokers ${option('--entity-name', String(facts.broker ?? subject.name))}`
}

export function groupEntity(target: RunbookTarget): string {
  return `--entity-type groups ${option('--entity-name', groupOf(target))}`
}

export function alterTopic(target: RunbookTarget, setting: string): string {
  return alterKafkaTopic(target.address, topicOf(target), `--add-config ${setting}`)
}

/** Holds at once and over restarts. */
export function alterAllBrokers(target: RunbookTarget, setting: string): string {
  return tool(target, 'configs', '--alter --entity-type brokers --entity-default', '--add-config', setting)
}

export function removeFromTopic(target: RunbookTarget, settings: readonly string[]): string {
  return alterKafkaTopic(target.address, topicOf(target), `--delete-config ${quoted(settings.join(','))}`)
}

export function settingOfTopic(target: RunbookTarget, setting: string): string {
  return `${tool(target, 'configs', '--describe --all', topicEntity(target))} | grep -F ${quoted(setting)}`
}

export function settingOfBroker(target: RunbookTarget, setting: string): string {
  return `${tool(target, 'configs', '--describe --all', brokerEntity(target))} | grep -F ${quoted(setting)}`
}

export function settingOfBrokers(target: Address, setting: string): string {
  return `${tool(target, 'configs', '--describe --all --entity-type brokers')} | grep -F ${quoted(setting)}`
}

/** The brokers that are there, with their racks. */
export function brokers(target: Address): string {
  return `${tool(target, 'broker-api-versions')} | grep -F 'rack:'`
}

export function logDirs(target: RunbookTarget): string {
  return tool(target, 'log-dirs', '--describe', option('--broker-list', String(target.finding.facts.broker)))
}

export function quorum(target: Address, command: string): string {
  return tool(target, 'metadata-quorum', command)
}

/** What a broker reads from its file when it starts, and nobody changes while it runs. */
export function staticSetting(target: RunbookTarget, setting: string): RunbookStep[] {
  return [step('set'), step('check', settingOfBroker(target, setting))]
}

export function writeJson(file: string, content: object): string {
  return `printf '%s\\n' ${quoted(JSON.stringify(content))} > ${file}`
}

export function moreReplicas(target: RunbookTarget): RunbookStep[] {
  const count = Number(target.finding.facts.wanted ?? WANTED_REPLICAS)
  const replicas = Array.from({ length: count }, (_, index) => index + 1)
  const entry = { topic: topicOf(target), partition: 0, replicas }
  return [
    step('describe', describeTopic(target)),
    step('write', writeJson('reassignment.json', { version: 1, partitions: [entry] })),
    ...reassignment(target),
  ]
}

export function reassignment(target: Address): RunbookStep[] {
  const file = '--reassignment-json-file reassignment.json'
  return [
    step('execute', tool(target, 'reassign-partitions', '--execute', file, `--throttle ${COPY_BYTES_PER_SECOND}`)),
    step('verify', tool(target, 'reassign-partitions', '--verify', file)),
  ]
}

/** One copy to spare: with too few of them more are needed, otherwise a write has to wait for fewer. */
export function minIsrBelowReplicas(target: RunbookTarget): RunbookStep[] {
  return [
    ...(replicasOf(target) < WANTED_REPLICAS ? moreReplicas(target) : [step('describe', describeTopic(target))]),
    step('setMinIsr', alterTopic(target, `${MIN_ISR}=${safeMinIsr(replicasOf(target))}`)),
    step('check', settingOfTopic(target, 'min.insync.replicas')),
  ]
}

export function twiceRetentionMs({ finding: { facts } }: RunbookTarget): string {
  return String(2 * Math.max(1, Number(facts.retentionMinutes)) * MINUTE_MS)
}

/** Of the limit that deletes first. */
export function twiceRetention(target: RunbookTarget): string {
  const { because, retentionBytes } = target.finding.facts
  if (because === 'retentionBySize') return `retention.bytes=${2 * Math.max(1, Number(retentionBytes))}`
  return `retention.ms=${twiceRetentionMs(target)}`
}

export function describeGroup(target: RunbookTarget): string {
  return groupTool(target, '--describe')
}

/** Each type of group has a tool of its own. */
export function groupTool(target: RunbookTarget, ...options: string[]): string {
  const { type } = target.finding.facts
  const name = type === 'share' ? 'share-groups' : type === 'streams' ? 'streams-groups' : 'consumer-groups'
  const [first = '', ...others] = options
  return tool(target, name, first, option('--group', groupOf(target)), ...others)
}

/** Shows what it would do; nothing is changed until it is told to. */
export function resetOffsets(target: RunbookTarget, where: string): string {
  const topic = target.finding.facts.type === 'streams' ? '--input-topic' : '--topic'
  return groupTool(target, '--reset-offsets', option(topic, topicOf(target)), where, '--dry-run')
}

export function transactions(target: RunbookTarget, command: string): string {
  const partition = String(target.finding.facts.partition ?? 0)
  return tool(target, 'transactions', command, option('--topic', topicOf(target)), option('--partition', partition))
}

export function findHanging(target: RunbookTarget): string {
  const minutes = Number(target.finding.facts.timeoutMinutes)
  return `${transactions(target, 'find-hanging')} --max-transaction-timeout ${minutes}`
}

/** Brokers take only queues that begin so, unless they are told otherwise; groups may have any name, topics may not. */
export function queueNameFor(group: string): string {
  return `dlq.${group.replaceAll(/[^\w.-]/g, '-').slice(0, 240)}`
}
