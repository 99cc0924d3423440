/** Replays over the API: what is asked for, who may do what in which state, and what is told of each record. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import type { OffsetRuns } from '../../lib/inbox/offset-runs.ts'
import { queueOf } from '../../lib/inbox/queues.ts'
import { OutcomeBuilder } from '../../lib/replay/outcome-codec.ts'
import { planHash } from '../../lib/replay/plan-hash.ts'
import type { ReplayState } from '../../lib/replay/replay-states.ts'
import { markOf, type TransformStep } from '../../lib/replay/transform.ts'
import { planFacts, planResult, replayPart, replayPlan, runsOf } from '../builders/replays.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'

let app: TestConsole
let checker: DocumentChecker
let queues = 0

beforeAll(async () => {
  app = await openConsole({
    clusters: [aKafkaCluster('orders', { readOnly: false }), aKafkaCluster('archive', { readOnly: true })],
  })
  checker = documentChecker((await app.call('GET', '/api/openapi.json')).json)
})
afterAll(() => app.close())

const BODY = {
  clusterId: 'orders',
  topic: 'orders-dlt',
  selection: { all: true },
  target: { mode: 'origin' },
  reason: 'the cause is mended',
}

async function create(change: object = {}): Promise<string> {
  const answer = await app.call('POST', '/api/v1/replays', { body: { ...BODY, ...change } })
  expect(answer.status, answer.text).toBe(202)
  checker.check('post', '/api/v1/replays', 202, answer.json)
  return answer.json.id
}

/** As the worker leaves it behind; each in a queue of its own, so that tests do not hold each other up. */
async function planned(change: object = {}, result: Partial<Parameters<typeof planResult>[0]> = {}): Promise<string> {
  queues += 1
  const id = await create({ topic: `queue-${queues}-dlt`, ...change })
  const made = planResult({ facts: planFacts({ plannedAtMs: NOW_MS }), ...result })
  await app.services.replays.store.savePlan(id, made.plan.needsApproval ? 'awaitingApproval' : 'planned', made)
  return id
}

const act = (id: string, action: string, body?: object, token?: string): Promise<Answer> =>
  app.call('POST', `/api/v1/replays/${id}/${action}`, {
    ...(body === undefined ? {} : { body }),
    ...(token === undefined ? {} : { token }),
  })
const start = (id: string, hash = 'hash'): Promise<Answer> => act(id, 'start', { planHash: hash })

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.json?.code], answer.text).toEqual([status, code])
  checker.checkProblem(answer.json)
}

