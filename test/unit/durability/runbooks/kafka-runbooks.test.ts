import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { SubjectRef } from '../../../../lib/cluster/snapshot.ts'
import type { FindingCode } from '../../../../lib/durability/finding-codes.ts'
import type { FindingFacts } from '../../../../lib/durability/rules/rule.ts'
import { KAFKA_RUNBOOKS } from '../../../../lib/durability/runbooks/kafka-runbooks.ts'
import { hitsOf } from '../rules/all-cases.ts'

const ADDRESS = 'kafka-1:9092,kafka-2:9092'
const CODES = Object.keys(KAFKA_RUNBOOKS) as FindingCode[]

function commandsOf(
  code: FindingCode,
  facts: FindingFacts,
  subject: SubjectRef = { type: 'topic', name: '' },
): string[] {
  const steps = KAFKA_RUNBOOKS[code]?.({ address: ADDRESS, finding: { code, subject, facts } }) ?? []
  return steps.flatMap(({ command }) => command ?? [])
}

/** What a shell makes of it: the words of each command, with the tools and files replaced by an echo. */
function wordsOf(command: string): string[] {
  const [first = ''] = command.split(' | ')
  const shown = first.replace(/^\S+/, `printf '%s\\n'`).replace(/ > \S+$/, '')
  return spawnSync('sh', ['-c', shown], { encoding: 'utf8' }).stdout.split('\n')
}

