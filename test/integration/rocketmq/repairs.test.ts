/** What is found of real brokers of RocketMQ is mended by the buttons, as the API does it: shown, compared, done, written down. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { topicKindClassifier } from '../../../lib/dlq/topic-kind.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { RocketmqBrokerSettings } from '../../../lib/rocketmq/rocketmq-broker-settings.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { type Answer, openConsole, type TestConsole } from '../../contract/console.ts'
import { takenApart } from '../../servers/command-line.ts'
import { type RocketmqTestCluster, startRocketmqCluster } from '../../servers/rocketmq-cluster.ts'
import { rocketmqConfig, rocketmqSnapshot } from '../../servers/rocketmq-polls.ts'

const [A, B] = ['broker-a:0', 'broker-b:0']
const DLQ = '%DLQ%billing'
const REASON = 'nobody can read them'

let cluster: RocketmqTestCluster
let app: TestConsole
let polls = 0

beforeAll(async () => {
  const brokerConfig = { brokerRole: 'ASYNC_MASTER' }
  cluster = await startRocketmqCluster({ brokers: ['broker-a', 'broker-b'], slaves: 0, brokerConfig })
  app = await openConsole({
    clusters: [rocketmqConfig(cluster, { readOnly: false })],
    createTopicSettings: access,
  })
  for (const name of ['broker-a', 'broker-b']) {
    const where = ['-b', cluster.broker(name).address]
    await cluster.mqadmin('updateTopic', [...where, '-t', DLQ, '-r', '1', '-w', '1', '-p', '2'])
    await cluster.mqadmin('updateSubGroup', [...where, '-g', 'billing', '-q', '0', '-r', '0'])
  }
})
afterAll(async () => {
  await app?.close()
  await cluster?.stop()
})

beforeEach(async () => {
  // On b all is as it should be.
  await set(DLQ, { [`${A} perm`]: '2', [`${B} perm`]: '6' })
  await set('billing', { [`${A} retryQueueNums`]: '0', [`${B} retryQueueNums`]: '3' })
  await set('billing', { [`${A} retryMaxTimes`]: '0', [`${B} retryMaxTimes`]: '5' })
  await poll()
})

const access = () => new RocketmqBrokerSettings(rocketmqConfig(cluster, { readOnly: false }))

async function set(subject: string, values: Record<string, string>): Promise<void> {
  const settings = access()
  const changes = Object.entries(values).map(([name, override]) => ({ name, override }))
  await settings.change(subject, changes, AbortSignal.timeout(10_000))
  await settings.close()
}

async function poll(): Promise<void> {
  polls += 1
  const atMs = NOW_MS + polls
  const seen = await rocketmqSnapshot(rocketmqConfig(cluster))
  const snapshot = { ...seen, startedAtMs: atMs - 1, finishedAtMs: atMs }
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const given = { snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() }
  await app.writer.saveObservation('test', observe(given), 15_000)
}

async function found(code: string): Promise<{ repair: object[] } | undefined> {
  const { items } = (await app.call('GET', '/api/v1/findings?limit=1000')).json
  return items.find((one: { code: string }) => one.code === code)
}

const pathOf = (type: string, name: string) => `/api/v1/clusters/test/${type}s/${encodeURIComponent(name)}/repair`
const told = async (name: string, settings: string[]): Promise<(string | null)[]> => {
  const open = access()
  const read = await open.read(name, settings, AbortSignal.timeout(10_000))
  await open.close()
  return read.settings.map(({ override }) => override)
}

describe.each([
  ['topic.writeOnly', 'topic', DLQ, 'perm', ['2', '6', '6']],
  ['group.retryQueuesZero', 'group', 'billing', 'retryQueueNums', ['0', '1', '3']],
  ['group.retriesZero', 'group', 'billing', 'retryMaxTimes', ['0', '16', '5']],
] as const)('%s', (code, type, name, setting, [before, after, other]) => {
  const path = pathOf(type, name)
  const names = [`${A} ${setting}`, `${B} ${setting}`]
  const preview = async () => (await app.call('GET', `${path}?code=${code}`)).json
  const repair = (expected: object[]): Promise<Answer> =>
    app.call('POST', path, { body: { code, expected, reason: REASON } })

  test('is mended where it is amiss, and is found no more', async () => {
    expect((await found(code))?.repair).toEqual([{ name: setting, value: after }])
    const shown = await preview()
    expect(shown).toMatchObject({
      refusal: null,
      settings: [{ name: names[0], before, effectiveBefore: [before], after }],
    })
    const { status, json } = await repair([{ name: names[0], before }])
    expect([status, json.undo]).toEqual([200, shown.undo])
    expect(await told(name, names)).toEqual([after, other])
    const detail = { code, reason: REASON, before: `${names[0]}=${before}`, after: `${names[0]}=${after}` }
    const { items } = (await app.call('GET', '/api/v1/audit')).json
    expect(items.slice(0, 2)).toMatchObject([
      { action: `${type}.repair`, outcome: 'ok', target: `test/${name}`, detail },
      { action: `${type}.repairBegun`, outcome: 'ok', target: `test/${name}`, detail },
    ])
    await poll()
    expect(await found(code)).toBeUndefined()

    const [command = '', ...args] = takenApart(json.undo[0]).words.slice(1)
    await cluster.mqadmin(
      command,
      args.filter((_, index) => args[index] !== '-n' && args[index - 1] !== '-n'),
    )
    expect(await told(name, names)).toEqual([before, other])
  })

  test('is left alone when a broker says something else by now', async () => {
    const answer = await repair([{ name: names[0], before: '1' }])
    expect([answer.status, answer.json.code]).toEqual([409, 'repair_conflict'])
    const ofBoth = await repair(names.map((one) => ({ name: one, before })))
    expect([ofBoth.status, ofBoth.json.code]).toEqual([409, 'repair_conflict'])
    expect(await told(name, names)).toEqual([before, other])
  })
})

test('while a broker is silent nothing is shown and nothing done', async () => {
  await cluster.broker('broker-b').stop()
  try {
    const path = pathOf('group', 'billing')
    const shown = await app.call('GET', `${path}?code=group.retriesZero`)
    expect([shown.status, shown.json.code]).toEqual([424, 'cluster_fault'])
    const body = { code: 'group.retriesZero', expected: [{ name: `${A} retryMaxTimes`, before: '0' }], reason: REASON }
    expect((await app.call('POST', path, { body })).status).toBe(424)
    expect(await told('billing', [`${A} retryMaxTimes`])).toEqual(['0'])
  } finally {
    await cluster.broker('broker-b').start()
    await cluster.waitForBrokers()
  }
})

test('a group that is not there, and what no button mends, have none', async () => {
  const answers = [
    await app.call('GET', `${pathOf('group', 'nobody')}?code=group.retriesZero`),
    await app.call('GET', `${pathOf('group', 'billing')}?code=group.consumeDisabled`),
  ]
  expect(answers.map(({ status, json }) => [status, json.code])).toEqual([
    [404, 'group_not_found'],
    [404, 'repair_unknown'],
  ])
})