describe('asking for a replay', () => {
  it('answers at once, without a plan, and says what was left out', async () => {
    const id = await create()
    const { json } = await app.call('GET', `/api/v1/replays/${id}`)
    checker.check('get', '/api/v1/replays/{replay}', 200, json)
    expect(json).toMatchObject({
      ...{ id, state: 'planning', plan: null, planHash: null, clusterId: 'orders', topic: 'orders-dlt' },
      target: { mode: 'origin', topic: null, clusterId: 'orders' },
      rate: { recordsPerSecond: null, bytesPerSecond: null },
      ...{ canary: null, startedAt: null, createdBy: 'admin' },
    })
  })

  test.each<[string, object, string]>([
    ['nothing is selected', { selection: {} }, 'body.selection'],
    ['the text to look for is empty', { selection: { q: '' } }, 'body.selection'],
    ['the text to look for is empty beside others', { selection: { causes: ['x'], q: ' ' } }, 'body.selection'],
    ['only handled ones are included', { selection: { includeHandled: true } }, 'body.selection'],
    ['no topic is named', { target: { mode: 'topic' } }, 'body.target.topic'],
    ['a topic is named for nothing', { target: { mode: 'origin', topic: 'x' } }, 'body.target.topic'],
    ['the target is the queue', { target: { mode: 'topic', topic: 'orders-dlt' } }, 'body.target.topic'],
    ['retry in another cluster', { target: { mode: 'retry', clusterId: 'archive' } }, 'body.target.clusterId'],
    ['a rate of nothing', { rate: { recordsPerSecond: 0 } }, 'body.rate.recordsPerSecond'],
    ['no reason', { reason: '' }, 'body.reason'],
    ['a field that nobody knows', { speed: 1 }, 'body'],
    [
      'two edits of one record',
      {
        edits: [
          { partition: 0, offset: 1 },
          { partition: 0, offset: 1 },
        ],
      },
      'body.edits',
    ],
    ['a change has no path', { transform: [{ kind: 'setValue', path: '$..id', json: '1' }] }, 'body.transform.0.path'],
    ['a change is no JSON', { transform: [{ kind: 'setValue', path: '$.id', json: 'x' }] }, 'body.transform.0.json'],
    [
      'a change is about a header of the console',
      {
        transform: [
          { kind: 'removeHeader', name: 'a' },
          { kind: 'setHeader', name: 'holdfast-replay-id', value: 'x' },
        ],
      },
      'body.transform.1.name',
    ],
  ])('is refused when %s', async (_case, change, path) => {
    const answer = await app.call('POST', '/api/v1/replays', { body: { ...BODY, ...change } })
    expectProblem(answer, 400, 'bad_request')
    expect(answer.json.errors.map((fault: { path: string }) => fault.path)).toContain(path)
    for (const { message } of answer.json.errors) expect(message).not.toMatch(/issue:|^issues\./)
  })

  it('is refused for clusters that nobody knows', async () => {
    for (const change of [{ clusterId: 'nowhere' }, { target: { mode: 'origin', clusterId: 'nowhere' } }]) {
      const answer = await app.call('POST', '/api/v1/replays', { body: { ...BODY, ...change } })
      expectProblem(answer, 404, 'cluster_not_found')
    }
  })

  it('keeps the change for all records, and names its places in the audit log', async () => {
    const transform = [
      { kind: 'setValue', path: '$.unit', json: '"EUR"' },
      { kind: 'removeHeader', name: 'trace' },
    ]
    const id = await create({ transform, edits: [{ partition: 0, offset: 3, value: 'x' }] })
    expect((await app.call('GET', `/api/v1/replays/${id}`)).json.request).toMatchObject({ transform, edits: 1 })
    const [entry] = (await app.call('GET', '/api/v1/audit?limit=1')).json.items
    expect(entry.detail).toMatchObject({ edits: 1, changes: 'setValue $.unit; removeHeader trace' })
    const mark = markOf(transform as TransformStep[])
    expect(entry.detail).toMatchObject({ changesVersion: mark?.version, changesDigest: mark?.digest })
    const made = planResult({ facts: planFacts({ plannedAtMs: NOW_MS, transform: mark }) })
    await app.services.replays.store.savePlan(id, 'planned', made)
    expect((await app.call('GET', `/api/v1/replays/${id}`)).json.plan.transform).toEqual(mark)
  })

  it('takes edits that are larger than any other body', async () => {
    await create({ edits: [{ partition: 0, offset: 3, value: 'x'.repeat(1_000_000) }] })
  })
})

describe('the list', () => {
  it('has the newest first, page by page, and can be narrowed', async () => {
    const topic = 'listed-dlt'
    const ids = [await create({ topic }), await create({ topic }), await create({ topic })]
    const first = await app.call('GET', `/api/v1/replays?topic=${topic}&limit=2`)
    checker.check('get', '/api/v1/replays', 200, first.json)
    const rest = await app.call('GET', `/api/v1/replays?topic=${topic}&limit=2&cursor=${first.json.nextCursor}`)
    const seen = [...first.json.items, ...rest.json.items].map(({ id }) => id)
    expect(seen.sort()).toEqual(ids.sort())
    expect([first.json.total, rest.json.nextCursor]).toEqual([3, null])
    const failed = await app.call('GET', `/api/v1/replays?topic=${topic}&state=failed`)
    expect(failed.json.items).toEqual([])
    const found = await app.call('GET', '/api/v1/replays?q=listed')
    expect(found.json.total).toBe(3)
  })

  test.each(['cursor=x', 'state=gone', 'limit=0'])('refuses %s', async (query) => {
    expectProblem(await app.call('GET', `/api/v1/replays?${query}`), 400, 'bad_request')
  })
})

