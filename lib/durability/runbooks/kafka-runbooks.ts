/**
 * For Kafka's own command-line tools, as they are from 3.3 to 4.x. Words in capitals stand for what only the step before
 * tells; broker ids `1,2,3` for those of the cluster. A step that loses messages says so in its words.
 */
import { MINUTE_MS } from '../../units.ts'
import { option, quoted, type RunbookStep, type Runbooks, type RunbookTarget } from './runbook.ts'

const WANTED_REPLICAS = 3
const COPY_BYTES_PER_SECOND = 50_000_000

export const KAFKA_RUNBOOKS: Runbooks = {
  'partition.offline': (target) => [
    step('list', partitions(target, 'unavailable')),
    step('start'),
    step('check', partitions(target, 'unavailable')),
  ],
  'partition.noEligibleLeader': (target) => [
    step('list', partitions(target, 'unavailable')),
    step('start'),
    step('elect', uncleanElection(target)),
    step('check', partitions(target, 'unavailable')),
  ],
  'partition.underMinIsr': (target) => [
    step('list', partitions(target, 'under-min-isr')),
    step('start'),
    step('check', partitions(target, 'under-min-isr')),
  ],
  'partition.atMinIsr': (target) => [
    step('list', partitions(target, 'at-min-isr')),
    step('start'),
    step('check', partitions(target, 'under-replicated')),
  ],
  'partition.underReplicated': (target) => [
    step('list', partitions(target, 'under-replicated')),
    step('moves', tool(target, 'reassign-partitions', '--list')),
    step('start'),
    step('check', partitions(target, 'under-replicated')),
  ],
  'topic.replicationFactorOne': (target) => [
    ...(Number(target.finding.facts.brokers) < WANTED_REPLICAS ? [step('addBrokers')] : []),
    ...moreReplicas(target),
  ],
  'topic.internalReplicationLow': moreReplicas,
  'topic.minIsrOne': (target) => [
    ...(replicasOf(target) < WANTED_REPLICAS ? moreReplicas(target) : [step('describe', describeTopic(target))]),
    step('setMinIsr', alterTopic(target, 'min.insync.replicas=2')),
    step('check', partitions(target, 'under-min-isr')),
  ],
  'topic.minIsrEqualsReplicas': minIsrBelowReplicas,
  'topic.minIsrAboveReplicas': minIsrBelowReplicas,
  'topic.uncleanLeaderElection': (target) => [
    step('set', alterTopic(target, 'unclean.leader.election.enable=false')),
    step('check', settingOfTopic(target, 'unclean.leader.election.enable')),
  ],
  'topic.singleRack': (target) => [
    step('racks', brokers(target)),
    step('write', writeJson('topics.json', { version: 1, topics: [{ topic: topicOf(target) }] })),
    step(
      'generate',
      tool(target, 'reassign-partitions', '--generate --topics-to-move-json-file topics.json --broker-list 1,2,3'),
    ),
    step('save'),
    ...reassignment(target),
  ],
  'topic.compactedNullKeys': (target) => [step('describe', settingOfTopic(target, 'cleanup.policy')), step('setKeys')],
  'topic.changelogNotCompacted': (target) => [
    step('describe', settingOfTopic(target, 'cleanup.policy')),
    step('compact', alterTopic(target, 'cleanup.policy=compact')),
    step('check', settingOfTopic(target, 'cleanup.policy')),
  ],
  'topic.flushSettings': (target) => [
    step('remove', removeFromTopic(target, String(target.finding.facts.settings).split(', '))),
    step('check', settingOfTopic(target, 'flush.m')),
  ],
  'topic.messageSizeAboveFetch': (target) => [
    step('describe', settingOfTopic(target, 'max.message.bytes')),
    step('raiseFetch'),
    step('check', settingOfBrokers(target, 'replica.fetch.max.bytes')),
  ],
  'topic.retentionBelowLag': (target) => [
    step('describe', describeGroup(target)),
    step('extend', alterTopic(target, `retention.ms=${twiceRetentionMs(target)}`)),
    step('speedUp'),
    step('check', describeGroup(target)),
  ],
  'transaction.hanging': (target) => [
    step('find', findHanging(target)),
    step('producers', transactions(target, 'describe-producers')),
    step('restart'),
    step('abort', `${transactions(target, 'abort')} --start-offset START_OFFSET`),
    step('check', findHanging(target)),
  ],
  'broker.missing': (target) => [
    step('log'),
    step('affected', tool(target, 'topics', '--describe --under-replicated-partitions')),
    step('start'),
    step('check', brokers(target)),
    step('retire'),
  ],
  'broker.unreachable': (target) => [
    step('reach', brokers({ address: String(target.finding.facts.address) })),
    step('advertised', settingOfBroker(target, 'advertised.listeners')),
    step('correct'),
  ],
  'broker.logDirFailed': (target) => [
    step('describe', logDirs(target)),
    step('repair'),
    step('restart'),
    step('check', tool(target, 'topics', '--describe --under-replicated-partitions')),
  ],
  'broker.diskFull': (target) => [
    step('describe', logDirs(target)),
    step('enlarge'),
    step('move'),
    step(
      'shorten',
      tool(
        target,
        'configs',
        '--alter --entity-type topics --entity-name TOPIC',
        '--add-config retention.ms=MILLISECONDS',
      ),
    ),
    step('check', logDirs(target)),
  ],
  'broker.defaultReplicationFactorOne': (target) => [
    ...staticSetting(target, 'default.replication.factor'),
    step('existing', tool(target, 'topics', '--describe')),
  ],
  'broker.autoCreateTopics': (target) => staticSetting(target, 'auto.create.topics.enable'),
  'broker.offsetsRetentionShort': (target) => staticSetting(target, 'offsets.retention.minutes'),
  'broker.flushSettings': (target) => [
    step('where', settingOfBroker(target, 'log.flush.interval')),
    step('set'),
    step('check', settingOfBroker(target, 'log.flush.interval')),
  ],
  'broker.uncontrolledShutdown': (target) => staticSetting(target, 'controlled.shutdown.enable'),
  'cluster.fewerThanThreeBrokers': (target) => [step('add'), step('spread'), step('check', brokers(target))],
  'cluster.singleRack': (target) => [step('set'), step('check', brokers(target))],
  'cluster.settingsDiffer': (target) => [
    step('compare', settingOfBrokers(target, String(target.finding.facts.setting))),
    step('align'),
    step('check', settingOfBrokers(target, String(target.finding.facts.setting))),
  ],
  'cluster.leadersNotPreferred': (target) => [
    step('elect', tool(target, 'leader-election', '--election-type preferred --all-topic-partitions')),
    step('check', tool(target, 'topics', '--describe')),
  ],
  'cluster.clientSettingsUnknown': () => [step('lint')],
  'quorum.noLeader': (target) => [
    step('log'),
    step('start'),
    step('ask', 'kafka-metadata-quorum.sh --bootstrap-controller CONTROLLER describe --status'),
    step('check', quorum(target, 'describe --status')),
  ],
  'quorum.voterBehind': (target) => [
    step('describe', quorum(target, 'describe --replication')),
    step('start'),
    step('check', quorum(target, 'describe --replication')),
  ],
  'quorum.fewVoters': (target) => [
    step('describe', quorum(target, 'describe --status')),
    step('prepare'),
    step('join', quorum(target, '--command-config controller.properties add-controller')),
    step('check', quorum(target, 'describe --status')),
  ],
  'group.unreadDeleted': (target) => [
    step('describe', describeGroup(target)),
    step('retention', settingOfTopic(target, 'retention')),
    step('extend'),
    step('recover'),
  ],
  'group.lossForecast': (target) => [
    step('describe', describeGroup(target)),
    step('extend', alterTopic(target, twiceRetention(target))),
    step('scale'),
    step('check', describeGroup(target)),
  ],
  'group.stopped': (target) => [
    step('describe', describeGroup(target)),
    step('start'),
    step('check', describeGroup(target)),
    step('forget'),
  ],
  'group.stalled': (target) => [
    step('describe', describeGroup(target)),
    step('look'),
    step('check', describeGroup(target)),
  ],
  'group.shareWithoutDlq': (target) => {
    const queue = queueNameFor(groupOf(target))
    return [
      step(
        'create',
        tool(target, 'topics', `--create --topic ${queue} --config errors.deadletterqueue.group.enable=true`),
      ),
      step(
        'set',
        tool(
          target,
          'configs',
          '--alter',
          groupEntity(target),
          `--add-config errors.deadletterqueue.topic.name=${queue}`,
        ),
      ),
      step('check', tool(target, 'configs', '--describe', groupEntity(target))),
    ]
  },
}