describe.each(CODES)('%s', (code) => {
  const hits = hitsOf(code)

  it('has whole commands for every hit that its rule gives', () => {
    expect(hits).not.toEqual([])
    for (const { facts, subject } of hits) {
      for (const command of commandsOf(code, facts, subject)) {
        expect(command).toMatch(/^(kafka-[\w-]+\.sh --bootstrap-(server|controller) |printf )/)
        expect(command).not.toMatch(/undefined|NaN|null|\[object/)
        expect(command).not.toMatch(/[\n<]/)
      }
    }
  })
})

describe('the commands', () => {
  it.each([
    [
      'partition.underMinIsr',
      { topic: 'orders' },
      `kafka-topics.sh --bootstrap-server ${ADDRESS} --describe --topic orders --under-min-isr-partitions`,
    ],
    [
      'partition.noEligibleLeader',
      { topic: 'orders', partition: 7 },
      `kafka-leader-election.sh --bootstrap-server ${ADDRESS} --election-type unclean --topic orders --partition 7`,
    ],
    [
      'topic.minIsrOne',
      { topic: 'orders', minIsr: 1, replicas: 3 },
      `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type topics --entity-name orders --add-config min.insync.replicas=2`,
    ],
    [
      'topic.minIsrEqualsReplicas',
      { topic: 'orders', minIsr: 5, replicas: 5 },
      `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type topics --entity-name orders --add-config min.insync.replicas=4`,
    ],
    [
      'topic.replicationFactorOne',
      { topic: 'orders', brokers: 3 },
      `printf '%s\\n' '{"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,2,3]}]}' > reassignment.json`,
    ],
    [
      'topic.internalReplicationLow',
      { topic: '__consumer_offsets', wanted: 2 },
      `printf '%s\\n' '{"version":1,"partitions":[{"topic":"__consumer_offsets","partition":0,"replicas":[1,2]}]}' > reassignment.json`,
    ],
    [
      'topic.flushSettings',
      { topic: 'orders', settings: 'flush.messages, flush.ms' },
      `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type topics --entity-name orders --delete-config flush.messages,flush.ms`,
    ],
    [
      'topic.retentionBelowLag',
      { topic: 'orders', group: 'billing', type: 'classic', retentionMinutes: 1440 },
      `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type topics --entity-name orders --add-config retention.ms=172800000`,
    ],
    [
      'group.lossForecast',
      { topic: 'orders', group: 'billing', type: 'classic', because: 'retention', retentionMinutes: 1440 },
      `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type topics --entity-name orders --add-config retention.ms=172800000`,
    ],
    [
      'group.lossForecast',
      { topic: 'orders', group: 'billing', type: 'classic', because: 'retentionBySize', retentionBytes: 1024 },
      `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type topics --entity-name orders --add-config retention.bytes=2048`,
    ],
    [
      'transaction.hanging',
      { topic: 'orders', partition: 3, timeoutMinutes: 15 },
      `kafka-transactions.sh --bootstrap-server ${ADDRESS} find-hanging --topic orders --partition 3 --max-transaction-timeout 15`,
    ],
    [
      'transaction.hanging',
      { topic: 'orders', partition: 3, timeoutMinutes: 15 },
      `kafka-transactions.sh --bootstrap-server ${ADDRESS} abort --topic orders --partition 3 --start-offset START_OFFSET`,
    ],
    [
      'broker.unreachable',
      { broker: '3', address: 'kafka-3:9092' },
      `kafka-broker-api-versions.sh --bootstrap-server kafka-3:9092 | grep -F 'rack:'`,
    ],
    [
      'broker.autoCreateTopics',
      { broker: '3' },
      `kafka-configs.sh --bootstrap-server ${ADDRESS} --describe --all --entity-type brokers --entity-name 3 | grep -F auto.create.topics.enable`,
    ],
    ['quorum.voterBehind', {}, `kafka-metadata-quorum.sh --bootstrap-server ${ADDRESS} describe --replication`],
    [
      'group.stopped',
      { group: 'billing', type: 'consumer' },
      `kafka-consumer-groups.sh --bootstrap-server ${ADDRESS} --describe --group billing`,
    ],
    [
      'group.stalled',
      { group: 'billing', type: 'share' },
      `kafka-share-groups.sh --bootstrap-server ${ADDRESS} --describe --group billing`,
    ],
    [
      'group.stalled',
      { group: 'billing', type: 'streams' },
      `kafka-streams-groups.sh --bootstrap-server ${ADDRESS} --describe --group billing`,
    ],
    [
      'group.shareWithoutDlq',
      { group: 'billing' },
      `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type groups --entity-name billing --add-config errors.deadletterqueue.topic.name=dlq.billing`,
    ],
  ] as const)('of %s for %o', (code, facts, command) => {
    expect(commandsOf(code, facts)).toContain(command)
  })

  it.each([
    ['topic.minIsrOne', { topic: 'orders', replicas: 2 }, 'topic.minIsrOne', { topic: 'orders', replicas: 3 }],
    [
      'topic.replicationFactorOne',
      { topic: 'orders', brokers: 1 },
      'topic.replicationFactorOne',
      { topic: 'orders', brokers: 3 },
    ],
  ] as const)('of %s begin with what is missing', (code, facts, sameCode, enough) => {
    const keys = (one: FindingFacts): string[] =>
      KAFKA_RUNBOOKS[code]?.({
        address: ADDRESS,
        finding: { code: sameCode, subject: { type: 'topic', name: '' }, facts: one },
      }).map(({ key }) => key) ?? []
    expect(keys(facts).length).toBeGreaterThan(keys(enough).length)
  })
})

describe('names that are hostile', () => {
  it.each([
    `$(id)`,
    "a'; rm -rf / #",
    '`id`',
    'two words',
    '*',
    '"quoted"',
    '~root',
    '-rf',
    '--all-groups',
    '订单',
    'a\\b',
    '',
  ])('%j reaches the tool as it is', (name) => {
    const facts = { group: name, topic: name, broker: name, setting: name, type: 'classic', address: 'h:1' }
    for (const code of CODES) {
      for (const command of commandsOf(code, {
        ...facts,
        replicas: 1,
        wanted: 1,
        settings: name,
        timeoutMinutes: 1,
        retentionMinutes: 1,
      })) {
        const words = wordsOf(command)
        const named = words.filter(
          (word) => word === name || word.endsWith(`=${name}`) || word.includes(JSON.stringify(name)),
        )
        const wantsName = /--(topic|group|entity-name|broker-list|delete-config)[ =]/.test(command)
        const isGiven = /--entity-name TOPIC|--topic dlq\.|--broker-list 1,2,3/.test(command)
        if (wantsName && !isGiven) expect({ command, named: named.length > 0 }).toEqual({ command, named: true })
        expect(words.filter((word) => word === 'rm' || word.startsWith('uid='))).toEqual([])
      }
    }
  })

  it('that begin like an option are not taken for one', () => {
    const [describe] = commandsOf('group.stopped', { group: '--all-groups', type: 'classic' })
    expect(describe).toContain(' --describe --group=--all-groups')
  })

  it('of a group make a queue that may be created', () => {
    const [create] = commandsOf('group.shareWithoutDlq', { group: "a b/c'; rm" })
    expect(create).toContain(' --topic dlq.a-b-c---rm ')
  })
})