describe('a plan', () => {
  it('is told in words of both languages', async () => {
    const warnings = [
      { code: 'otherGroupsRead', count: null, facts: { groups: 'audit', groupCount: 1 } },
      { code: 'staleKeys', count: 12n, facts: {} },
    ] as const
    const plan = replayPlan({ warnings: [...warnings], skipped: [{ code: 'quarantined', count: 2n }] })
    const id = await planned({}, { plan })
    const { json } = await app.call('GET', `/api/v1/replays/${id}`)
    checker.check('get', '/api/v1/replays/{replay}', 200, json)
    expect(json).toMatchObject({ state: 'planned', planHash: 'hash' })
    expect(json.plan.warnings.map(({ count }: { count: number | null }) => count)).toEqual([null, 12])
    expect(json.plan.warnings[1].message).toMatch(/12 records/)
    const zh = await app.call('GET', `/api/v1/replays/${id}`, { headers: { 'accept-language': 'zh-CN' } })
    expect(zh.json.plan.warnings[1].message).toMatch(/12 条消息/)
  })

  it('starts by its hash only', async () => {
    const id = await planned()
    expectProblem(await start(id, 'another'), 409, 'replay_plan_changed')
    const answer = await start(id)
    checker.check('post', '/api/v1/replays/{replay}/start', 200, answer.json)
    expect(answer.json).toMatchObject({ state: 'running', startedAt: new Date(NOW_MS).toISOString() })
    expectProblem(await start(id), 409, 'replay_wrong_state')
  })

  it('becomes another one with another rate, and loses its approval', async () => {
    const id = await planned({}, { plan: replayPlan({ needsApproval: true }) })
    expect((await act(id, 'approve', { planHash: 'hash' }, APPROVER)).json.state).toBe('approved')
    const rate = { recordsPerSecond: 5, bytesPerSecond: null }
    const changed = await app.call('PATCH', `/api/v1/replays/${id}`, { body: { rate } })
    const hash = planHash('digest', rate)
    expect(changed.json).toMatchObject({ state: 'awaitingApproval', planHash: hash, rate, approvedBy: null })
    expectProblem(await start(id), 409, 'replay_wrong_state')
    expectProblem(await act(id, 'approve', { planHash: 'hash' }, APPROVER), 409, 'replay_plan_changed')
  })

  it('of yesterday is too old', async () => {
    const id = await planned({}, { facts: planFacts({ plannedAtMs: NOW_MS - 25 * 3_600_000 }) })
    expectProblem(await start(id), 409, 'replay_plan_stale')
  })

  it('into a cluster that is read-only may be made, and not started', async () => {
    const id = await planned({ target: { mode: 'origin', clusterId: 'archive' } })
    expectProblem(await start(id), 403, 'cluster_read_only')
  })
})

