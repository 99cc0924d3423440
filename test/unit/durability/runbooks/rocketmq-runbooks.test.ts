import { describe, expect, it } from 'vitest'
import type { FindingCode } from '../../../../lib/durability/finding-codes.ts'
import type { Finding } from '../../../../lib/durability/observation.ts'
import { rulesOf } from '../../../../lib/durability/rules/all-rules.ts'
import { ROCKETMQ_RUNBOOKS } from '../../../../lib/durability/runbooks/rocketmq-runbooks.ts'
import type { RunbookStep } from '../../../../lib/durability/runbooks/runbook.ts'
import { LOCALES } from '../../../../lib/i18n/locale.ts'
import { translate } from '../../../../lib/i18n/translate.ts'
import { flatten, readNamespace } from '../../i18n/message-files.ts'
import { commandsOf } from './all-commands.ts'

/** What `mqadmin help` of 5.5.0 lists. */
const FLAGS: Record<string, string> = {
  brokerStatus: '-b -c -n',
  clusterList: '-c -i -m -n',
  consumerConnection: '-b -g -n',
  consumerProgress: '-c -g -n -s -t',
  consumerStatus: '-b -g -i -n -s',
  deleteExpiredCommitLog: '-b -c -n',
  deleteSubGroup: '-b -c -g -n -r',
  getBrokerConfig: '-b -c -n',
  getConsumerConfig: '-g -n',
  getControllerMetaData: '-a -n',
  getSyncStateSet: '-a -b -c -i -n',
  haStatus: '-b -c -i -n',
  printMsg: '-b -c -d -e -l -n -s -t',
  producerConnection: '-g -n -t',
  resetOffsetByTime: '-b -c -f -g -n -o -q -s -t',
  topicRoute: '-l -n -t',
  topicStatus: '-c -n -t',
  updateBrokerConfig: '-a -b -c -k -n -v',
  updateSubGroup: '-a -b -c -d -g -i -m -n -o -p -q -r -s -w',
  updateTopic: '-a -b -c -n -o -p -r -s -t -u -w',
  updateTopicPerm: '-b -c -n -p -t',
}

const FACTS = {
  ...{ address: '10.0.0.5:10911', topic: 'orders', group: 'billing', broker: 'a:0', fixedIn: '5.1.2', copy: 'away' },
  ...{
    setting: 'fileReservedTime',
    slaveValue: '48',
    masterValue: '72',
    settings: 'timerStopEnqueue, timerStopDequeue',
  },
  ...{ retryQueues: 0, retries: 16, consumeEnabled: 'true', broadcastEnabled: 'false', ordered: 'false' },
}

function stepsOf(code: FindingCode, facts: Finding['facts'] = {}): RunbookStep[] {
  const subject = { type: 'nameServer', name: '10.0.0.1:9876' } as const
  const finding = { code, subject, facts: { ...FACTS, ...facts } }
  return ROCKETMQ_RUNBOOKS[code]?.({ address: '10.0.0.1:9876;10.0.0.2:9876', finding }) ?? []
}

function commandOf(code: FindingCode, key: string, facts: Finding['facts'] = {}): string | null | undefined {
  return stepsOf(code, facts).find((step) => step.key === key)?.command
}

const CODES = Object.keys(ROCKETMQ_RUNBOOKS) as FindingCode[]

it('every command is whole, with what its rule finds', () => {
  const broken = [...commandsOf('rocketmq', '10.0.0.1:9876')].filter(([command]) => /undefined|NaN|null/.test(command))
  expect(broken).toEqual([])
})

describe.each(CODES)('%s', (code) => {
  it('uses commands and flags that there are', () => {
    for (const { command } of stepsOf(code)) {
      if (command === null) continue
      const [, name = '', options = ''] = /^mqadmin (\w+) (-n .*?)(?: \| grep .*)?$/.exec(command) ?? []
      const known = (FLAGS[name] ?? '').split(' ')
      const used = options.split(' ').filter((word) => word.startsWith('-'))
      expect({ command, unknown: used.filter((flag) => !known.includes(flag)) }).toEqual({ command, unknown: [] })
    }
  })

  it.each(LOCALES)('has words for each step in %s', (locale) => {
    const words = flatten(readNamespace(locale, 'findings'))
    for (const { key } of stepsOf(code)) expect(words.has(`${code}.steps.${key}`) ? key : `${key}: none`).toBe(key)
  })

  it('says of a change of the broker’s settings that its whole file is rewritten', () => {
    const own = flatten({ findings: readNamespace('en', 'findings') })
    const words = new Map([...own, ...flatten(readNamespace('en', 'rocketmq'))])
    for (const { key, command } of stepsOf(code)) {
      if (command?.startsWith('mqadmin updateBrokerConfig') !== true) continue
      expect(words.get(`findings.${code}.steps.${key}`)).toMatch(/rewrites the broker’s whole configuration file/)
    }
  })
})

