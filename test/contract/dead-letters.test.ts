/** One dead-letter queue through the API: what it holds, what is found, what is done, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportLetters } from '../../lib/api/dlqs/dead-letter-operations.ts'
import type { RocketmqClusterConfig } from '../../lib/cluster/cluster-config.ts'
import { fault } from '../../lib/cluster/fault.ts'
import { type MessageAccess, MessageAccessError } from '../../lib/cluster/messages.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { readPurges } from '../../lib/inbox/purges.ts'
import { maskingRules } from '../../lib/payload/masking.ts'
import { deadMessage } from '../builders/dead-messages.ts'
import { MemoryLog } from '../builders/memory-log.ts'
import { NO_TLS } from '../builders/no-tls.ts'
import { planResult, replayPart, replayRequest, runsOf } from '../builders/replays.ts'
import { aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'

const TOPIC = '%DLQ%orders'
const QUEUE = '/api/v1/dlqs/shop/%25DLQ%25orders'
const TEMPLATE = '/api/v1/dlqs/{cluster}/{topic}'
const ONE = { partition: 0, broker: null }
const TWO = { partition: 1, broker: null }
const RECORDS = 60
const DAY_MS = 86_400_000n
const REPLAY = replayRequest({ clusterId: 'shop', topic: TOPIC })
const UNLIMITED_RATE = { recordsPerSecond: null, bytesPerSecond: null }
const SECRETS = maskingRules.parse([{ match: { topic: 'orders-0' }, paths: ['$.card'], headers: ['token'] }])

const TRADE: RocketmqClusterConfig = {
  ...{ id: 'trade', name: 'Trade', kind: 'rocketmq', readOnly: false, nameServers: ['10.0.0.1:9876'] },
  ...{ tls: NO_TLS, addressMap: {}, acl: null },
}

let app: TestConsole
let document: DocumentChecker
let log: MemoryLog
let deleted: unknown[] = []
let refusesDeletion = false

beforeAll(async () => {
  log = filledLog()
  app = await openConsole({
    clusters: [aKafkaCluster('shop', { readOnly: false }), aKafkaCluster('locked'), TRADE],
    createMessageAccess: () => accessTo(log),
    config: { masking: SECRETS },
  })
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  for (const cluster of ['shop', 'locked', 'trade']) {
    const partitions = [30n, 36n].map((endOffset, partition) => aPartition({ partition, startOffset: 0n, endOffset }))
    const settings = { ...aTopic().settings, retentionMs: DAY_MS, retentionBytes: -1n, cleanupPolicy: 'delete' }
    const queue = aTopic({ name: TOPIC, topicId: 'id-1', partitions, settings })
    const snapshot = aSnapshot({ topics: [queue, aTopic({ name: 'orders' })] })
    const facts = { previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() }
    await app.writer.saveObservation(cluster, observe({ snapshot, ...facts }), 15_000)
  }
  app.setNow(NOW_MS)
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterAll(() => app.close())

/** Every third record of another cause, every second in the other partition, a minute apart. */
function filledLog(): MemoryLog {
  const filled = new MemoryLog('id-1', 7)
  for (let at = 0; at < RECORDS; at += 1) {
    const value = JSON.stringify({ id: at, card: `4711-${at}` })
    const message = { cause: at % 3, origin: at % 2, atMs: NOW_MS - (RECORDS - at) * 60_000, key: `k${at % 5}`, value }
    filled.append(at % 2 === 0 ? ONE : TWO, deadMessage(message), at % 10 === 9 ? 1 : 0)
  }
  return filled
}

function accessTo(reader: MemoryLog): MessageAccess {
  return {
    reader: () => reader,
    sender: () => ({ send: async () => [], close: async () => undefined }),
    exactlyOnce: () => null,
    deleteBefore: async (_topic, places) => {
      if (refusesDeletion) throw new MessageAccessError(fault('authorizationFailed'), false)
      deleted = [...places]
      for (const { offset, ...place } of places) reader.expireBefore(place, offset)
    },
    close: async () => undefined,
  }
}