describe('four eyes', () => {
  it('are needed where the plan says so, and are two pairs', async () => {
    const id = await planned({}, { plan: replayPlan({ needsApproval: true }) })
    expectProblem(await start(id), 409, 'replay_wrong_state')
    expectProblem(await act(id, 'approve', { planHash: 'hash' }), 403, 'replay_same_person')
    expectProblem(await act(id, 'approve', { planHash: 'other' }, APPROVER), 409, 'replay_plan_changed')
    const approved = await act(id, 'approve', { planHash: 'hash' }, APPROVER)
    expect(approved.json).toMatchObject({ state: 'approved', approvedBy: 'approver' })
    expectProblem(await act(id, 'start', { planHash: 'hash' }, APPROVER), 403, 'forbidden')
    expect((await start(id)).json.state).toBe('running')
  })

  it('agree for an hour: a start after that is refused, and asks for them anew', async () => {
    const id = await planned({}, { plan: replayPlan({ needsApproval: true }) })
    const approve = () => act(id, 'approve', { planHash: 'hash' }, APPROVER)
    const endsAt = new Date(NOW_MS + 3_600_000).toISOString()
    expect((await approve()).json.approvalEndsAt).toBe(endsAt)
    try {
      app.setNow(NOW_MS + 3_600_000)
      const late = await start(id)
      expectProblem(late, 409, 'replay_approval_expired')
      expect(late.json.detail).toContain('approver')
      const { json } = await app.call('GET', `/api/v1/replays/${id}`)
      expect(json).toMatchObject({
        state: 'awaitingApproval',
        approvedAt: null,
        approvedBy: null,
        approvalEndsAt: null,
      })
      expectProblem(await start(id), 409, 'replay_wrong_state')
      await approve()
      // Approved again before it has run out, it holds from then on.
      app.setNow(NOW_MS + 2 * 3_600_000 - 1)
      expect((await approve()).json.approvalEndsAt).toBe(new Date(NOW_MS + 3 * 3_600_000 - 1).toISOString())
      app.setNow(NOW_MS + 3 * 3_600_000 - 2)
      expect((await start(id)).json).toMatchObject({ state: 'running', approvedBy: 'approver', approvalEndsAt: null })
    } finally {
      app.setNow(NOW_MS)
    }
  })

  it('are no hindrance where nobody asked for them', async () => {
    const id = await planned()
    await act(id, 'approve', { planHash: 'hash' }, APPROVER)
    try {
      app.setNow(NOW_MS + 2 * 3_600_000)
      expect((await start(id)).json.state).toBe('running')
    } finally {
      app.setNow(NOW_MS)
    }
  })

  it('bind the rate: slower is free, and nobody alone goes faster than what was approved', async () => {
    const id = await planned({ rate: { recordsPerSecond: 100 } }, { plan: replayPlan({ needsApproval: true }) })
    await act(id, 'approve', { planHash: 'hash' }, APPROVER)
    await start(id)
    const setRate = (recordsPerSecond: number | null, bytesPerSecond: number | null = null): Promise<Answer> =>
      app.call('PATCH', `/api/v1/replays/${id}`, { body: { rate: { recordsPerSecond, bytesPerSecond } } })
    expectProblem(await setRate(101), 409, 'replay_rate_not_approved')
    expectProblem(await setRate(null), 409, 'replay_rate_not_approved')
    expect((await setRate(10)).json.rate.recordsPerSecond).toBe(10)
    // Back up to what was approved, and bounded in another way, too.
    expect((await setRate(100, 5_000)).json.rate).toEqual({ recordsPerSecond: 100, bytesPerSecond: 5_000 })
    const refused = await setRate(null, 5_000)
    expectProblem(refused, 409, 'replay_rate_not_approved')
    expect(refused.json.detail).toMatch(/100 records/)
  })
})

/** As the worker leaves it behind when all that was sent is written down. */
const settled = (id: string, state: ReplayState) => app.services.replays.store.change(id, state, { hasOpenRun: false })

async function marked(topic: string, replayId: string, runs: OffsetRuns): Promise<void> {
  const { database, ledger } = app.services.inbox
  const place = { clusterId: 'orders', topic, topicId: planFacts().sourceTopicId }
  const queue = await queueOf(database, place, NOW_MS)
  const action = { kind: 'replay', actor: 'admin', atMs: NOW_MS, note: null, replayId } as const
  await ledger.mark(queue.id, action, [{ partition: 0, broker: null, runs }])
}

