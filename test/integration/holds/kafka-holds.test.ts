/**
 * A real broker's settings are read and changed one by one, and a console that is killed at any moment of a hold is followed
 * by one that ends it rightly.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuditLog } from '../../../lib/audit/audit-log.ts'
import { MessageAccessError } from '../../../lib/cluster/messages.ts'
import type { TopicSettingsAccess } from '../../../lib/cluster/topic-settings.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { advanceHold, CLAIM_MS } from '../../../lib/holds/hold-keeper.ts'
import { createHoldStore, type HoldStore } from '../../../lib/holds/hold-store.ts'
import { ASKED_SETTINGS, planHold } from '../../../lib/holds/plan-hold.ts'
import { KafkaTopicSettings } from '../../../lib/kafka/kafka-topic-settings.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { holdTask } from '../../../lib/worker/hold-task.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { clusterConfig, connectClients, type TestClients } from '../../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../../servers/kafka-cluster.ts'

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

/** A process that is killed before or after one of the things it does, and does nothing more then. */
class Life {
  isOver = false
  #left: number

  constructor(steps: number) {
    this.#left = steps
  }

  /** What was not reached in this life is left for the next. */
  get left(): number {
    return this.#left
  }

  lend<Part extends object>(part: Part): Part {
    return new Proxy(part, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver)
        if (typeof value !== 'function' || name === 'close') return value
        return async (...args: unknown[]) => {
          this.#step()
          const answer: unknown = await value.apply(target, args)
          this.#step()
          return answer
        }
      },
    })
  }

  #step(): void {
    if (!this.isOver && this.#left-- > 0) return
    this.isOver = true
    throw new Error('killed')
  }
}

const FOREVER = Number.MAX_SAFE_INTEGER
/** As a person sees to it by another tool. */
const THEIRS = '86400000'

describe('a console that is killed', () => {
  const live = async (life: Life, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!life.isOver) throw error
    }
  }
  const parts = (life: Life): { store: HoldStore; topics: TopicSettingsAccess } => ({
    store: life.lend(createHoldStore(database)),
    topics: life.lend<TopicSettingsAccess>({
      read: (...args) => settings.read(...args),
      change: (...args) => settings.change(...args),
      close: async () => undefined,
    }),
  })

  /** As the API begins a hold. */
  async function hold(life: Life, clusterId: string, topic: string): Promise<void> {
    const { store, topics } = parts(life)
    await live(life, async () => {
      const read = await topics.read(topic, ASKED_SETTINGS, signal())
      const plan = planHold({ system: 'kafka', internal: false }, read.settings)
      const wanted = {
        clusterId,
        topic,
        topicId: read.topicId,
        settings: plan.settings,
        reason: 'why',
        createdBy: 'ana',
      }
      const times = { createdAtMs: NOW_MS, untilAtMs: NOW_MS + HOUR_MS }
      const planned = await store.create({ ...wanted, ...times }, NOW_MS + CLAIM_MS)
      const options = { store, now: () => NOW_MS, auditOf: null }
      await advanceHold(planned, { settings: topics, readOnly: false }, options, signal())
    })
  }

  async function work(life: Life, clusterId: string, nowMs: number): Promise<void> {
    const { store, topics } = parts(life)
    const topicsOf = async () => ({ settings: topics, readOnly: false })
    const task = holdTask({ store, topicsOf, now: () => nowMs, clusterIds: async () => [clusterId] })
    await live(life, () => task.step(signal()))
  }

  const change = (topic: string, retentionMs: string | null, retentionBytes: string | null): Promise<void> =>
    settings.change(
      topic,
      [
        { name: 'retention.ms', override: retentionMs },
        { name: 'retention.bytes', override: retentionBytes },
      ],
      signal(),
    )

  /** @param somebody changes retention.ms after the kill @returns whether it was killed at all */
  async function liveAndDie(topic: string, steps: number, somebody: boolean): Promise<boolean> {
    const clusterId = `${topic}-${steps}`
    await change(topic, null, BYTES)
    const first = new Life(steps)
    await hold(first, clusterId, topic)
    if (first.isOver && somebody) await settings.change(topic, [{ name: 'retention.ms', override: THEIRS }], signal())
    await work(new Life(FOREVER), clusterId, NOW_MS + CLAIM_MS)
    const held = await createHoldStore(database).newestOf(clusterId, topic)
    if (!(first.isOver && somebody) && held !== null) {
      expect(held).toMatchObject({ state: 'active', fault: null })
      expect(await overridesOf(topic)).toMatchObject({ 'retention.ms': '-1', 'retention.bytes': '-1' })
    }

    const second = new Life(first.isOver ? FOREVER : first.left)
    await work(second, clusterId, NOW_MS + HOUR_MS)
    if (second.isOver && somebody) await settings.change(topic, [{ name: 'retention.ms', override: THEIRS }], signal())
    await work(new Life(FOREVER), clusterId, NOW_MS + HOUR_MS + CLAIM_MS)
    return first.isOver || second.isOver
  }

  async function endsOf(clusterId: string): Promise<string[]> {
    const { entries } = await createAuditLog(database).list({ limit: 99, beforeId: null, text: `${clusterId}/` })
    return entries.filter(({ action }) => action === 'retention.restore').map(({ detail }) => String(detail?.state))
  }

  test('restores what was there before, once, whenever that was', async () => {
    await aTopic('killed')
    let steps = 0
    for (; await liveAndDie('killed', steps, false); steps += 1) {
      expect(await overridesOf('killed'), `killed at ${steps}`).toMatchObject({
        'retention.ms': null,
        'retention.bytes': BYTES,
      })
      const clusterId = `killed-${steps}`
      const left = await createHoldStore(database).newestOf(clusterId, 'killed')
      // Killed before it was written down, it never was.
      if (left === null) expect(await endsOf(clusterId)).toEqual([])
      else {
        expect(left, `killed at ${steps}`).toMatchObject({ state: 'released', outcome: 'restored', lookAtMs: null })
        expect(await endsOf(clusterId), `killed at ${steps}`).toEqual(['released'])
      }
    }
    expect(steps).toBeGreaterThan(20)
  }, 120_000)

  test('never overwrites what somebody has set meanwhile', async () => {
    await aTopic('changed')
    for (let steps = 0; await liveAndDie('changed', steps, true); steps += 1) {
      const now = await overridesOf('changed')
      expect(now, `killed at ${steps}`).toMatchObject({ 'retention.ms': THEIRS, 'retention.bytes': BYTES })
      const left = await createHoldStore(database).newestOf(`changed-${steps}`, 'changed')
      if (left === null) continue
      // Killed behind its end, it had ended before somebody came.
      expect(['conflict', 'released'], `killed at ${steps}`).toContain(left.state)
      const found = left.settings.map(({ foundInstead }) => foundInstead?.override ?? null)
      expect(found).toEqual(left.state === 'conflict' ? [THEIRS, null] : [null, null])
    }
  }, 120_000)
})
