/** What the steps of RocketMQ's runbooks are made of: the commands, for the cluster and subject of a finding. */
import { ANY_BROKER, mqadminLine, setOnBroker } from './rocketmq-commands.ts'
import { quoted, type RunbookStep, type RunbookTarget, step } from './runbook.ts'

/** What tells that a controller of the cluster is meant. */
export const CONTROLLER = 'CONTROLLER_ADDRESS'

/** Looked up each time they are used, so that `updateBrokerConfig` does the whole change. */
const LIVE_SETTINGS: ReadonlySet<string> = new Set([
  'fileReservedTime',
  'cleanFileForciblyEnable',
  'inSyncReplicas',
  'minInSyncReplicas',
  'transactionCheckMax',
])

export function mqadmin({ address }: RunbookTarget, name: string, ...options: string[]): string {
  return mqadminLine(address, name, ...options)
}

export function broker({ finding: { facts } }: RunbookTarget): string {
  return `-b ${quoted(String(facts.address || ANY_BROKER))}`
}

export function topic({ finding: { facts, subject } }: RunbookTarget): string {
  return `-t ${quoted(String(facts.topic ?? subject.name))}`
}

export function group({ finding: { facts, subject } }: RunbookTarget): string {
  return `-g ${quoted(String(facts.group ?? subject.name))}`
}

export function topicRoute(target: RunbookTarget): string {
  return mqadmin(target, 'topicRoute', topic(target))
}

export function progress(target: RunbookTarget): string {
  return mqadmin(target, 'consumerProgress', group(target))
}

export function resetToTime(target: RunbookTarget): string {
  return mqadmin(target, 'resetOffsetByTime', group(target), topic(target), '-s TIMESTAMP')
}

/** Where the present hours are not known, they stand for themselves. */
export function twiceHours({ finding: { facts } }: RunbookTarget): string {
  const hours = Math.ceil((2 * Number(facts.retentionMinutes)) / 60)
  return hours > 0 ? String(hours) : 'HOURS'
}

export function config(target: RunbookTarget, ...settings: string[]): string {
  return `${mqadmin(target, 'getBrokerConfig', broker(target))} | grep -E ${quoted(settings.join('|'))}`
}

export function runtime(target: RunbookTarget, key: string): string {
  return `${mqadmin(target, 'brokerStatus', broker(target))} | grep ${key}`
}

export function set(target: RunbookTarget, setting: string, value: string): string {
  return setOn(target, String(target.finding.facts.address), setting, value)
}

export function setOn(target: RunbookTarget, address: string, setting: string, value: string): string {
  return setOnBroker(target.address, address, setting, value)
}

/** Asked itself, and not one of those that list more. */
export function ownNameServer({ finding }: RunbookTarget): RunbookTarget {
  return { address: finding.subject.name, finding }
}

/** What a hold of retention should have given back: one setting of one broker. */
export function backToBefore(target: RunbookTarget): string {
  const { set: before = '', address } = target.finding.facts
  const [setting = '', value = ''] = String(before).split('=')
  return setOn(target, String(address || ANY_BROKER), setting, value)
}

export function syncStateSet(target: RunbookTarget): string {
  const { broker: id, name } = target.finding.facts
  const brokerName = String(name ?? String(id).slice(0, String(id).lastIndexOf(':')))
  return mqadmin(target, 'getSyncStateSet', `-a ${CONTROLLER} -b ${quoted(brokerName)}`)
}

export function copiesMissing(target: RunbookTarget): RunbookStep[] {
  const list = mqadmin(target, 'clusterList')
  return [step('list', list), step('start'), step('check', list)]
}

export function permissionOfTopic(target: RunbookTarget): RunbookStep[] {
  return [
    step('route', topicRoute(target)),
    step('set', mqadmin(target, 'updateTopicPerm', `-b ${ANY_BROKER}`, topic(target), '-p 6')),
    step('check', topicRoute(target)),
  ]
}

export function replicaSettings(target: RunbookTarget): RunbookStep[] {
  const setting = String(target.finding.facts.setting)
  const value = String(target.finding.facts.masterValue)
  return [
    step('decide'),
    LIVE_SETTINGS.has(setting) ? step('set', set(target, setting, value)) : step('file'),
    step('check', config(target, setting)),
  ]
}

/** Gives one broker back what it kept of a topic or group before. */
export function undoOnBroker(target: RunbookTarget, address: string, setting: string, before: string): string {
  if (setting === 'perm') {
    return mqadmin(target, 'updateTopicPerm', `-b ${quoted(address)}`, topic(target), `-p ${quoted(before)}`)
  }
  return setGroup(target, address, { [setting === 'retryQueueNums' ? '-q' : '-r']: before })
}

export function groupSettings(target: RunbookTarget, changed: Record<string, string>): RunbookStep[] {
  const look = mqadmin(target, 'getConsumerConfig', group(target))
  return [step('look', look), step('set', setGroup(target, ANY_BROKER, changed)), step('check', look)]
}

/** Names every setting that is known: the tool takes the others back to its defaults. */
function setGroup(target: RunbookTarget, address: string, changed: Record<string, string>): string {
  const { facts } = target.finding
  const given = {
    ...{ '-s': String(facts.consumeEnabled), '-d': String(facts.broadcastEnabled), '-m': 'true' },
    ...{ '-q': String(facts.retryQueues), '-r': String(facts.retries) },
    ...(facts.ordered === 'unknown' ? {} : { '-o': String(facts.ordered) }),
    ...changed,
  }
  const options = Object.entries(given).map(([flag, value]) => `${flag} ${quoted(value)}`)
  return mqadmin(target, 'updateSubGroup', `-b ${quoted(address)}`, group(target), ...options)
}