const ABOUT_ONE_CLUSTER = ['controller.noLeader', 'nameServer.single', 'cluster.partlyUnknown']

describe.each(LOCALES)('the words of RocketMQ’s rules in %s', (locale) => {
  const findings = flatten(readNamespace(locale, 'findings'))
  const reasons = flatten(readNamespace(locale, 'reasons'))
  const { topic, broker, group, nameServer, cluster } = rulesOf('rocketmq')
  const codes = [...topic, ...broker, ...group, ...nameServer, ...cluster].map(({ code }) => code)

  it.each(codes)('%s', (code) => {
    for (const part of ['title', 'why', 'fix'])
      expect(findings.has(`${code}.${part}`) ? part : `${part}: none`).toBe(part)
    expect([...reasons.keys()].filter((key) => key.startsWith(`${code}.`))).not.toEqual([])
    // The sum over many subjects.
    const sum = translate(locale, 'reasons', `${code}.cluster`, { count: 6, topics: 6, partitions: 0 }, 'rocketmq')
    if (!ABOUT_ONE_CLUSTER.includes(code)) expect(sum).toMatch(/6|partitions|队列|分区/)
  })
})

describe('commands', () => {
  it.each<[FindingCode, string, Finding['facts'], string]>([
    ['broker.syncMasterInNameOnly', 'set', {}, '-b 10.0.0.5:10911 -k inSyncReplicas -v 2'],
    ['broker.replicaSettingsDiffer', 'set', {}, '-b 10.0.0.5:10911 -k fileReservedTime -v 72'],
    ['group.retryQueuesZero', 'set', {}, '-b BROKER_ADDRESS -g billing -s true -d false -m true -q 1 -r 16 -o false'],
    ['group.retryQueuesZero', 'set', { ordered: 'unknown' }, '-g billing -s true -d false -m true -q 1 -r 16'],
    [
      'group.consumeDisabled',
      'set',
      { consumeEnabled: 'false', retryQueues: 2 },
      '-s true -d false -m true -q 2 -r 16 -o false',
    ],
    ['topic.writeOnly', 'set', { topic: '%DLQ%billing' }, '-b BROKER_ADDRESS -t %DLQ%billing -p 6'],
    ['topic.holdConflict', 'set', { set: 'fileReservedTime=72' }, '-b 10.0.0.5:10911 -k fileReservedTime -v 72'],
    [
      'topic.holdOverdue',
      'set',
      { set: 'fileReservedTime=48', address: '' },
      '-b BROKER_ADDRESS -k fileReservedTime -v 48',
    ],
    ['topic.holdOverdue', 'look', { address: '' }, '-b BROKER_ADDRESS | grep -E fileReservedTime'],
    ['topic.writeOnly', 'route', { topic: "a'; rm -rf /" }, `-t 'a'\\''; rm -rf /'`],
    ['controller.replicaNotInSync', 'look', { broker: 'a:1', name: 'a' }, '-a CONTROLLER_ADDRESS -b a'],
    ['nameServer.differs', 'compare', {}, 'mqadmin clusterList -n 10.0.0.1:9876'],
  ])('%s: %s', (code, key, facts, end) => {
    expect(commandOf(code, key, facts)?.endsWith(end) ? end : commandOf(code, key, facts)).toBe(end)
  })

  it('name all NameServers', () => {
    expect(commandOf('broker.noSlave', 'check')).toBe("mqadmin clusterList -n '10.0.0.1:9876;10.0.0.2:9876'")
  })

  it('never change while a broker runs what it would go on with half of', () => {
    expect(commandOf('broker.replicaSettingsDiffer', 'file', { setting: 'flushDiskType' })).toBeNull()
    expect(commandOf('broker.asyncFlush', 'file')).toBeNull()
  })
})