type Address = Pick<RunbookTarget, 'address'>

function step(key: string, command: string | null = null): RunbookStep {
  return { key, command }
}

function tool({ address }: Address, name: string, ...options: string[]): string {
  return [`kafka-${name}.sh --bootstrap-server ${quoted(address)}`, ...options].join(' ')
}

function topicOf({ finding: { facts, subject } }: RunbookTarget): string {
  return String(facts.topic ?? subject.name)
}

function groupOf({ finding: { facts, subject } }: RunbookTarget): string {
  return String(facts.group ?? subject.name)
}

function replicasOf({ finding: { facts } }: RunbookTarget): number {
  return Number(facts.replicas)
}

function describeTopic(target: RunbookTarget): string {
  return tool(target, 'topics', '--describe', option('--topic', topicOf(target)))
}

function partitions(
  target: RunbookTarget,
  which: 'unavailable' | 'under-min-isr' | 'at-min-isr' | 'under-replicated',
): string {
  return `${describeTopic(target)} --${which}-partitions`
}

function uncleanElection(target: RunbookTarget): string {
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

function brokerEntity({ finding: { facts, subject } }: RunbookTarget): string {
  return `--entity-type brokers ${option('--entity-name', String(facts.broker ?? subject.name))}`
}

function groupEntity(target: RunbookTarget): string {
  return `--entity-type groups ${option('--entity-name', groupOf(target))}`
}

function alterTopic(target: RunbookTarget, setting: string): string {
  return tool(target, 'configs', '--alter', topicEntity(target), '--add-config', setting)
}

function removeFromTopic(target: RunbookTarget, settings: readonly string[]): string {
  return tool(target, 'configs', '--alter', topicEntity(target), '--delete-config', quoted(settings.join(',')))
}

function settingOfTopic(target: RunbookTarget, setting: string): string {
  return `${tool(target, 'configs', '--describe --all', topicEntity(target))} | grep -F ${quoted(setting)}`
}

function settingOfBroker(target: RunbookTarget, setting: string): string {
  return `${tool(target, 'configs', '--describe --all', brokerEntity(target))} | grep -F ${quoted(setting)}`
}

function settingOfBrokers(target: Address, setting: string): string {
  return `${tool(target, 'configs', '--describe --all --entity-type brokers')} | grep -F ${quoted(setting)}`
}

/** The brokers that are there, with their racks. */
function brokers(target: Address): string {
  return `${tool(target, 'broker-api-versions')} | grep -F 'rack:'`
}

function logDirs(target: RunbookTarget): string {
  return tool(target, 'log-dirs', '--describe', option('--broker-list', String(target.finding.facts.broker)))
}

function quorum(target: Address, command: string): string {
  return tool(target, 'metadata-quorum', command)
}

/** What a broker reads from its file when it starts, and nobody changes while it runs. */
function staticSetting(target: RunbookTarget, setting: string): RunbookStep[] {
  return [step('set'), step('check', settingOfBroker(target, setting))]
}

function writeJson(file: string, content: object): string {
  return `printf '%s\\n' ${quoted(JSON.stringify(content))} > ${file}`
}

function moreReplicas(target: RunbookTarget): RunbookStep[] {
  const count = Number(target.finding.facts.wanted ?? WANTED_REPLICAS)
  const replicas = Array.from({ length: count }, (_, index) => index + 1)
  const entry = { topic: topicOf(target), partition: 0, replicas }
  return [
    step('describe', describeTopic(target)),
    step('write', writeJson('reassignment.json', { version: 1, partitions: [entry] })),
    ...reassignment(target),
  ]
}

function reassignment(target: Address): RunbookStep[] {
  const file = '--reassignment-json-file reassignment.json'
  return [
    step('execute', tool(target, 'reassign-partitions', '--execute', file, `--throttle ${COPY_BYTES_PER_SECOND}`)),
    step('verify', tool(target, 'reassign-partitions', '--verify', file)),
  ]
}

/** One copy to spare: with too few of them more are needed, otherwise a write has to wait for fewer. */
function minIsrBelowReplicas(target: RunbookTarget): RunbookStep[] {
  const minIsr = Math.max(replicasOf(target), WANTED_REPLICAS) - 1
  return [
    ...(replicasOf(target) < WANTED_REPLICAS ? moreReplicas(target) : [step('describe', describeTopic(target))]),
    step('setMinIsr', alterTopic(target, `min.insync.replicas=${minIsr}`)),
    step('check', settingOfTopic(target, 'min.insync.replicas')),
  ]
}

function twiceRetentionMs({ finding: { facts } }: RunbookTarget): string {
  return String(2 * Math.max(1, Number(facts.retentionMinutes)) * MINUTE_MS)
}

/** Of the limit that deletes first. */
function twiceRetention(target: RunbookTarget): string {
  const { because, retentionBytes } = target.finding.facts
  if (because === 'retentionBySize') return `retention.bytes=${2 * Math.max(1, Number(retentionBytes))}`
  return `retention.ms=${twiceRetentionMs(target)}`
}

/** Each type of group has a tool of its own. */
function describeGroup(target: RunbookTarget): string {
  const { type } = target.finding.facts
  const name = type === 'share' ? 'share-groups' : type === 'streams' ? 'streams-groups' : 'consumer-groups'
  return tool(target, name, '--describe', option('--group', groupOf(target)))
}

function transactions(target: RunbookTarget, command: string): string {
  const partition = String(target.finding.facts.partition ?? 0)
  return tool(target, 'transactions', command, option('--topic', topicOf(target)), option('--partition', partition))
}

function findHanging(target: RunbookTarget): string {
  const minutes = Number(target.finding.facts.timeoutMinutes)
  return `${transactions(target, 'find-hanging')} --max-transaction-timeout ${minutes}`
}

/** Brokers take only queues that begin so, unless they are told otherwise; groups may have any name, topics may not. */
function queueNameFor(group: string): string {
  return `dlq.${group.replaceAll(/[^\w.-]/g, '-').slice(0, 240)}`
}