describe('one queue', () => {
  it('has one replay at a time', async () => {
    const topic = 'busy-dlt'
    const first = await planned({ topic })
    const second = await planned({ topic }, { parts: [replayPart({ selected: runsOf([50, 60]) })] })
    expect((await start(first)).status).toBe(200)
    expectProblem(await start(second), 409, 'replay_queue_busy')
    await act(first, 'cancel')
    // What it sent last may not be written down yet.
    expectProblem(await start(second), 409, 'replay_queue_busy')
    await settled(first, 'cancelled')
    expect((await start(second)).status).toBe(200)
  })

  it('refuses a plan whose records somebody else has replayed meanwhile', async () => {
    const topic = 'shared-dlt'
    const first = await planned({ topic })
    await start(first)
    // Planned while the first one sends, by a process whose clock is ahead.
    const facts = planFacts({ plannedAtMs: NOW_MS + 60_000 })
    const [second, third] = [
      await planned({ topic }, { facts, parts: [replayPart({ selected: runsOf([5, 15]) })] }),
      await planned({ topic }, { facts, parts: [replayPart({ selected: runsOf([6, 15]) })] }),
    ]
    await marked(topic, first, runsOf([0, 6]))
    await act(first, 'cancel')
    await settled(first, 'cancelled')
    expectProblem(await start(second), 409, 'replay_plan_overtaken')
    expect((await start(third)).status).toBe(200)
  })
})

describe('while it runs', () => {
  it('is paused, resumed and cancelled, and each only when it can be', async () => {
    const id = await planned()
    expectProblem(await act(id, 'pause'), 409, 'replay_wrong_state')
    await start(id)
    expectProblem(await act(id, 'resume'), 409, 'replay_wrong_state')
    expect((await act(id, 'pause')).json).toMatchObject({ state: 'paused', waitsFor: { code: 'person' } })
    expect((await act(id, 'resume')).json).toMatchObject({ state: 'running', waitsFor: null })
    expect((await act(id, 'cancel')).json).toMatchObject({ state: 'cancelled', endedAt: expect.any(String) })
    expectProblem(await act(id, 'cancel'), 409, 'replay_wrong_state')
  })

  it.each([
    ['targetUnderMinIsr', { topic: 'orders' }, false],
    ['targetOffline', { topic: 'orders' }, false],
    ['groupLag', { group: 'billing', addedLag: 3, limit: 2 }, true],
    ['returned', { returned: 3, produced: 4 }, true],
  ])('held by %s it is resumed only when that could help', async (code, facts, canResume) => {
    const id = await planned()
    await start(id)
    await app.services.replays.store.change(id, 'running', { state: 'braked', waitsFor: { code, facts } })
    const { json } = await app.call('GET', `/api/v1/replays/${id}`)
    checker.check('get', '/api/v1/replays/{replay}', 200, json)
    expect(json.waitsFor).toMatchObject({ code, canResume })
    const answer = await act(id, 'resume')
    if (canResume) expect(answer.json).toMatchObject({ state: 'running', waitsFor: null })
    else expectProblem(answer, 409, 'replay_target_refuses')
    await act(id, 'pause')
    expect((await act(id, 'resume')).json).toMatchObject({ state: 'running' })
  })

  it('goes faster or slower without another plan', async () => {
    const id = await planned()
    await start(id)
    const rate = { recordsPerSecond: null, bytesPerSecond: 1_000 }
    const answer = await app.call('PATCH', `/api/v1/replays/${id}`, { body: { rate } })
    checker.check('patch', '/api/v1/replays/{replay}', 200, answer.json)
    expect(answer.json).toMatchObject({ state: 'running', planHash: 'hash', rate })
  })

  it('leaves a trail of who did what and why', async () => {
    const id = await planned()
    await start(id)
    await act(id, 'cancel')
    const audit = await app.call('GET', `/api/v1/audit?q=${id}`)
    const entries = audit.json.items.map(({ action, outcome, detail }: Record<string, object>) => ({
      ...{ action, outcome },
      reason: (detail as unknown as { reason: string }).reason,
    }))
    const reason = BODY.reason
    expect(entries).toEqual([
      { action: 'replay.cancel', outcome: 'ok', reason },
      { action: 'replay.start', outcome: 'ok', reason },
      { action: 'replay.plan', outcome: 'ok', reason },
    ])
  })
})