async function read(path: string) {
  const answer = await app.call('GET', `${QUEUE}${path}`)
  expect(answer.status, answer.text).toBe(200)
  const template = `${TEMPLATE}${path.replace(/\?.*/, '').replace(/\/\d+\/\d+$/, '/{partition}/{offset}')}`
  document.check('get', template, 200, answer.json)
  return answer.json
}

/** As when a client goes away: the last line is all that is missing. */
async function breakOffExport(): Promise<void> {
  const audit = { action: null, actor: 'a', target: 't', detail: null }
  const query = { selection: { all: true, includeHandled: true } } as const
  const place = { cluster: 'shop', topic: TOPIC }
  const audience = { locale: 'en', seesPayloads: true } as const
  const lines = exportLetters(app.services, place, query, audience, audit)[Symbol.asyncIterator]()
  for (let line = 0; line < RECORDS; line += 1) await lines.next()
  await lines.return?.()
}

type Letter = { partition: number; offset: number; status: string; exception: { rootCauseClass: string } }
const idOf = ({ offset, partition }: { offset: number; partition: number }): string => `${partition}:${offset}`

async function allPages(query: string): Promise<Letter[]> {
  const items: Letter[] = []
  for (let cursor = '', page = 0; page < 50; page += 1) {
    const answer = await read(`/messages?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    items.push(...answer.items)
    expect(answer.stoppedAt === null).toBe(answer.nextCursor === null)
    if (answer.nextCursor === null) return items
    expect(answer.complete).toBe(false)
    cursor = answer.nextCursor
  }
  throw new Error('the pages never end')
}

async function listed() {
  const answer = await app.call('GET', '/api/v1/dlqs?q=cluster:shop')
  document.check('get', '/api/v1/dlqs', 200, answer.json)
  return answer.json.items[0]
}

describe('reading a queue', () => {
  test('until it is read, what it stores is an upper bound', async () => {
    expect(await listed()).toMatchObject({ topic: TOPIC, depth: 66, depthIsUpperBound: true, stored: 66, format: null })
  })

  test('before anything was read of it, nothing is claimed', async () => {
    const answer = await read('/causes')
    expect(answer).toMatchObject({ items: [], complete: false, asOf: null, scannedTo: [] })
  })

  test('the newest record comes first, and pages have each record once', async () => {
    const all = await allPages('limit=7')
    expect(all).toHaveLength(RECORDS)
    expect(new Set(all.map(idOf)).size).toBe(RECORDS)
    const times = (all as unknown as { timestamp: string }[]).map(({ timestamp }) => Date.parse(timestamp))
    expect(times).toEqual([...times].sort((one, other) => other - one))
    const oldest = await allPages('limit=11&order=oldest')
    expect(oldest.map(idOf)).toEqual(all.map(idOf).reverse())
  })

  test('read to its end, the depth is exact, and the oldest open record tells when it goes', async () => {
    const oldestAt = new Date(NOW_MS - RECORDS * 60_000).toISOString()
    expect(await listed()).toMatchObject({
      ...{ depth: RECORDS, depthIsUpperBound: false, stored: 66, format: 'spring', oldestAt },
      sourceTopics: ['orders-0', 'orders-1'],
      groups: ['billing-0', 'billing-1'],
      expiresAt: { state: 'forecast', earliest: new Date(Date.parse(oldestAt) + Number(DAY_MS)).toISOString() },
    })
  })

  test('causes are counted, with trend, sample and what is to be mended first', async () => {
    const { items, complete, scannedTo, total } = await read('/causes')
    expect([complete, total, items.map(({ count }: { count: number }) => count)]).toEqual([true, 3, [20, 20, 20]])
    expect(scannedTo).toEqual([
      { partition: 0, broker: null, offset: 30, endOffset: 30 },
      { partition: 1, broker: null, offset: 36, endOffset: 36 },
    ])
    const [cause] = items
    expect(cause).toMatchObject({ format: 'spring', handledCount: 0, returnedCount: 0, fixFirst: false })
    expect(cause.originTopics.sort()).toEqual(['orders-0', 'orders-1'])
    expect(cause.trend.reduce((sum: number, count: number) => sum + count, 0)).toBe(20)
    expect(Date.parse(cause.trendUntil)).toBeGreaterThan(NOW_MS)
    const sample = await read(`/messages/${cause.sample.partition}/${cause.sample.offset}`)
    expect([sample.fingerprint, sample.timestamp]).toEqual([cause.fingerprint, cause.lastSeenAt])
    const byTopic = await read('/causes?by=originTopic&sort=fingerprint')
    expect(
      byTopic.items.map(({ fingerprint, count }: { fingerprint: string; count: number }) => [fingerprint, count]),
    ).toEqual([
      ['originTopic:orders-0', 30],
      ['originTopic:orders-1', 30],
    ])
    const found = await read('/causes?q=FailureB1')
    expect(found.items.map(({ exception }: { exception: string }) => exception)).toEqual([
      'com.acme.FailureB1Exception',
    ])
    const named = await read(`/causes?q=${encodeURIComponent(`fingerprint=${cause.fingerprint}`)}`)
    expect(named.items.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).toEqual([cause.fingerprint])
  })

  test.each([
    ['cause=exception:com.acme.FailureA0Exception', 20],
    ['cause=group:billing-1', 30],
    ['partition=1', 30],
    ['key=k2', 12],
    ['q=%22id%22:7,', 1],
    ['q=FAILUREB1exception&key=k1', 4],
    [`fromTime=${new Date(NOW_MS - 10 * 60_000).toISOString()}`, 10],
    [`toTime=${NOW_MS - 55 * 60_000}`, 5],
    ['status=archived,replayed', 0],
    ['cause=nobody', 0],
  ])('messages?%s finds %i', async (query, count) => {
    expect(await allPages(`${query}&limit=9`)).toHaveLength(count)
  })

  test('what a masking rule of its origin hides is neither shown nor found', async () => {
    const hidden = await read('/messages/0/3')
    expect(hidden.value.data).toContain('***')
    expect(JSON.stringify(hidden)).not.toContain('4711-6')
    expect(await allPages('q=4711-6')).toHaveLength(0)
    expect(await allPages('q=4711-7')).toHaveLength(1)
  })

  test('who takes more of a payload than lists show is written down', async () => {
    const whole = await read('/messages/0/3?maxBytes=12000000')
    await read('/messages/0/3?maxBytes=65536')
    const { items, total } = (await app.call('GET', '/api/v1/audit?q=payload.read')).json
    expect([total, items[0]]).toMatchObject([
      1,
      { action: 'payload.read', target: `shop/${TOPIC}`, outcome: 'ok', detail: { partition: 0, offset: 3 } },
    ])
    // Where it lies, and nothing of what it says.
    expect(JSON.stringify(items)).not.toContain(whole.value.data.slice(0, 10))
  })

  test('a search that is too large for one request says where it stopped', async () => {
    const { items, nextCursor, stoppedAt, complete } = await read('/messages?limit=3&q=id')
    expect([items.length, complete]).toEqual([3, false])
    expect(stoppedAt).toHaveLength(2)
    const wrong = await app.call('GET', `${QUEUE}/messages?order=oldest&cursor=${nextCursor}`)
    expect([wrong.status, wrong.json.errors[0].path]).toEqual([400, 'query.cursor'])
  })

  test.each([
    ['/api/v1/dlqs/nowhere/x/causes', 404, 'cluster_not_found'],
    ['/api/v1/dlqs/shop/orders/causes', 404, 'topic_not_found'],
    [`${QUEUE}/messages/0/9999`, 404, 'message_not_found'],
    [`${QUEUE}/messages?status=lost`, 400, 'bad_request'],
    [`${QUEUE}/messages?cursor=zzz`, 400, 'bad_request'],
    [`${QUEUE}/causes?by=colour`, 400, 'bad_request'],
    [`${QUEUE}/export?offsets=1`, 400, 'bad_request'],
  ])('%s is refused with %i', async (path, status, code) => {
    const answer = await app.call('GET', path)
    expect([answer.status, answer.json.code]).toEqual([status, code])
  })

  test('one record: its chain, the lines of our own code, and what a replay would leave out', async () => {
    const letter = await read('/messages/1/0')
    expect(letter).toMatchObject({
      ...{ clusterId: 'shop', topic: TOPIC, status: 'open', format: 'spring', handled: null, pointer: null },
      origin: { topic: 'orders-1', group: 'billing-1', guessed: false },
    })
    expect(letter.removedOnReplay).toContain('kafka_dlt-original-topic')
    expect(letter.hops).toHaveLength(1)
    expect((await read('/messages/1/0?maxBytes=4')).value).toMatchObject({ truncated: true, data: '{"id' })
  })
})

async function act(path: string, body: unknown, queue = QUEUE) {
  return app.call('POST', `${queue}${path}`, { body })
}

describe('actions', () => {
  test('archive takes records off the list, restore brings them back, and both are audited', async () => {
    const selection = { causes: ['exception:com.acme.FailureA0Exception'] }
    const archived = await act('/archive', { selection, note: 'known since Monday' })
    expect([archived.status, archived.json]).toEqual([200, { records: 20 }])
    document.check('post', `${TEMPLATE}/archive`, 200, archived.json)
    expect((await act('/archive', { selection, note: 'again' })).json).toEqual({ records: 0 })
    expect(await listed()).toMatchObject({ depth: 40, depthIsUpperBound: false })
    const { items } = await read('/causes?sort=count')
    expect(items[0]).toMatchObject({ exception: 'com.acme.FailureA0Exception', count: 0, handledCount: 20 })
    const [letter] = (await allPages('status=archived')) as unknown as { handled: unknown }[]
    expect(letter?.handled).toMatchObject({ action: 'archive', by: 'admin', note: 'known since Monday' })
    expect(await allPages('status=open')).toHaveLength(40)
    const some = {
      offsets: [
        { partition: 0, offset: 0 },
        { partition: 0, offset: 1 },
      ],
      includeHandled: true,
    }
    expect((await act('/restore', { selection: some })).json).toEqual({ records: 1 })
    expect((await act('/restore', { selection: { all: true } })).json).toEqual({ records: 19 })
    expect(await allPages('status=open')).toHaveLength(RECORDS)
    const audit = await app.call('GET', '/api/v1/audit?q=deadLetters')
    expect(audit.text).toContain('deadLetters.archive')
  })

  test('what a replay is about to send cannot be archived; what it is done with can', async () => {
    const { store } = app.services.replays
    const parts = [
      replayPart({ selected: runsOf([0, 10]), skips: [{ code: 'quarantined', offsets: runsOf([8, 10]) }] }),
    ]
    await store.create({ ...{ id: 'r-sends', request: REPLAY, createdAtMs: 1, createdBy: 'a' }, rate: UNLIMITED_RATE })
    await store.savePlan('r-sends', 'planned', planResult({ parts }))
    await store.change('r-sends', 'planned', { state: 'running', hasOpenRun: true })
    const place = { ordinal: 0, ...ONE, from: 0n, to: 4n, runs: [], stoppedKeys: null }
    await app.services.replays.progress.save('r-sends', [place], null, async () => undefined)
    const archive = (...offsets: number[]) =>
      act('/archive', { selection: { offsets: offsets.map((offset) => ({ partition: 0, offset })) }, note: 'x' })
    const refused = await archive(3, 4, 5, 8)
    expect([refused.status, refused.json.code]).toEqual([409, 'replay_sends_records'])
    document.checkProblem(refused.json)
    expect(refused.json.detail).toMatch(/^2 of .*r-sends/)
    expect(await allPages('status=archived')).toHaveLength(0)
    expect((await archive(3, 8)).json).toEqual({ records: 2 })
    await store.change('r-sends', 'running', { state: 'cancelled', hasOpenRun: false })
    expect((await archive(4, 5)).json).toEqual({ records: 2 })
    await act('/restore', { selection: { all: true } })
  })

  test.each([[{}], [{ q: '' }], [{ q: ' ' }], [{ all: true, q: '' }]])(
    'a selection that does not say which is refused by name: %j',
    async (selection) => {
      const answer = await act('/archive', { selection, note: 'x' })
      expect([answer.status, answer.json.errors[0].path]).toEqual([400, 'body.selection'])
      expect(await allPages('status=open')).toHaveLength(RECORDS)
    },
  )

  test('an empty key means the records that have one', async () => {
    expect((await act('/archive', { selection: { key: '' }, note: 'x' })).json).toEqual({ records: 0 })
  })

  test('10,000 offsets fit into one request', async () => {
    const offsets = Array.from({ length: 10_000 }, (_, at) => ({ partition: 0, broker: null, offset: 1_000_000 + at }))
    const answer = await act('/archive', { selection: { offsets }, note: 'x' })
    expect([answer.status, answer.json]).toEqual([200, { records: 0 }])
  })

  test('the export has one line for each open record, and of what a filter leaves', async () => {
    await act('/archive', { selection: { offsets: [{ partition: 0, offset: 0 }] }, note: 'x' })
    const answer = await app.call('GET', `${QUEUE}/export`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    const lines = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toHaveLength(RECORDS - 1)
    for (const line of lines) document.check('get', `${TEMPLATE}/export`, 200, line)
    const handled = await app.call('GET', `${QUEUE}/export?offsets=0:0,1:0&includeHandled=true`)
    expect(
      handled.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).status),
    ).toEqual(['archived', 'open'])
    await act('/restore', { selection: { all: true } })
  })

  test('an export that breaks off is no whole file: its connection ends with an error', async () => {
    log.partition(TWO).isBroken = true
    await expect(app.call('GET', `${QUEUE}/export`)).rejects.toThrow()
    log.partition(TWO).isBroken = false
  })

  test('a change for all records is tried on some of them, and hides what a rule hides', async () => {
    const transform = [
      { kind: 'setValue', path: '$.unit', json: '"EUR"' },
      { kind: 'setHeader', name: 'mended', value: 'yes' },
    ]
    const answer = await act('/preview', { selection: { all: true }, transform })
    expect(answer.status, answer.text).toBe(200)
    document.check('post', `${TEMPLATE}/preview`, 200, answer.json)
    expect([answer.json.records > 50, answer.json.samples.length]).toEqual([true, 4])
    for (const { before, after } of answer.json.samples) {
      expect(before.value.data).not.toContain('EUR')
      expect(JSON.parse(after.value.data)).toMatchObject({ unit: 'EUR' })
      expect(after.headers.at(-1)).toMatchObject({ key: 'mended' })
    }
    expect(answer.text).toContain('"card\\":\\"***')
    const missed = await act('/preview', {
      selection: { all: true },
      transform: [{ ...transform[0], path: '$.no.where' }],
    })
    expect(missed.json.samples.map((one: { after: unknown }) => one.after)).toEqual([null, null, null, null])
    const wrong = await act('/preview', { selection: { all: true }, transform: [{ ...transform[0], json: '{' }] })
    expect([wrong.status, wrong.json.errors[0].path]).toEqual([400, 'body.transform.0.json'])
  })

  test('a purge that the cluster refuses is not remembered: what expires later is a loss', async () => {
    refusesDeletion = true
    const refused = await act('/purge', { beforeOffsets: [{ partition: 0, offset: 10 }], confirm: TOPIC })
    refusesDeletion = false
    expect([refused.status, refused.json.code]).toEqual([424, 'cluster_fault'])
    expect(await readPurges(app.database, 'shop')).toEqual(new Map())
    const unable = QUEUE.replace('shop', 'trade')
    const never = await act('/purge', { beforeOffsets: [{ partition: 0, offset: 10 }], confirm: TOPIC }, unable)
    expect([never.status, never.json.code]).toEqual([424, 'cluster_fault'])
    expect([await readPurges(app.database, 'trade'), deleted]).toEqual([new Map(), []])
  })

  test('purge wants the name, tells how many were open, and never goes beyond the end', async () => {
    const places = [{ partition: 0, broker: null, offset: 10 }]
    const wrong = await act('/purge', { beforeOffsets: places, confirm: 'orders' })
    expect([wrong.status, wrong.json.errors[0].path]).toEqual([400, 'body.confirm'])
    const beyond = await act('/purge', { beforeOffsets: [{ ...places[0], offset: 31 }], confirm: TOPIC })
    expect([beyond.status, beyond.json.errors[0].path]).toEqual([400, 'body.beforeOffsets.0.offset'])
    const locked = await act('/purge', { beforeOffsets: places, confirm: TOPIC }, QUEUE.replace('shop', 'locked'))
    expect([locked.status, locked.json.code]).toEqual([403, 'cluster_read_only'])
    expect(deleted).toEqual([])
    await act('/archive', { selection: { offsets: [{ partition: 0, offset: 2 }] }, note: 'x' })
    const { store } = app.services.replays
    await store.create({ ...{ id: 'r-1', request: REPLAY, createdAtMs: 1, createdBy: 'a' }, rate: UNLIMITED_RATE })
    await store.savePlan('r-1', 'planned', planResult())
    await store.change('r-1', 'planned', { state: 'running' })
    const busy = await act('/purge', { beforeOffsets: places, confirm: TOPIC })
    expect([busy.status, busy.json.code, deleted]).toEqual([409, 'replay_queue_busy', []])
    await store.change('r-1', 'running', { state: 'completed', endedAtMs: 2, hasOpenRun: false })
    // The tests before have exported them.
    await app.database.client.dlqExport.deleteMany()
    await breakOffExport()
    expect(await read('/purge?beforeOffsets=0:10')).toEqual({ records: 10, openRecords: 9, notExported: 10 })
    const behind = await app.call('GET', `${QUEUE}/purge?beforeOffsets=0:31`)
    expect([behind.status, behind.json.errors[0].path]).toEqual([400, 'query.beforeOffsets.0.offset'])
    const onlyExported = { beforeOffsets: places, confirm: TOPIC, onlyExported: true }
    const exported = await app.call('GET', `${QUEUE}/export?offsets=0:0,0:1,0:2,0:3`)
    // One of the four was archived: it is not open.
    expect(exported.text.trim().split('\n')).toHaveLength(3)
    const [entry] = (await app.call('GET', '/api/v1/audit?q=deadLetters.export')).json.items
    expect(entry).toMatchObject({ target: `shop/${TOPIC}`, detail: { records: 3, offsets: '0:0-3' } })
    const refused = await act('/purge', onlyExported)
    expect([refused.status, refused.json.code, deleted]).toEqual([409, 'purge_not_exported', []])
    expect(refused.json.detail).toContain('7 of the records')
    await app.call('GET', `${QUEUE}/export?includeHandled=true`)
    expect((await read('/purge?beforeOffsets=0:10,1:3')).notExported).toBe(0)
    const done = await act('/purge', onlyExported)
    expect([done.status, done.json]).toEqual([200, { records: 9 }])
    expect(deleted).toEqual([{ partition: 0, broker: null, offset: 10n }])
    expect(await allPages('limit=50')).toHaveLength(RECORDS - 10)
    // So that the collector does not take them for expired.
    expect([...(await readPurges(app.database, 'shop')).values()]).toEqual([10n])
  })
})

/** Behind the purge above: of partition 0, offsets 0 to 9 are gone, and 2 of them was archived before. */
describe('what is gone', () => {
  test('what nobody had handled is listed with what is still known of it, and nothing else', async () => {
    const before = await read('/causes')
    log.expireBefore(TWO, 12n)
    app.setNow(NOW_MS + 60_000)
    const expired = await allPages('status=expired&limit=4')
    const inOne = expired.filter(({ partition }) => partition === 0)
    expect(inOne.map(({ offset }) => offset).sort((one, other) => one - other)).toEqual([0, 1, 3, 4, 5, 6, 7, 8, 9])
    expect(expired).toHaveLength(19)
    const [answer] = (await read('/messages?status=expired&partition=1&order=oldest')).items
    expect(answer).toMatchObject({
      ...{ offset: 0, status: 'expired', gone: { by: 'retention' }, format: 'spring', fingerprint: expect.any(String) },
      ...{ key: null, value: null, headers: null, headerCount: null, sizeBytes: null, handled: null },
      timestamp: new Date(NOW_MS - 59 * 60_000).toISOString(),
      origin: { topic: 'orders-1', group: 'billing-1', partition: null, offset: null },
      exception: { rootCauseClass: 'com.acme.FailureB1Exception', stackTrace: null },
    })
    expect((await read('/messages?status=expired&partition=0')).items[0].gone).toEqual({ by: 'purge' })
    // They lie nowhere: whoever asks for all that does gets none of them.
    expect(await allPages('limit=50')).toHaveLength(RECORDS - 20)
    const after = await read('/causes')
    const sum = (list: { expiredCount: number }[]) => list.reduce((all, { expiredCount }) => all + expiredCount, 0)
    expect([sum(before.items), sum(after.items), after.expiredUnknownOffsets]).toEqual([9, 19, 0])
    expect(await allPages(`status=expired&cause=${after.items[0].fingerprint}`)).toHaveLength(
      after.items[0].expiredCount,
    )
  })

  test('by its place one is told with what was done to it', async () => {
    expect(await read('/messages/1/3')).toMatchObject({ status: 'expired', gone: { by: 'retention' }, handled: null })
    expect(await read('/messages/0/2')).toMatchObject({
      ...{ status: 'archived', gone: { by: 'purge' }, value: null },
      handled: { action: 'archive', note: 'x' },
    })
  })

  test('a gap among them was no record', async () => {
    const listed = await read('/messages?status=expired&partition=1&order=oldest&limit=50')
    const offsets = listed.items.map(({ offset }: { offset: number }) => offset)
    const gap = Array.from({ length: 12 }, (_, at) => at).find((at) => !offsets.includes(at))
    const answer = await app.call('GET', `${QUEUE}/messages/1/${gap}`)
    expect([answer.status, answer.json.code]).toEqual([410, 'dead_letter_gone'])
  })

  test('their content cannot be searched, and the answer says so', async () => {
    for (const query of ['status=expired&q=x', 'status=open,expired&key=k1']) {
      const answer = await app.call('GET', `${QUEUE}/messages?${query}`)
      expect([answer.status, answer.json.errors[0].path]).toEqual([400, 'query.status'])
    }
  })

  test('what went before anybody looked is counted among what is not known', async () => {
    const third = { partition: 2, broker: null }
    for (let at = 0; at < 8; at += 1) log.append(third, deadMessage({ cause: at, atMs: NOW_MS }))
    log.expireBefore(third, 5n)
    app.setNow(NOW_MS + 120_000)
    const unread = await read('/messages?status=expired&partition=2')
    expect(unread).toMatchObject({ items: [], complete: false, nextCursor: null, expiredUnknownOffsets: 5 })
    expect((await read('/messages')).expiredUnknownOffsets).toBeNull()
    const answer = await app.call('GET', `${QUEUE}/messages/2/1`)
    expect([answer.status, answer.json.code]).toEqual([410, 'dead_letter_gone'])
    expect(answer.json.detail).toContain('begins at offset 5')
  })
})
