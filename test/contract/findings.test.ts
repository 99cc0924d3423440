/** What can cost messages, as the API tells it: all checks, and the findings of polled clusters. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { FINDING_CODES } from '../../lib/durability/finding-codes.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { ALL_RULES } from '../../lib/durability/rules/all-rules.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const settings = { ...aTopic().settings, minIsr: 1 }
const SNAPSHOT = aSnapshot({
  brokers: ['1', '2', '3'].map((id) => aBroker(id, { config: [] })),
  topics: [
    aTopic({ name: 'pay.cards', partitions: [aPartition({ replicas: ['1'], isr: ['1'] })], settings }),
    aTopic({ name: "it's", partitions: [aPartition()], settings }),
    aTopic({ name: 'orders', partitions: [aPartition({ isr: ['1'] })] }),
  ],
  groups: [aGroup({ partitions: [aGroupPartition({ committedOffset: 1n })] })],
})
const OWNERS = [
  { match: { cluster: '*', topic: 'pay.*', group: '*' }, team: 'payments' },
  { match: { cluster: 'live', topic: '*', group: '*' }, team: 'platform' },
]

let app: TestConsole
let document: DocumentChecker

beforeAll(async () => {
  const clusters = [aKafkaCluster('live'), aKafkaCluster('other'), aKafkaCluster('never')]
  app = await openConsole({ clusters, config: { owners: OWNERS } })
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  for (const id of ['live', 'other']) {
    const given = { snapshot: SNAPSHOT, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() }
    await app.writer.saveObservation(id, observe(given), 15_000)
  }
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterAll(() => app.close())

const read = (path: string, template: string): ReturnType<typeof readChecked> =>
  readChecked(app, document, path, template)
const all = (query = ''): ReturnType<typeof read> => read(`/api/v1/findings${query}`, '/api/v1/findings')
const ofCluster = (id: string, query = ''): ReturnType<typeof read> =>
  read(`/api/v1/clusters/${id}/findings${query}`, '/api/v1/clusters/{cluster}/findings')

describe('the checks', () => {
  test('are all listed, with words in both languages', async () => {
    const { items } = await read('/api/v1/rules', '/api/v1/rules')
    expect(items).toHaveLength(ALL_RULES.length)
    const codes = new Set(items.map(({ code }: { code: string }) => code))
    expect(FINDING_CODES.filter((code) => !codes.has(code))).toEqual(['cluster.pollFailed'])
    const chinese = await app.call('GET', '/api/v1/rules', { headers: { 'accept-language': 'zh-CN' } })
    for (const [at, rule] of items.entries()) {
      const other = chinese.json.items[at]
      for (const words of ['title', 'why', 'fix']) {
        expect(rule[words], rule.code).toMatch(/\S \S/)
        expect(other[words], rule.code).toMatch(/[\u4e00-\u9fff]/)
        expect(rule[words]).not.toContain(rule.code)
      }
    }
  })
})

describe('findings', () => {
  test('of all clusters say what is so, whose it is, since when, and what to do', async () => {
    const { items, total, asOf } = await all('?limit=1000')
    expect([items.length, asOf]).toEqual([total, new Date(NOW_MS).toISOString()])
    const one = items.find(
      ({ code, clusterId }: Record<string, string>) => code === 'topic.replicationFactorOne' && clusterId === 'other',
    )
    expect(one).toMatchObject({
      ...{ severity: 'high', subject: { type: 'topic', name: 'pay.cards' }, labels: { team: 'payments' } },
      ...{ facts: { topic: 'pay.cards', brokers: 3 }, since: new Date(NOW_MS).toISOString() },
    })
    expect(one.message).toContain('pay.cards')
    expect(one.fix.length).toBeGreaterThan(0)
    expect(one.fix.some(({ command }: { command: string | null }) => command?.includes('localhost:9092'))).toBe(true)
    for (const { message, title, fix } of items) {
      for (const words of [message, title, ...fix.map((step: { title: string }) => step.title)]) {
        expect(words).not.toMatch(/[{}]|^(topic|broker|cluster|group|partition|quorum|transaction)\.\w/)
      }
    }
    const ids = items.map(({ id }: { id: string }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('come gravest first, and hostile names are quoted in commands', async () => {
    const { items } = await ofCluster('live')
    const ranks = items.map(({ severity }: { severity: string }) =>
      ['critical', 'high', 'warning', 'info'].indexOf(severity),
    )
    expect(ranks).toEqual([...ranks].sort())
    const hostile = items.find(({ subject }: { subject: { name: string } }) => subject.name === "it's")
    const commands = hostile.fix.flatMap(({ command }: { command: string | null }) => command ?? [])
    expect(commands.join('\n')).toContain(`'it'\\''s'`)
  })

  test('belong to the first owner that matches; what is no topic to whoever owns all of its cluster', async () => {
    const teams = new Map(
      (await all('?limit=1000')).items.map((item: Record<string, { name: string; team?: string }>) => [
        `${item.clusterId} ${item.subject?.name}`,
        item.labels?.team,
      ]),
    )
    expect(teams.get('live pay.cards')).toBe('payments')
    expect(teams.get('live orders')).toBe('platform')
    expect(teams.get('live ')).toBe('platform')
    expect(teams.get('other orders')).toBeUndefined()
  })

  test('are filtered by severity, subject and words', async () => {
    const severities = async (query: string): Promise<Set<string>> =>
      new Set((await all(query)).items.map(({ severity }: { severity: string }) => severity))
    expect((await severities('?limit=1000')).has('info')).toBe(true)
    expect([...(await severities('?limit=1000&minSeverity=high'))].sort()).toEqual(['high'])
    const { items } = await ofCluster('live', '?subjectType=topic&subject=pay.cards')
    expect(items.length).toBeGreaterThan(0)
    for (const { subject } of items) expect(subject).toEqual({ type: 'topic', name: 'pay.cards' })
    const named = await all('?q=code%3AreplicationFactorOne&limit=1000')
    expect(named.total).toBe(2)
    expect((await ofCluster('never')).items).toEqual([])
  })

  test('of a cluster that is not there are a problem', async () => {
    for (const path of ['/api/v1/clusters/nobody/findings', '/api/v1/findings?cluster=nobody']) {
      const answer = await app.call('GET', path)
      expect([answer.status, answer.json.code]).toEqual([404, 'cluster_not_found'])
    }
  })

  test('are counted at their topics, without what is only good to know', async () => {
    const topics = await read('/api/v1/clusters/live/topics?sort=-findings', '/api/v1/clusters/{cluster}/topics')
    const counts = new Map(
      topics.items.map((topic: { name: string; findings: number }) => [topic.name, topic.findings]),
    )
    for (const name of ['pay.cards', 'orders']) {
      const { total } = await ofCluster('live', `?subjectType=topic&subject=${name}&minSeverity=warning`)
      expect(counts.get(name)).toBe(total)
    }
    expect(counts.get('pay.cards')).toBeGreaterThan(0)
  })
})