describe('the records', () => {
  /** Ten selected: two left out, four sent, one failed, three waiting. */
  async function halfWay(): Promise<string> {
    const skips = [{ code: 'quarantined' as const, offsets: runsOf([1, 3]) }]
    const edited = [{ partition: 0, broker: null, offset: 0n, before: 'aa', after: 'bb' }]
    const facts = planFacts({ plannedAtMs: NOW_MS, edited })
    const id = await planned({}, { facts, parts: [replayPart({ skips })], skipped: 2n })
    await start(id)
    const builder = new OutcomeBuilder()
    for (const offset of [0n, 3n, 4n, 5n])
      builder.produced(offset, { topic: 'or,ders', partition: 2, broker: null }, 70n + offset, offset === 5n)
    builder.failed(6n, 7n, 'expired')
    const place = { ordinal: 0, partition: 0, broker: null, from: 0n, to: 7n, stoppedKeys: null }
    const { progress } = app.services.replays
    expect(await progress.save(id, [{ ...place, runs: builder.runs }], 12, async () => undefined)).toBe(true)
    await progress.saveDelivered(id, {
      upTo: new Map([['or,ders//2', { committed: 74n, start: 70n }]]),
      by: { groups: ['billing'], haveFailed: true },
    })
    return id
  }

  it('each have their outcome, page by page', async () => {
    const id = await halfWay()
    const { json } = await app.call('GET', `/api/v1/replays/${id}`)
    expect(json.counts).toEqual({
      ...{ selected: 10, produced: 4, unconfirmed: 1, skipped: 2, failed: 1, delivered: 2, returned: 0 },
      ...{ expiredInTarget: 0, unknown: 0 },
    })
    expect(json.deliveredBy).toEqual({ groups: ['billing'], haveFailed: true })
    const items = []
    for (let cursor = ''; ; ) {
      const page = await app.call('GET', `/api/v1/replays/${id}/records?limit=4${cursor}`)
      checker.check('get', '/api/v1/replays/{replay}/records', 200, page.json)
      items.push(...page.json.items)
      if (page.json.nextCursor === null) break
      cursor = `&cursor=${page.json.nextCursor}`
    }
    expect(items.map(({ source, outcome, target }) => [source.offset, outcome, target?.offset ?? null])).toEqual([
      ...[
        [0, 'delivered', 70],
        [1, 'skipped', null],
        [2, 'skipped', null],
        [3, 'delivered', 73],
        [4, 'produced', 74],
      ],
      ...[
        [5, 'produced', 75],
        [6, 'failed', null],
        [7, 'waiting', null],
        [8, 'waiting', null],
        [9, 'waiting', null],
      ],
    ])
    expect(items.map(({ edited }) => edited)).toEqual([{ before: 'aa', after: 'bb' }, ...new Array(9).fill(null)])
    expect(items[4]).toMatchObject({ because: null, message: null })
    expect(items[5]).toMatchObject({
      because: 'unconfirmed',
      message: expect.stringMatching(/did not confirm in time/),
    })
    expect(items[1]).toMatchObject({ because: 'quarantined', message: expect.stringMatching(/replayed too often/) })
  })

  it('that a replay never came to are not sent once it has ended, and no longer wait', async () => {
    const id = await halfWay()
    await act(id, 'cancel')
    const outcomes = async (query = ''): Promise<string[]> => {
      const page = await app.call('GET', `/api/v1/replays/${id}/records${query}`)
      checker.check('get', '/api/v1/replays/{replay}/records', 200, page.json)
      return page.json.items.map(({ outcome }: { outcome: string }) => outcome)
    }
    expect((await outcomes()).slice(6)).toEqual(['failed', 'waiting', 'waiting', 'waiting'])
    await settled(id, 'cancelled')
    expect((await outcomes()).slice(6)).toEqual(['failed', 'notSent', 'notSent', 'notSent'])
    expect(await outcomes('?outcome=notSent')).toHaveLength(3)
    const report = await app.call('GET', `/api/v1/replays/${id}/records.csv`)
    expect(report.text.trimEnd().split('\r\n').at(-1)).toMatch(/,0,9,notSent,/)
  })

  it('that were sent and are gone unread, or that nobody looks for any more, say so', async () => {
    const id = await halfWay()
    const { store, progress } = app.services.replays
    const by = { groups: ['billing'], haveFailed: true }
    await progress.saveDelivered(id, { upTo: new Map([['or,ders//2', { committed: 74n, start: 75n }]]), by })
    await act(id, 'cancel')
    await settled(id, 'cancelled')
    const sent = async (): Promise<(string | null)[][]> => {
      const page = await app.call('GET', `/api/v1/replays/${id}/records`)
      checker.check('get', '/api/v1/replays/{replay}/records', 200, page.json)
      return page.json.items
        .slice(4, 6)
        .map(({ outcome, because }: Record<string, string | null>) => [outcome, because])
    }
    await store.change(id, 'cancelled', { isWatched: true })
    expect(await sent()).toEqual([
      ['expiredInTarget', null],
      ['produced', 'unconfirmed'],
    ])
    await progress.closeWatch(id, [])
    await store.change(id, 'cancelled', { isWatched: false })
    expect(await sent()).toEqual([
      ['expiredInTarget', null],
      ['unknown', 'unconfirmed'],
    ])
    expect((await app.call('GET', `/api/v1/replays/${id}`)).json.counts).toMatchObject({
      ...{ produced: 4, delivered: 2, expiredInTarget: 1, unknown: 1 },
    })
    const lost = await app.call('GET', `/api/v1/replays/${id}/records?outcome=expiredInTarget`)
    expect(lost.json.items).toMatchObject([
      { source: { offset: 4 }, message: expect.stringMatching(/deleted it before/) },
    ])
    const report = await app.call('GET', `/api/v1/replays/${id}/records.csv`)
    expect(report.text).toMatch(/,0,4,expiredInTarget,,/)
  })

  it('are reported as CSV, whole and harmless to a spreadsheet', async () => {
    const id = await halfWay()
    const report = await app.call('GET', `/api/v1/replays/${id}/records.csv`)
    expect(report.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const lines = report.text.trimEnd().split('\r\n')
    expect(lines.length).toBe(11)
    expect(lines[0]).toMatch(/^sourceTopic,sourceBroker,sourcePartition,sourceOffset,outcome,because,/)
    expect(lines[1]).toMatch(/^queue-\d+-dlt,,0,0,delivered,,orders,"or,ders",,2,70,,aa,bb$/)
    expect(lines[6]).toMatch(/,0,5,produced,unconfirmed,/)
    expect(lines[7]).toMatch(/,0,6,failed,expired,/)
  })

  it('written down twice are counted once', async () => {
    const id = await halfWay()
    const place = { ordinal: 0, partition: 0, broker: null, from: 0n, to: 7n, stoppedKeys: null }
    const builder = new OutcomeBuilder()
    builder.produced(0n, { topic: 'orders', partition: 2, broker: null }, 70n)
    const { progress } = app.services.replays
    expect(await progress.save(id, [{ ...place, runs: builder.runs }], null, async () => undefined)).toBe(true)
    expect((await app.call('GET', `/api/v1/replays/${id}`)).json.counts.produced).toBe(4)
    // Elsewhere than the run believes: somebody else runs it.
    const stray = [{ ...place, from: 2n, to: 9n, runs: builder.runs }]
    expect(await progress.save(id, stray, null, async () => undefined)).toBe(false)
  })

  test.each(['', '/records', '/records.csv'])('of a replay that nobody knows are not found: %s', async (path) => {
    expectProblem(await app.call('GET', `/api/v1/replays/r-none${path}`), 404, 'replay_not_found')
  })
})
