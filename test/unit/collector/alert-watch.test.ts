import { beforeEach, expect, test } from 'vitest'
import type { Alert } from '../../../lib/alerts/alert.ts'
import { type AlertRule, BLIND_RULE } from '../../../lib/alerts/alert-rule.ts'
import { BUILT_IN_RULES } from '../../../lib/alerts/built-in-rules.ts'
import type { AlertChanges } from '../../../lib/alerts/evaluate.ts'
import { AlertWatch } from '../../../lib/collector/alert-watch.ts'
import { samplesOf } from '../../../lib/collector/samples.ts'
import type { MutePattern } from '../../../lib/durability/mutes.ts'
import type { Observation } from '../../../lib/durability/observation.ts'
import type { SeriesResult } from '../../../lib/history/history.ts'
import type { StoredLoss } from '../../../lib/losses/loss-ledger.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { observed } from '../../builders/alerts.ts'
import { aBroker, aPartition, aTopic, NOW_MS } from '../../builders/snapshots.ts'
import { aLoss } from '../../builders/stored-losses.ts'

const INTERVAL_MS = 15_000
const RULES = BUILT_IN_RULES.map((rule) => ({ ...rule, forMs: 0, keepFiringForMs: 0 }))

/** As the database is, but for a failure before or after it wrote. */
class StandInStore {
  rows = new Map<string, Alert>()
  reasons: string[] = []
  trouble: 'before' | 'after' | null = null
  reads = 0

  read = async (): Promise<Alert[]> => {
    this.reads += 1
    return [...this.rows.values()]
  }

  record = async (_: string, { changed, dropped, transitions }: AlertChanges): Promise<void> => {
    if (this.trouble === 'before') throw new Error('away')
    for (const alert of changed) this.rows.set(alert.id, alert)
    for (const alert of dropped) this.rows.delete(alert.id)
    this.reasons.push(...transitions.map(({ reason, to }) => `${reason} ${to}`))
    if (this.trouble === 'after') throw new Error('lost at the commit')
  }

  get open(): string[] {
    return [...this.rows.values()].filter(({ state }) => state !== 'resolved').map(({ ruleCode }) => ruleCode)
  }
}

let store: StandInStore
let losses: StoredLoss[]
let disk: SeriesResult[]
let atMs: number
let watch: AlertWatch
let rules: readonly AlertRule[]

beforeEach(() => {
  store = new StandInStore()
  losses = []
  disk = []
  atMs = NOW_MS
  rules = RULES
  watch = aWatch()
})

const aWatch = (): AlertWatch =>
  new AlertWatch({
    ...{ clusterId: 'c', store, intervalMs: INTERVAL_MS },
    losses: { list: async () => losses },
    history: { read: async () => disk },
  })

const offline = observed({ topics: [aTopic({ partitions: [aPartition({ leader: null, isr: [] })] })] })
const healthy = observed()

async function note(seen: Observation, mutes: MutePattern[] = [], afterMs = INTERVAL_MS): Promise<void> {
  const seenBeforeMs = atMs
  atMs += afterMs
  const observation = { ...seen, atMs }
  await watch.note({ observation, samples: samplesOf(observation), mutes, rules, seenBeforeMs })
}

test.each(['before', 'after'] as const)(
  'a store that fails %s it wrote: the next poll goes on, and an alert begins once',
  async (when) => {
    store.trouble = when
    await expect(note(offline)).rejects.toThrow()
    store.trouble = null
    await note(offline)
    await note(offline)
    expect(store.open).toEqual(['partition.offline'])
    expect(store.reasons).toEqual(['raised firing'])
    // Once at the beginning, and once since nobody knew what was written.
    expect(store.reads).toBe(2)
  },
)

test('a new process goes on where the one before ended', async () => {
  await note(offline)
  watch = aWatch()
  await note(offline)
  await note(healthy)
  expect(store.reasons).toEqual(['raised firing', 'cleared resolved'])
})

