/** Every check against every subject, as the API tells it: what is listed, in which order, and what nobody knows. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { HOUR_MS } from '../../lib/units.ts'
import { settings } from '../builders/rule-cases.ts'
import { aBroker, aGroup, aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'

const PATH = '/api/v1/clusters/{cluster}/checks'
const CODE = 'topic.replicationFactorOne'
const lone = [aPartition({ replicas: ['1'], isr: ['1'] })]
const unknown = {
  ...{ minIsr: null, retentionMs: null, retentionBytes: null, cleanupPolicy: null },
  uncleanLeaderElection: null,
}
const config = settings({ 'max.message.bytes': '1048588' })
const SNAPSHOT = aSnapshot({
  brokers: ['1', '2', '3'].map((id) => aBroker(id, { config: settings({ 'replica.fetch.max.bytes': '1048576' }) })),
  topics: [
    aTopic({ name: '=cards', topicId: 'a', partitions: lone, config }),
    aTopic({ name: 'cash', topicId: 'b', partitions: lone, config }),
    aTopic({ name: 'hidden', topicId: 'c', partitions: [], config: null, settings: unknown }),
    aTopic({ name: '__offsets', topicId: 'd', internal: true, partitions: lone }),
    aTopic({ name: 'well', topicId: 'e', config }),
  ],
  groups: [aGroup()],
})

let app: TestConsole
let document: DocumentChecker

beforeEach(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('live'), aKafkaCluster('never')] })
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const given = { snapshot: SNAPSHOT, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() }
  await app.writer.saveObservation('live', observe(given), 15_000)
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterEach(() => app.close())

interface List {
  items: { name: string; cells: string[] }[]
  columns: { code: string; found: number; muted: number; unknown: number; isUnknown: boolean }[]
  nextCursor: string | null
  total: number
}

async function list(query = ''): Promise<List> {
  const answer = await app.call('GET', `/api/v1/clusters/live/checks?minSeverity=warning&${query}`)
  document.check('get', PATH, 200, answer.json)
  return answer.json
}

const names = async (query = ''): Promise<string[]> => (await list(query)).items.map(({ name }) => name)

async function cell(name: string, code: string): Promise<string | undefined> {
  const { items, columns } = await list('show=all&internal=true&limit=1000')
  return items.find((item) => item.name === name)?.cells[columns.findIndex((column) => column.code === code)]
}

describe('the list', () => {
  test('names topics with something found or unknown, the gravest first; all of them when asked', async () => {
    expect(await names()).toEqual(['=cards', 'cash', 'hidden'])
    expect(await names('show=all')).toEqual(['=cards', 'cash', 'hidden', 'well'])
    expect(await names('internal=true')).toEqual(['__offsets', '=cards', 'cash', 'hidden'])
  })

  test('says what was found, what passed, and what nobody could tell', async () => {
    expect(await cell('cash', CODE)).toBe('high')
    expect(await cell('well', CODE)).toBe('passed')
    expect(await cell('hidden', CODE)).toBe('unknown')
    expect(await cell('__offsets', CODE)).toBe('notApplicable')
    const { columns } = await list('q=cash')
    expect(columns.find(({ code }) => code === CODE)).toMatchObject({
      found: 2,
      muted: 0,
      unknown: 1,
      isUnknown: false,
    })
    const unseen = [
      'partition.offline',
      'topic.minIsrOne',
      'topic.uncleanLeaderElection',
      'topic.messageSizeAboveFetch',
    ]
    for (const code of unseen) expect(await cell('hidden', code), code).toBe('unknown')
  })

  test('is read page by page, in the order asked for', async () => {
    const first = await list('limit=2&sort=-name&show=all')
    expect([first.items.map(({ name }) => name), first.total]).toEqual([['well', 'hidden'], 4])
    expect(await names(`limit=2&sort=-name&show=all&cursor=${first.nextCursor}`)).toEqual(['cash', '=cards'])
    expect((await names(`sort=-${CODE}&show=all`)).slice(0, 3)).toEqual(['=cards', 'cash', 'hidden'])
    expect(await names(`sort=${CODE}&show=all`)).toEqual(['well', 'hidden', '=cards', 'cash'])
  })

  test('is filtered by name, and by what is found or unknown', async () => {
    expect(await names('q=cas')).toEqual(['cash'])
    expect(await names(`q=found%3A${CODE}`)).toEqual(['=cards', 'cash'])
    expect(await names('q=unknown%3AflushSettings')).toEqual(['hidden'])
    expect(await names('q=severity%3Ahigh')).toEqual(['=cards', 'cash'])
  })

  test('is also there for groups and brokers', async () => {
    expect(await names('subjectType=broker')).toEqual(['1', '2', '3'])
    expect(await names('subjectType=group&show=all')).toEqual(['billing'])
  })

  test('shows what is muted as muted, and lists no topic for that alone', async () => {
    const untilAt = new Date(NOW_MS + HOUR_MS).toISOString()
    await app.call('POST', '/api/v1/mutes', {
      body: { code: '*', cluster: 'live', subject: 'cash', reason: 'known', untilAt },
    })
    expect(await names()).toEqual(['=cards', 'hidden'])
    expect(await names('muted=true')).toEqual(['=cards', 'hidden', 'cash'])
    expect(await cell('cash', CODE)).toBe('muted')
    app.setNow(NOW_MS + HOUR_MS)
    expect(await cell('cash', CODE)).toBe('high')
  })

  test('takes nothing for passed of a poll that an older version stored', async () => {
    const where = { clusterId_name: { clusterId: 'live', name: 'unjudged' } }
    await app.database.client.snapshotSection.delete({ where })
    const { items, columns } = await list('show=all&internal=true')
    expect(columns.every(({ isUnknown }) => isUnknown)).toBe(true)
    expect(items.flatMap(({ cells }) => cells)).not.toContain('passed')
    expect(await cell('cash', CODE)).toBe('high')
    expect(await names()).toEqual(['=cards', 'cash'])
  })
})

describe('as CSV', () => {
  const csv = (query = ''): Promise<Answer> => app.call('GET', `/api/v1/clusters/live/checks.csv?${query}`)

  test('the list is whole, with checks by their codes, and no name runs as a formula', async () => {
    const answer = await csv('minSeverity=warning&sort=name&show=all')
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toContain('checks-live-topic.csv')
    const [head, ...lines] = answer.text.trimEnd().split('\r\n')
    expect(head?.split(',').slice(0, 2)).toEqual(['topic', 'partition.noEligibleLeader'])
    expect(lines.map((line) => line.split(',')[0])).toEqual([`"'=cards"`, 'cash', 'hidden', 'well'])
    const place = head?.split(',').indexOf(CODE) ?? -1
    expect(lines.map((line) => line.split(',')[place])).toEqual(['high', 'high', 'unknown', 'passed'])
  })
})

describe('is refused', () => {
  test.each(['checks', 'checks.csv'])(
    'an unknown cluster, an unknown order and an unknown subject: %s',
    async (part) => {
      const unknownCluster = await app.call('GET', `/api/v1/clusters/nobody/${part}`)
      document.checkProblem(unknownCluster.json)
      expect([unknownCluster.status, unknownCluster.json.code]).toEqual([404, 'cluster_not_found'])
      for (const query of ['sort=topic.nothing', 'subjectType=partition', 'show=none']) {
        expect((await app.call('GET', `/api/v1/clusters/live/${part}?${query}`)).status, query).toBe(400)
      }
    },
  )

  test('nothing of a cluster that was never polled: it is empty and says so', async () => {
    const { json } = await app.call('GET', '/api/v1/clusters/never/checks')
    expect([json.items, json.asOf]).toEqual([[], null])
  })
})
