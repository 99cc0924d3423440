/** Reports as the API tells them: made, listed, read, and taken out of the console as files. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ReportSettings } from '../../lib/config/reports.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { createLossLedger } from '../../lib/losses/loss-ledger.ts'
import { makeDueReports } from '../../lib/reports/make-report.ts'
import { DAY_MS, HOUR_MS } from '../../lib/units.ts'
import { aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { detected } from '../builders/stored-losses.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { APPROVER, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const PATH = '/api/v1/reports'
/** As a topic of Kafka cannot be called, and a group can. */
const HOSTILE = '=cmd|"/c calc"!A1,<img src=x onerror=alert(1)>'
const OWNERS = [{ match: { cluster: '*', topic: 'orders', group: '*' }, team: '<b>shop</b>' }]
const REPORTS: ReportSettings = {
  schedule: 'daily',
  atHour: 3,
  timeZone: 'Asia/Shanghai',
  language: 'zh-CN',
  keep: 60,
  receivers: [],
}

let app: TestConsole
let document: DocumentChecker

beforeEach(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('live')], config: { owners: OWNERS, reports: REPORTS } })
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
  const snapshot = aSnapshot({ topics: [aTopic({ partitions: [aPartition({ isr: ['1'] })] })] })
  const given = { snapshot, previous: null, expectedBrokers: [], memory: new ObserveMemory() }
  await app.writer.saveObservation('live', observe({ ...given, kindOf: () => 'normal' }), 15_000)
  await createLossLedger(app.database).record('live', [detected({ group: HOSTILE }, NOW_MS - HOUR_MS)])
  await app.events.append('live', NOW_MS - HOUR_MS, [
    {
      ...{ kind: 'configChanged', topic: 'orders', partition: null, broker: null, group: null },
      facts: { setting: 'retention.ms', from: '1', to: '<script>alert(1)</script>' },
    },
  ])
  await app.call('POST', '/api/v1/mutes', {
    body: { code: 'broker.*', reason: '+1 known', untilAt: new Date(NOW_MS + DAY_MS).toISOString() },
  })
  app.setNow(NOW_MS + 1_000)
})
afterEach(() => app.close())

const iso = (atMs: number): string => new Date(atMs).toISOString()
const PERIOD = { from: iso(NOW_MS - DAY_MS), to: iso(NOW_MS + 1_000) }
const make = (body: unknown = PERIOD, token?: string) =>
  app.call('POST', PATH, { body, ...(token === undefined ? {} : { token }) })
const made = async (): Promise<string> => (await make()).json.id
const read = (id: string) => readChecked(app, document, `${PATH}/${id}`, `${PATH}/{report}`)
const exported = (id: string, query: string) => app.call('GET', `${PATH}/${id}/export?${query}`)

test('without any the list is empty', async () => {
  expect(await readChecked(app, document, PATH, PATH)).toEqual({
    ...{ items: [], nextCursor: null, asOf: iso(NOW_MS + 1_000), total: 0 },
  })
})

test('one that is made now says what was lost, at risk and changed, whose it is, and what nobody saw', async () => {
  const answer = await make()
  document.check('post', PATH, 201, answer.json)
  expect([answer.status, answer.json]).toMatchObject([
    201,
    {
      ...{ ...PERIOD, schedule: null, level: 'unknown', lateSeconds: null, unseenSeconds: DAY_MS / 1_000 + 1 },
      counts: { losses: 1, lostMessages: 410, openLosses: 1, clusters: 1, unseenClusters: 1, atRisk: { high: 1 } },
    },
  ])
  expect(answer.json.summary.join(' ')).toContain('1 loss was found: 410 messages. 1 loss waits to be acknowledged.')
  expect(answer.json.summary[0]).toMatch(/^A part of the period was not seen of 1 cluster \(of 1\), 1\sd where/)
  const report = await read(answer.json.id)
  expect(report.clusters).toMatchObject([
    { id: 'live', level: 'unknown', unseen: { items: [{ reason: 'notWatched' }] } },
  ])
  expect(report.losses.items).toMatchObject([{ group: HOSTILE, count: 410, isNew: true, labels: {} }])
  const under = report.atRisk.items.find(({ code }: { code: string }) => code === 'partition.underMinIsr')
  expect(under).toMatchObject({ subject: { type: 'topic', name: 'orders' }, labels: { team: '<b>shop</b>' } })
  expect(under.message).toMatch(/orders/)
  expect(report.events.items).toMatchObject([{ title: 'Settings changed', labels: { team: '<b>shop</b>' } }])
  expect(report.mutes.items).toMatchObject([{ code: 'broker.*', reason: '+1 known' }])
  expect(report.audit.items).toMatchObject([{ action: 'finding.mute' }])
  expect(JSON.stringify(report)).not.toMatch(
    /"(title|message)":"(findings|reasons|lossKinds|reports|explore|ui)?\.?[a-z]+\.[a-zA-Z.]+"/,
  )
  const audit = (await app.call('GET', '/api/v1/audit')).json.items[0]
  expect(audit).toMatchObject({ action: 'report.make', target: answer.json.id, detail: PERIOD })
})

test('says what it said, whatever happens afterwards, and is told in the language of whoever asks', async () => {
  const id = await made()
  const before = await read(id)
  await createLossLedger(app.database).record('live', [detected({ partition: 3 }, NOW_MS)])
  app.setNow(NOW_MS + 4 * DAY_MS)
  expect(await read(id)).toEqual(before)
  const chinese = await app.call('GET', `${PATH}/${id}`, { headers: { 'accept-language': 'zh-CN' } })
  expect(chinese.json.summary.join('')).toContain('发现 1 处丢失：410 条消息。')
})

