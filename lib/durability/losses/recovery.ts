/** What to do about a loss, with the systems' own tools: what is left of the messages, and that no more are lost. */
import type { ClusterKind } from '../../cluster/snapshot.ts'
import { alterKafkaTopic, describeKafkaTopic, kafkaTool } from '../runbooks/kafka-commands.ts'
import { ANY_BROKER, mqadminLine, setOnBroker } from '../runbooks/rocketmq-commands.ts'
import { option, quoted, type RunbookStep, step } from '../runbooks/runbook.ts'
import type { Loss, LossKind } from './loss.ts'

export interface RecoveryTarget {
  /** `host:port`, joined as the tools want them: bootstrap servers, or NameServers. */
  address: string
  loss: Pick<Loss, 'kind' | 'topic' | 'partition' | 'broker' | 'group' | 'evidence'>
}

type Recovery = (target: RecoveryTarget) => RunbookStep[]

const GIVEN_UP_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC'

const KAFKA: Partial<Record<LossKind, Recovery>> = {
  retentionOverranGroup: (target) => [
    step('keep', alterTopic(target, '--add-config retention.ms=-1,retention.bytes=-1')),
    step('describe', groups(target, '--describe')),
    step('position', groups(target, '--reset-offsets', option('--topic', placeOf(target)), '--to-earliest --dry-run')),
    step('fetch'),
    step('release', alterTopic(target, '--delete-config retention.ms,retention.bytes')),
  ],
  logTruncated: (target) => [
    step('describe', describeTopic(target)),
    step('keep'),
    step('read', dumpLog(target)),
    step('resend'),
    step('prevent', alterTopic(target, '--add-config min.insync.replicas=2')),
  ],
  uncleanElection: (target) => [
    step('describe', describeTopic(target)),
    step('keep'),
    step('read', dumpLog(target)),
    step('resend'),
    step('prevent', alterTopic(target, '--add-config unclean.leader.election.enable=false')),
  ],
  topicRecreated: (target) => [
    step('describe', groups(target, '--describe')),
    step('position', groups(target, '--reset-offsets', option('--topic', topicOf(target)), '--to-earliest --dry-run')),
    step('fetch'),
    step('prevent', kafka(target, 'acls', '--list', option('--topic', topicOf(target)))),
  ],
  dlqExpired: (target) => [
    step('keep', alterTopic(target, '--add-config retention.ms=-1,retention.bytes=-1')),
    step('handle'),
    step('fetch'),
  ],
}

const ROCKETMQ: Partial<Record<LossKind, Recovery>> = {
  retentionOverranGroup: (target) => [
    step('keep', reservedTime(target)),
    step('describe', mqadmin(target, 'consumerProgress', `-g ${quoted(groupOf(target))}`)),
    step('fetch'),
    step('release', reservedTime(target)),
  ],
  logTruncated: (target) => [
    step('describe', topicStatus(target, topicOf(target))),
    step('keep'),
    step('resend'),
    step('prevent', mqadmin(target, 'getBrokerConfig', `-b ${ANY_BROKER}`)),
  ],
  topicRecreated: (target) => [
    step('keep', reservedTime(target)),
    step('read', mqadmin(target, 'queryMsgByKey', `-t ${quoted(topicOf(target))} -k KEY`)),
    step('describe', mqadmin(target, 'consumerProgress', `-g ${quoted(groupOf(target))}`)),
    step('position', resetToTime(target)),
    step('fetch'),
    step('prevent'),
  ],
  dlqExpired: (target) => [step('keep', reservedTime(target)), step('handle'), step('fetch')],
  transactionsAbandoned: (target) => [
    step('read', mqadmin(target, 'printMsg', `-t ${GIVEN_UP_TOPIC} -d true`)),
    step('decide'),
    step('producers'),
    step('check', topicStatus(target, GIVEN_UP_TOPIC)),
  ],
  replicaBehindAtFailover: (target) => [
    step('list', mqadmin(target, 'clusterList')),
    step('keep'),
    step('start'),
    step('check', mqadmin(target, 'clusterList')),
    step('resend'),
  ],
}

const RECOVERIES: Record<ClusterKind, Partial<Record<LossKind, Recovery>>> = { kafka: KAFKA, rocketmq: ROCKETMQ }

/** The words of each step stand in the message files under `lossKinds.<kind>.steps.<key>`. */
export function recoveryOf(system: ClusterKind, target: RecoveryTarget): RunbookStep[] {
  return RECOVERIES[system][target.loss.kind]?.(target) ?? []
}

function topicOf({ loss }: RecoveryTarget): string {
  return loss.topic ?? 'TOPIC'
}

function groupOf({ loss }: RecoveryTarget): string {
  return loss.group ?? 'GROUP'
}

/** As `kafka-consumer-groups` names one partition. */
function placeOf({ loss }: RecoveryTarget): string {
  return loss.partition === null ? `${loss.topic}` : `${loss.topic}:${loss.partition}`
}

function kafka({ address }: RecoveryTarget, name: string, ...options: string[]): string {
  return kafkaTool(address, name, ...options)
}

function groups(target: RecoveryTarget, ...options: string[]): string {
  return kafka(target, 'consumer-groups', option('--group', groupOf(target)), ...options)
}

function describeTopic(target: RecoveryTarget): string {
  return describeKafkaTopic(target.address, topicOf(target))
}

function alterTopic(target: RecoveryTarget, change: string): string {
  return alterKafkaTopic(target.address, topicOf(target), change)
}

function dumpLog(target: RecoveryTarget): string {
  const folder = `${topicOf(target)}-${target.loss.partition ?? 0}`
  return `kafka-dump-log.sh --deep-iteration --print-data-log --files ${quoted(`LOG_DIR/${folder}/SEGMENT.log`)}`
}

function mqadmin({ address }: RecoveryTarget, name: string, ...options: string[]): string {
  return mqadminLine(address, name, ...options)
}

function topicStatus(target: RecoveryTarget, topic: string): string {
  return mqadmin(target, 'topicStatus', `-t ${quoted(topic)}`)
}

function resetToTime(target: RecoveryTarget): string {
  const place = `-g ${quoted(groupOf(target))} -t ${quoted(topicOf(target))}`
  return mqadmin(target, 'resetOffsetByTime', `${place} -s TIMESTAMP`)
}

function reservedTime(target: RecoveryTarget): string {
  return setOnBroker(target.address, ANY_BROKER, 'fileReservedTime', 'HOURS')
}
