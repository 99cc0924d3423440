/**
 * A real broker's settings are read and changed one by one, and a console that is killed at any moment of a hold is followed
 * by one that ends it rightly.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MessageAccessError } from '../../../lib/cluster/messages.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { askedSettings } from '../../../lib/holds/plan-hold.ts'
import { KafkaTopicSettings } from '../../../lib/kafka/kafka-topic-settings.ts'
import { clusterConfig, connectClients, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'
import { Consoles } from './lives.ts'

const TOPIC = { system: 'kafka', internal: false, brokers: [] } as const
const ASKED_SETTINGS = askedSettings(TOPIC)
const USER = { username: 'nobody', password: 'may-do-nothing' }
const BYTES = '5000000'
const folder = mkdtempSync(join(tmpdir(), 'holdfast-holds-'))
const signal = (): AbortSignal => AbortSignal.timeout(60_000)

let cluster: KafkaTestCluster
let clients: TestClients
let settings: KafkaTopicSettings
let database: Database

beforeAll(async () => {
  cluster = await startKafkaCluster({
    brokers: 2,
    security: { mechanisms: ['PLAIN'], users: { [USER.username]: USER.password }, authorize: true },
    brokerConfig: { 'auto.create.topics.enable': 'false' },
  })
  clients = await connectClients(cluster.internalServers)
  settings = new KafkaTopicSettings(clusterConfig(cluster.internalServers))
  database = await openDatabase(`file:${join(folder, 'holdfast.db')}`)
})

afterAll(async () => {
  await Promise.allSettled([settings?.close(), clients?.close(), database?.close()])
  await cluster?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const aTopic = (topic: string, config: Record<string, string> = {}): Promise<void> =>
  clients.createTopic(topic, [[1], [2]], config)

async function overridesOf(topic: string): Promise<Record<string, string | null>> {
  const read = await settings.read(topic, ASKED_SETTINGS, signal())
  return Object.fromEntries(read.settings.map(({ name, override }) => [name, override]))
}

async function faultOf(work: Promise<unknown>): Promise<[string, boolean]> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof MessageAccessError)) throw new Error(`no fault: ${error}`)
  return [error.fault.code, error.retriable]
}

describe('settings of a topic', () => {
  test('are told with where they come from, and changed without touching the others', async () => {
    await aTopic('own', { 'retention.bytes': BYTES, 'max.message.bytes': '1000' })
    const { topicId, settings: before } = await settings.read('own', ASKED_SETTINGS, signal())
    expect(topicId).toMatch(/^[\w-]{22}$/)
    expect(before).toEqual([
      { name: 'retention.ms', override: null, effective: ['604800000'] },
      { name: 'retention.bytes', override: BYTES, effective: [BYTES] },
      { name: 'cleanup.policy', override: null, effective: ['delete'] },
    ])
    await settings.change(
      'own',
      [
        { name: 'retention.ms', override: '-1' },
        { name: 'retention.bytes', override: null },
      ],
      signal(),
    )
    const names = [...ASKED_SETTINGS, 'max.message.bytes']
    const after = await settings.read('own', names, signal())
    expect(after.topicId).toBe(topicId)
    expect(after.settings.map(({ override }) => override)).toEqual(['-1', null, null, '1000'])
    expect(after.settings.map(({ effective }) => effective)).toEqual([['-1'], ['-1'], ['delete'], ['1000']])
  })

  test('are known by every leader when a change has ended', async () => {
    await aTopic('known')
    for (let round = 0; round < 10; round += 1) {
      const override = round % 2 === 0 ? '-1' : null
      await settings.change('known', [{ name: 'retention.ms', override }], signal())
      expect((await overridesOf('known'))['retention.ms']).toBe(override)
    }
  })

  test('of a topic that is not there, and values that are none, are refused for good', async () => {
    await aTopic('strict')
    const set = (topic: string, override: string) =>
      faultOf(settings.change(topic, [{ name: 'retention.ms', override }], signal()))
    expect(await faultOf(settings.read('nothing', ASKED_SETTINGS, signal()))).toEqual(['topicDeleted', false])
    expect(await set('nothing', '-1')).toEqual(['topicDeleted', false])
    expect(await set('strict', 'soon')).toEqual(['settingRefused', false])
    expect((await overridesOf('strict'))['retention.ms']).toBeNull()
  })

  test('are refused to whoever has no right, and nothing is changed', async () => {
    await aTopic('closed')
    const sasl = { mechanism: 'plain', ...USER } as const
    const stranger = new KafkaTopicSettings(clusterConfig(cluster.bootstrapServers, { sasl }))
    try {
      expect(await faultOf(stranger.read('closed', ASKED_SETTINGS, signal()))).toEqual(['authorizationFailed', false])
      const change = stranger.change('closed', [{ name: 'retention.ms', override: '-1' }], signal())
      expect(await faultOf(change)).toEqual(['authorizationFailed', false])
    } finally {
      await stranger.close()
    }
    expect((await overridesOf('closed'))['retention.ms']).toBeNull()
  })

  test('of a cluster that does not answer are unknown within the deadline', async () => {
    const lost = new KafkaTopicSettings(clusterConfig(['localhost:1']), { patienceMs: 100 })
    try {
      expect(await faultOf(lost.read('own', ASKED_SETTINGS, signal()))).toEqual(['connectionRefused', true])
      const change = lost.change('own', [{ name: 'retention.ms', override: '1' }], signal())
      expect(await faultOf(change)).toEqual(['connectionRefused', true])
    } finally {
      await lost.close()
    }
  })
})

/** As a person sees to it by another tool. */
const THEIRS = '86400000'