test('the list holds those of the schedule, too, and can be filtered and sorted', async () => {
  await app.database.client.historyFailedPoll.create({
    data: { clusterId: 'live', atMs: BigInt(NOW_MS - 3 * DAY_MS), intervalMs: 15_000 },
  })
  await made()
  await makeDueReports(app.services.reports, REPORTS, new AbortController().signal)
  const list = (query: string) => readChecked(app, document, `${PATH}${query}`, PATH)
  expect((await list('')).items).toHaveLength(2)
  const [scheduled] = (await list('?q=schedule:daily')).items
  // 3 o'clock in Shanghai, eight hours before.
  expect(scheduled).toMatchObject({ to: iso(NOW_MS - 8 * HOUR_MS), madeBy: 'holdfast', lateSeconds: 8 * 3_600 + 1 })
  expect((await list('?q=late:true')).items).toEqual([scheduled])
  expect((await list('?sort=to')).items[0]).toEqual(scheduled)
  expect((await list('?limit=1')).nextCursor).not.toBeNull()
})

describe('as a file', () => {
  let id: string
  beforeEach(async () => {
    id = await made()
  })

  test('HTML is one page without scripts in which no name does anything', async () => {
    const { text, headers } = await exported(id, 'format=html&language=en')
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="holdfast-report-2026-01-05-r-[\w-]+\.html"$/,
    )
    expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(text).toContain(`default-src 'none'`)
    expect(text).toContain('=cmd|&quot;/c calc&quot;!A1,&lt;img src=x onerror=alert(1)&gt;')
    expect(text).toContain('&lt;b&gt;shop&lt;/b&gt;')
    expect(text).not.toMatch(/<(script|img|link|iframe|object|a|b)[\s>]|https?:/)
    expect(text).toContain('What nobody saw')
    // In the time zone of the configuration.
    expect(text).toContain('2026-01-05 11:00:01 UTC+8')
  })

  test('CSV is one line for each thing, and no cell is a formula', async () => {
    const { text, headers } = await exported(id, 'format=csv&language=en')
    expect([headers.get('content-type'), headers.get('content-language')]).toEqual(['text/csv; charset=utf-8', 'en'])
    const lines = text.trimEnd().split('\r\n')
    expect(lines[0]).toMatch(/^reportId,periodFrom,periodTo,section,cluster,subjectType,subject,team,level,severity,/)
    expect(new Set(lines.slice(1).map((line) => line.split(',')[3]))).toEqual(
      new Set(['clusters', 'unseen', 'losses', 'atRisk', 'began', 'events', 'mutes', 'audit']),
    )
    const lost = lines.find((line) => line.includes(',losses,'))
    expect(lost).toContain(`live,group,"'=cmd|""/c calc""!A1,<img src=x onerror=alert(1)>",`)
    expect(lines.find((line) => line.includes(',mutes,'))).toContain(`"'+1 known"`)
  })

  test('JSON is what the API answers, in the language of the file', async () => {
    const { text, headers, json } = await exported(id, 'format=json&language=en')
    expect(headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(text)).toEqual(await read(id))
    document.check('get', `${PATH}/{report}`, 200, json)
  })

  test('is in the language of the configuration unless another one is asked for', async () => {
    const { text } = await exported(id, 'format=html')
    expect(text).toContain('<html lang="zh-CN">')
    expect(text).toContain('未观测到的时段')
  })

  test.each([
    ['format=pdf', 400, 'bad_request'],
    ['', 400, 'bad_request'],
    ['format=csv&language=fr', 400, 'bad_request'],
  ])('?%s is %i', async (query, status, code) => {
    const answer = await exported(id, query)
    expect([answer.status, answer.json.code]).toEqual([status, code])
  })
})

test.each([
  ['a period that ends before it begins', { from: PERIOD.to, to: PERIOD.from }, 400, 'bad_request'],
  ['a period that is not over', { from: PERIOD.from, to: iso(NOW_MS + HOUR_MS) }, 400, 'bad_request'],
  ['a period that is too long', { from: iso(NOW_MS - 93 * DAY_MS), to: PERIOD.to }, 400, 'bad_request'],
  ['no time', { from: 'yesterday', to: PERIOD.to }, 400, 'bad_request'],
  ['something else', { ...PERIOD, format: 'pdf' }, 400, 'bad_request'],
])('%s is refused', async (_, body, status, code) => {
  const answer = await make(body)
  expect([answer.status, answer.json.code]).toEqual([status, code])
  document.checkProblem(answer.json)
  expect((await readChecked(app, document, PATH, PATH)).total).toBe(0)
})

test('a second person reads reports and makes none', async () => {
  const id = await made()
  expect((await make(PERIOD, APPROVER)).status).toBe(403)
  expect((await app.call('GET', `${PATH}/${id}`, { token: APPROVER })).status).toBe(200)
  expect((await app.call('GET', `${PATH}/${id}/export?format=csv`, { token: APPROVER })).status).toBe(200)
})

test.each(['', '/export?format=html'])('one that nobody knows is not found: %s', async (path) => {
  const answer = await app.call('GET', `${PATH}/r-nothing${path}`)
  expect([answer.status, answer.json.code]).toEqual([404, 'report_not_found'])
})