test('what waits begins to wait anew after a night in which nobody looked, and not after a restart', async () => {
  rules = BUILT_IN_RULES.filter(({ code }) => code === 'partition.offline')
  watch = aWatch()
  await note(offline)
  watch = aWatch()
  await note(offline, [], 8 * HOUR_MS)
  expect(store.reasons).toEqual(['raised pending'])
  await note(offline)
  watch = aWatch()
  await note(offline)
  expect(store.reasons).toEqual(['raised pending', 'heldFor firing'])
})

test('of polls that fail, the third tells that the console is blind, and ends nothing else', async () => {
  await note(offline)
  for (const failed of [1, 2]) await watch.noteFailure(failed, atMs, rules)
  expect(store.open).toEqual(['partition.offline'])
  await watch.noteFailure(3, atMs, rules)
  expect(store.open).toEqual(['partition.offline', BLIND_RULE])
})

test('rules of a poll are those that it is told: one that is gone or decides otherwise ends its alerts, also in a failed poll', async () => {
  await note(offline)
  const [offlineRule] = RULES.filter(({ code }) => code === 'partition.offline')
  rules = RULES.map((rule) => (rule === offlineRule ? { ...rule, runbook: 'https://wiki' } : rule))
  await note(offline)
  expect(store.reasons).toEqual(['raised firing'])
  rules = RULES.map((rule) => (rule === offlineRule ? { ...rule, keepFiringForMs: 1 } : rule))
  await note(offline)
  await note(offline)
  rules = RULES.filter((rule) => rule !== offlineRule)
  await watch.noteFailure(1, atMs, rules)
  expect(store.reasons).toEqual(['raised firing', 'ruleChanged resolved', 'raised firing', 'ruleRemoved resolved'])
})

test('losses of this cluster that nobody acknowledged, of groups that are somebody’s', async () => {
  const { episode: _, ...loss } = aLoss()
  const times = {
    firstDetectedAtMs: NOW_MS,
    lastDetectedAtMs: NOW_MS,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    note: null,
  }
  const stored: StoredLoss = { ...loss, ...times, id: 'a', clusterId: 'c' }
  losses = [
    stored,
    { ...stored, id: 'b', clusterId: 'd' },
    { ...stored, id: 'e', acknowledgedAtMs: NOW_MS },
    { ...stored, id: 'f', isAbandoned: true },
  ]
  await note(healthy)
  expect([...store.rows.values()]).toMatchObject([
    {
      ruleCode: 'loss.retentionOverranGroup',
      subject: { type: 'group', name: 'billing', part: 'a' },
      facts: { count: 410 },
    },
  ])
  losses = [{ ...stored, acknowledgedAtMs: NOW_MS }]
  await note(healthy)
  expect(store.reasons).toEqual(['raised firing', 'cleared resolved'])
})

test('a disk that will be full within a day, as its history says', async () => {
  const points = Array.from({ length: 96 }, (_, step) => {
    const used = 0.3 + step * 0.005
    return { t: NOW_MS - (96 - step) * (HOUR_MS / 4), min: used, max: used, avg: used, last: used }
  })
  disk = [{ labels: { broker: '1', logDir: '/data' }, points, gaps: [] }]
  await note(observed({ brokers: [aBroker('1'), aBroker('2')] }))
  expect(store.open).toEqual(['broker.diskFullForecast'])
  expect([...store.rows.values()][0]?.facts).toMatchObject({ broker: '1', logDir: '/data' })
})

test('what a person muted does not hide what it tells as well', async () => {
  const topic = aTopic({
    partitions: [aPartition({ leader: null, isr: [] }), aPartition({ partition: 1, isr: ['1'] })],
  })
  const both = observed({ topics: [topic] })
  const inhibited = (): string[] =>
    [...store.rows.values()].flatMap(({ ruleCode, inhibitedBy }) => (inhibitedBy === null ? [] : [ruleCode]))
  await note(both)
  expect(inhibited()).toEqual(['partition.underMinIsr'])
  await note(both, [
    { id: 'm', code: 'partition.offline', cluster: '*', subject: '*', untilAtMs: atMs + HOUR_MS + MINUTE_MS },
  ])
  expect(inhibited()).toEqual([])
})
