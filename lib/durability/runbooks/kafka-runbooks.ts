/**
 * For Kafka's own command-line tools, as they are from 3.3 to 4.x. Words in capitals stand for what only the step before
 * tells; broker ids `1,2,3` for those of the cluster. A step that loses messages says so in its words.
 */
import { HOUR_MS } from '../../units.ts'
import {
  alterAllBrokers,
  alterTopic,
  brokerEntity,
  brokers,
  describeGroup,
  describeTopic,
  findHanging,
  groupEntity,
  groupOf,
  groupTool,
  logDirs,
  minIsrBelowReplicas,
  moreReplicas,
  partitions,
  queueNameFor,
  quorum,
  reassignment,
  removeFromTopic,
  replicasOf,
  resetOffsets,
  settingOfBroker,
  settingOfBrokers,
  settingOfTopic,
  staticSetting,
  tool,
  topicOf,
  transactions,
  twiceRetention,
  twiceRetentionMs,
  uncleanElection,
  writeJson,
} from './kafka-steps.ts'
import { WANTED_REPLICAS } from './repairs.ts'
import { restoreCommands } from './restore-settings.ts'
import { option, quoted, type RunbookStep, type Runbooks, type RunbookTarget, step } from './runbook.ts'

const DEFAULT_MESSAGE_BYTES = 1_048_588
const KEEP_EVERYTHING = 'retention.ms=-1,retention.bytes=-1'

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
  'topic.messageSizeAboveClients': (target) => [
    step('describe', settingOfTopic(target, 'max.message.bytes')),
    step('ask'),
    step('set', alterTopic(target, `max.message.bytes=${DEFAULT_MESSAGE_BYTES}`)),
    step('check', settingOfTopic(target, 'max.message.bytes')),
  ],
  'topic.holdConflict': (target) => [
    step('look', settingOfTopic(target, 'retention')),
    ...backToBefore(target),
    step('keep'),
  ],
  'topic.holdOverdue': (target) => [
    step('look', settingOfTopic(target, 'retention')),
    ...backToBefore(target),
    step('wait'),
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
  'broker.defaultMinIsrOne': (target) => [
    step('existing', tool(target, 'topics', '--describe')),
    step('set', alterAllBrokers(target, 'min.insync.replicas=2')),
    step('check', settingOfBroker(target, 'min.insync.replicas')),
  ],
  'broker.internalReplicationLow': (target) => {
    const settings = String(target.finding.facts.settings).split(', ').join('|')
    return [
      step('set'),
      step(
        'check',
        `${tool(target, 'configs', '--describe --all', brokerEntity(target))} | grep -E ${quoted(settings)}`,
      ),
    ]
  },
  'broker.futureTimestamps': (target) => {
    const look = settingOfBroker(target, 'log.message.timestamp')
    const set =
      target.finding.facts.setting === 'log.message.timestamp.after.max.ms'
        ? step('set', alterAllBrokers(target, `log.message.timestamp.after.max.ms=${HOUR_MS}`))
        : step('upgrade')
    return [step('look', look), set, step('check', look)]
  },
  'broker.replicaLagTimeShort': (target) => staticSetting(target, 'replica.lag.time.max.ms'),
  'broker.fewRecoveryThreads': (target) => [
    step('set', alterAllBrokers(target, 'num.recovery.threads.per.data.dir=2')),
    step('check', settingOfBroker(target, 'num.recovery.threads.per.data.dir')),
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
  'cluster.sharedDisk': (target) => [
    step('look', tool(target, 'log-dirs', '--describe')),
    step('separate'),
    step('check', brokers(target)),
  ],
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
  'cluster.partlyUnknown': (target) => [step('reach', brokers(target)), step('rights')],
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
    step('keep', alterTopic(target, KEEP_EVERYTHING)),
    step('position', resetOffsets(target, '--to-earliest')),
    step('recover'),
  ],
  'group.commitAheadOfLog': (target) => [
    step('describe', describeGroup(target)),
    step('find', describeTopic(target)),
    step('position', resetOffsets(target, '--to-earliest')),
    step('check', describeGroup(target)),
  ],
  'group.rewound': (target) => [
    step('describe', describeGroup(target)),
    step('look'),
    step('position', resetOffsets(target, '--to-datetime TIME')),
    step('check', describeGroup(target)),
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
    step('forget', groupTool(target, '--delete')),
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
  'dlq.expiring': (target) => [
    step('hold'),
    step('keep', alterTopic(target, KEEP_EVERYTHING)),
    step('handle'),
    step('check', settingOfTopic(target, 'retention')),
  ],
  'dlq.growing': (target) => [
    step('look', tool(target, 'get-offsets', option('--topic', topicOf(target)), '--time latest')),
    step('causes'),
    step('mend'),
  ],
}

/** What a hold of retention should have given back. */
function backToBefore(target: RunbookTarget): RunbookStep[] {
  const { set = '', drop = '' } = target.finding.facts
  const commands = restoreCommands(target.address, topicOf(target), { set: String(set), drop: String(drop) })
  return commands.map((command) => step(command.includes('--add-config') ? 'set' : 'drop', command))
}