describe('a console that is killed', () => {
  let consoles: Consoles
  beforeAll(() => {
    consoles = new Consoles(database, settings, TOPIC)
  })

  const change = (topic: string, retentionMs: string | null, retentionBytes: string | null): Promise<void> =>
    settings.change(
      topic,
      [
        { name: 'retention.ms', override: retentionMs },
        { name: 'retention.bytes', override: retentionBytes },
      ],
      signal(),
    )

  const somebody = (topic: string): Promise<void> =>
    settings.change(topic, [{ name: 'retention.ms', override: THEIRS }], signal())

  async function liveAndDie(topic: string, steps: number, meanwhile?: () => Promise<void>): Promise<boolean> {
    await change(topic, null, BYTES)
    const held = async (): Promise<void> =>
      expect(await overridesOf(topic)).toMatchObject({ 'retention.ms': '-1', 'retention.bytes': '-1' })
    return consoles.liveAndDie(topic, steps, { held, ...(meanwhile === undefined ? {} : { meanwhile }) })
  }

  test('restores what was there before, once, whenever that was', async () => {
    await aTopic('killed')
    let steps = 0
    for (; await liveAndDie('killed', steps); steps += 1) {
      expect(await overridesOf('killed'), `killed at ${steps}`).toMatchObject({
        'retention.ms': null,
        'retention.bytes': BYTES,
      })
      const clusterId = `killed-${steps}`
      const left = await consoles.newestOf(clusterId, 'killed')
      // Killed before it was written down, it never was.
      if (left === null) expect(await consoles.endsOf(clusterId)).toEqual([])
      else {
        expect(left, `killed at ${steps}`).toMatchObject({ state: 'released', outcome: 'restored', lookAtMs: null })
        expect(await consoles.endsOf(clusterId), `killed at ${steps}`).toEqual(['released'])
      }
    }
    expect(steps).toBeGreaterThan(20)
  }, 120_000)

  test('never overwrites what somebody has set meanwhile', async () => {
    await aTopic('changed')
    for (let steps = 0; await liveAndDie('changed', steps, () => somebody('changed')); steps += 1) {
      const now = await overridesOf('changed')
      expect(now, `killed at ${steps}`).toMatchObject({ 'retention.ms': THEIRS, 'retention.bytes': BYTES })
      const left = await consoles.newestOf(`changed-${steps}`, 'changed')
      if (left === null) continue
      // Killed behind its end, it had ended before somebody came.
      expect(['conflict', 'released'], `killed at ${steps}`).toContain(left.state)
      const found = left.settings.map(({ foundInstead }) => foundInstead?.override ?? null)
      expect(found).toEqual(left.state === 'conflict' ? [THEIRS, null] : [null, null])
    }
  }, 120_000)
})
