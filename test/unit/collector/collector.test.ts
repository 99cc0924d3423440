import { expect, test, vi } from 'vitest'
import { BUILT_IN_RULES } from '../../../lib/alerts/built-in-rules.ts'
import type { KafkaClusterConfig } from '../../../lib/cluster/cluster-config.ts'
import type { ClusterDriver, PollHints } from '../../../lib/cluster/cluster-driver.ts'
import { ClusterUnavailableError, type FaultCode, fault } from '../../../lib/cluster/fault.ts'
import type { ClusterSnapshot } from '../../../lib/cluster/snapshot.ts'
import type { Clock } from '../../../lib/collector/clock.ts'
import { Collector, type CollectorOptions } from '../../../lib/collector/collector.ts'
import type { StoreTrouble } from '../../../lib/collector/store-watch.ts'
import type { EventKind } from '../../../lib/durability/events.ts'
import type { HoldFacts } from '../../../lib/durability/troubled-holds.ts'
import { NO_INBOX_FACTS } from '../../../lib/durability/unresolved.ts'
import { HoldfastError } from '../../../lib/errors.ts'
import type { SampleBatch } from '../../../lib/history/history.ts'
import type { PollError } from '../../../lib/history/snapshot-store.ts'
import type { Mute } from '../../../lib/registry/mutes.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { anAlert } from '../../builders/alerts.ts'
import { NO_HOLDS } from '../../builders/hold-facts.ts'
import { NO_TLS } from '../../builders/no-tls.ts'
import { aBroker, aPartition, aSnapshot, aTopic } from '../../builders/snapshots.ts'

/** A stand-in for time that a test moves by hand. */
class StandInClock implements Clock {
  atMs = 0
  /** By how much somebody set the wall clock. */
  stepMs = 0
  #sleepers: { untilMs: number; wake: () => void }[] = []

  now(): number {
    return this.atMs + this.stepMs
  }

  monotonicMs(): number {
    return this.atMs
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      if (signal.aborted) return wake()
      signal.addEventListener('abort', () => wake(), { once: true })
      this.#sleepers.push({ untilMs: this.atMs + ms, wake })
    })
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.atMs + ms
    for (;;) {
      await settle()
      this.#sleepers.sort((a, b) => a.untilMs - b.untilMs)
      const next = this.#sleepers[0]
      if (next === undefined || next.untilMs > endMs) break
      this.#sleepers.shift()
      this.atMs = next.untilMs
      next.wake()
    }
    this.atMs = endMs
    await settle()
  }
}

const settle = (): Promise<void> => new Promise((done) => setImmediate(done))

/** A stand-in for a cluster: answers, fails or hangs as the test says, and counts. */
class StandInDriver implements ClusterDriver {
  readonly kind = 'kafka'
  polls = 0
  running = 0
  mostAtOnce = 0
  closed = 0
  answer: (signal: AbortSignal, hints?: PollHints) => Promise<ClusterSnapshot> = async () => aSnapshot()

  async poll(signal: AbortSignal, hints?: PollHints): Promise<ClusterSnapshot> {
    this.polls += 1
    this.running += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running)
    try {
      return await this.answer(signal, hints)
    } finally {
      this.running -= 1
    }
  }

  test = async (): Promise<[]> => []

  async close(): Promise<void> {
    this.closed += 1
  }
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, refuse) => signal.addEventListener('abort', () => refuse(signal.reason as Error), { once: true }))

const config = (id: string, name = id): KafkaClusterConfig => ({
  ...{ id, name, kind: 'kafka', readOnly: true, bootstrapServers: ['localhost:1'], addressMap: {}, sasl: null },
  tls: NO_TLS,
  schemaRegistry: null,
})

const INTERVAL_MS = 10_000

const NO_ALERTS: CollectorOptions['alerts'] = {
  ...{ read: async () => [], openClusters: async () => [] },
  ...{ record: async () => undefined, prune: async () => undefined },
}

function setUp(over: Partial<CollectorOptions> = {}) {
  const clock = new StandInClock()
  const drivers: StandInDriver[] = []
  const kept = {
    saved: [] as number[],
    errors: [] as PollError[],
    batches: [] as SampleBatch[],
    events: [] as { atMs: number; kinds: EventKind[] }[],
    logged: [] as string[],
    troubles: [] as (StoreTrouble | null)[],
  }
  const clusters = [config('a')]
  const log = (_: object, message: string): number => kept.logged.push(message)
  const options: CollectorOptions = {
    clock,
    intervalMs: INTERVAL_MS,
    inboxFacts: async () => NO_INBOX_FACTS,
    holdFacts: async () => NO_HOLDS,
    findingsBefore: async () => null,
    pollBefore: async () => null,
    losses: { record: async () => undefined, list: async () => [] },
    alerts: NO_ALERTS,
    ...{ alertRules: { holding: async () => [] }, keepAlertsMs: HOUR_MS },
    random: () => 0.5,
    lease: { acquire: async () => undefined, renew: async () => true, release: async () => undefined },
    registry: { list: async () => clusters.map((cluster) => ({ config: cluster, source: 'runtime' as const })) },
    snapshots: {
      saveObservation: async () => void kept.saved.push(clock.atMs),
      savePollError: async (_, __, error) => void kept.errors.push(error),
    },
    events: {
      append: async (_, atMs, events) => void kept.events.push({ atMs, kinds: events.map(({ kind }) => kind) }),
    },
    history: {
      append: async (batch) => void kept.batches.push(batch),
      maintain: async () => undefined,
      read: async () => [],
    },
    expectedBrokers: { list: async () => [], saw: async () => undefined },
    mutes: { list: async () => [], removeEnded: async () => undefined },
    severities: {},
    tunings: [],
    kindOf: () => 'normal',
    createDriver() {
      const driver = new StandInDriver()
      drivers.push(driver)
      return driver
    },
    log: { info: log, warn: log, error: log },
    onLeaseLost: () => undefined,
    onStoreTrouble: (trouble) => void kept.troubles.push(trouble),
    ...over,
  }
  return { clock, drivers, kept, clusters, collector: new Collector(options) }
}

test('the first poll comes at once, the next ones at the interval', async () => {
  const { clock, kept, collector } = setUp()
  await collector.start()
  await clock.pass(0)
  expect(kept.saved).toEqual([0])
  await clock.pass(2 * INTERVAL_MS)
  expect(kept.saved).toEqual([0, 10_000, 20_000])
  expect(kept.batches.at(-1)).toMatchObject({ clusterId: 'a', pollFailed: false, intervalMs: INTERVAL_MS })
  expect(kept.batches.at(-1)?.samples.length).toBeGreaterThan(10)
  await collector.stop()
})

test('failures back off, are kept with their reason, and end with a good poll', async () => {
  const { clock, drivers, kept, collector } = setUp()
  await collector.start()
  await clock.pass(0)
  const [driver] = drivers as [StandInDriver]
  const refused = fault('connectionRefused', { address: 'localhost:1' })
  driver.answer = () => Promise.reject(new ClusterUnavailableError(refused))
  await clock.pass(10_000 + 10_000 + 20_000 + 40_000 + 60_000)
  expect(kept.errors.map(({ atMs, consecutive }) => [atMs, consecutive])).toEqual([
    [10_000, 1],
    [20_000, 2],
    [40_000, 3],
    [80_000, 4],
    [140_000, 5],
  ])
  expect(kept.errors[0]?.fault).toEqual(refused)
  expect(kept.batches.filter(({ pollFailed }) => pollFailed)).toHaveLength(5)
  driver.answer = async () => aSnapshot()
  await clock.pass(70_000)
  expect(kept.saved.slice(1)).toEqual([200_000, 210_000])
  await collector.stop()
})

test('a poll that gets no answer ends at its deadline, and polls never overlap', async () => {
  const { clock, drivers, kept, collector } = setUp()
  await collector.start()
  await clock.pass(0)
  const [driver] = drivers as [StandInDriver]
  driver.answer = untilAborted
  await clock.pass(10_000 + 29_999)
  expect(kept.errors).toEqual([])
  await clock.pass(1)
  expect(kept.errors).toMatchObject([{ fault: { code: 'requestTimeout' }, consecutive: 1 }])
  expect(driver.mostAtOnce).toBe(1)
  await collector.stop()
})

test('a driver that does not even end when told to is closed and replaced', async () => {
  const { clock, drivers, kept, collector } = setUp()
  await collector.start()
  await clock.pass(0)
  const [driver] = drivers as [StandInDriver]
  driver.answer = () => new Promise(() => undefined)
  await clock.pass(10_000 + 30_000 + 10_000)
  expect(kept.errors).toMatchObject([{ fault: { code: 'requestTimeout' } }])
  expect(driver.closed).toBe(1)
  await clock.pass(10_000)
  expect(drivers).toHaveLength(2)
  expect(kept.saved).toHaveLength(2)
  await collector.stop()
})

test('stopping ends the running poll, waits for it, and calls it no failure', async () => {
  const { clock, drivers, kept, collector } = setUp()
  await collector.start()
  await clock.pass(0)
  const [driver] = drivers as [StandInDriver]
  driver.answer = untilAborted
  await clock.pass(10_000)
  expect(driver.running).toBe(1)
  await collector.stop()
  expect([driver.running, driver.closed, kept.errors]).toEqual([0, 1, []])
  await clock.pass(100_000)
  expect(driver.polls).toBe(2)
})

test('clusters that are added, changed and removed are followed while it runs', async () => {
  const { clock, drivers, clusters, collector } = setUp()
  await collector.start()
  clusters.push(config('b'))
  await clock.pass(5_000)
  expect(drivers).toHaveLength(2)
  clusters[0] = config('a', 'another name')
  await clock.pass(5_000)
  expect(drivers.map(({ closed }) => closed)).toEqual([1, 0, 0])
  clusters.length = 0
  await clock.pass(5_000)
  expect(drivers.map(({ closed }) => closed)).toEqual([1, 1, 1])
  await collector.stop()
})

test('a store that fails is logged once and told with each poll that waits, and polls go on', async () => {
  let isFull = true
  const stored: number[] = []
  const { clock, drivers, kept, collector } = setUp({
    snapshots: {
      async saveObservation(_, observation) {
        if (isFull) throw new HoldfastError('database_full')
        stored.push(observation.atMs)
      },
      savePollError: async () => undefined,
    },
  })
  await collector.start()
  await clock.pass(30_000)
  expect(kept.logged).toEqual(['a poll could not be stored; the next one is tried'])
  const told = { code: 'database_full', sinceMs: 0, droppedPolls: 0, clusterIds: ['a'] }
  expect(kept.troubles).toEqual([1, 2, 3, 4].map((waitingPolls) => ({ ...told, waitingPolls })))
  isFull = false
  await clock.pass(10_000)
  expect([drivers[0]?.polls, stored.length]).toEqual([5, 1])
  expect(kept.logged.at(-1)).toBe('storing works again')
  expect(kept.troubles.slice(4)).toEqual([null])
  await clock.pass(10_000)
  expect(kept.troubles).toHaveLength(5)
  await collector.stop()
})

test('a store that fails for a reason nobody knows is told too, and no more once its cluster is gone', async () => {
  const { clock, clusters, kept, collector } = setUp({
    history: {
      append: () => Promise.reject(new TypeError('a defect')),
      maintain: async () => undefined,
      read: async () => [],
    },
  })
  await collector.start()
  await clock.pass(0)
  expect(kept.troubles).toMatchObject([{ code: 'store_failed', waitingPolls: 1 }])
  clusters.length = 0
  await clock.pass(5_000)
  expect(kept.troubles.slice(1)).toEqual([null])
  await collector.stop()
})

test('polls that memory has no room for are counted until storing works again', async () => {
  let isFull = true
  const topics = Array.from({ length: 20_000 }, (_, index) => aTopic({ name: `t${index}`, topicId: `t${index}` }))
  const { clock, drivers, kept, collector } = setUp({
    history: {
      async append() {
        if (isFull) throw new HoldfastError('database_full')
      },
      ...{ maintain: async () => undefined, read: async () => [] },
    },
  })
  await collector.start()
  const [driver] = drivers as [StandInDriver]
  driver.answer = async () => aSnapshot({ topics })
  await clock.pass(60_000)
  const { waitingPolls = 0, droppedPolls = 0 } = kept.troubles.at(-1) ?? {}
  expect([droppedPolls > 0, waitingPolls + droppedPolls]).toEqual([true, 7])
  isFull = false
  await clock.pass(10_000)
  isFull = true
  await clock.pass(10_000)
  expect(kept.troubles.slice(-2)).toMatchObject([null, { waitingPolls: 1, droppedPolls: 0 }])
  await collector.stop()
}, 30_000)

test('what happened between polls is appended with the poll that saw it, also across polls that know less', async () => {
  const { clock, drivers, kept, collector } = setUp()
  await collector.start()
  await clock.pass(0)
  const [driver] = drivers as [StandInDriver]
  const seen = (online: boolean | null) => async () => {
    const snapshot = aSnapshot({ brokers: [aBroker('1'), aBroker('2', { online }), aBroker('3')] })
    return { ...snapshot, finishedAtMs: clock.atMs }
  }
  driver.answer = seen(null)
  await clock.pass(10_000)
  driver.answer = () => Promise.reject(new ClusterUnavailableError(fault('connectionRefused')))
  await clock.pass(10_000)
  driver.answer = seen(false)
  await clock.pass(10_000)
  driver.answer = seen(true)
  await clock.pass(10_000)
  expect(kept.events.filter(({ kinds }) => kinds.length > 0)).toEqual([
    { atMs: 30_000, kinds: ['brokerLost'] },
    { atMs: 40_000, kinds: ['brokerReturned'] },
  ])
  await collector.stop()
})

test('a clock that is set is told once, also by a poll that fails', async () => {
  const { clock, drivers, kept, collector } = setUp()
  await collector.start()
  await clock.pass(0)
  const [driver] = drivers as [StandInDriver]
  driver.answer = () => Promise.reject(new ClusterUnavailableError(fault('connectionRefused')))
  clock.stepMs = -3_600_000
  await clock.pass(20_000)
  expect(kept.events.flatMap(({ kinds }) => kinds)).toEqual(['clockChanged'])
  await collector.stop()
})

test('polls that could not be appended wait in their order with their events, and none is appended twice', async () => {
  let isAway = false
  const calls: string[] = []
  const { clock, drivers, collector } = setUp({
    events: {
      async append(_, atMs, events) {
        if (events.length > 0) calls.push(`${atMs} ${events.map(({ kind }) => kind).join()}`)
      },
    },
    history: {
      async append({ atMs }) {
        if (isAway) throw new HoldfastError('database_unavailable')
        calls.push(String(atMs))
      },
      ...{ maintain: async () => undefined, read: async () => [] },
    },
  })
  const lead = { leader: '1' }
  const at = () => async () => {
    const quorum = { ...lead, leaderEpoch: 1, highWatermark: 1n, isMoving: true, voters: [], observers: [] }
    return { ...aSnapshot({ quorum }), finishedAtMs: clock.atMs }
  }
  await collector.start()
  const [driver] = drivers as [StandInDriver]
  driver.answer = at()
  await clock.pass(10_000)
  calls.length = 0
  isAway = true
  lead.leader = '2'
  await clock.pass(20_000)
  isAway = false
  await clock.pass(10_000)
  const waited = calls.filter((call) => !call.includes('Changed'))
  expect(waited).toEqual(['20000', '30000', '40000'])
  expect(new Set(calls.filter((call) => call.includes('Changed')))).toEqual(new Set(['20000 controllerChanged']))
  // An event is there before the poll whose success means that nothing of it is tried again.
  expect(calls.indexOf('20000 controllerChanged')).toBeLessThan(calls.indexOf('20000'))
  await collector.stop()
})

test('a database that is away is told once by each loop, and that it is back', async () => {
  let isAway = true
  const { clock, kept, collector } = setUp({
    lease: {
      acquire: async () => undefined,
      async renew() {
        if (isAway) throw new HoldfastError('database_unavailable')
        return true
      },
      release: async () => undefined,
    },
  })
  await collector.start()
  await clock.pass(20_000)
  expect(kept.logged).toEqual(['renewing the lease failed'])
  isAway = false
  await clock.pass(10_000)
  expect(kept.logged).toEqual(['renewing the lease failed', 'that trouble is over'])
  await collector.stop()
})

test('a cluster that fails is told once for each reason, and that it is back', async () => {
  let code = 'connectionRefused' as FaultCode | null
  const driver = new StandInDriver()
  driver.answer = async () => {
    if (code !== null) throw new ClusterUnavailableError(fault(code))
    return aSnapshot()
  }
  const { clock, kept, collector } = setUp({ createDriver: () => driver })
  await collector.start()
  await clock.pass(60_000)
  expect(kept.logged).toEqual(['a poll failed'])
  code = 'authenticationFailed'
  await clock.pass(120_000)
  expect(kept.logged).toEqual(['a poll failed', 'a poll failed'])
  code = null
  await clock.pass(120_000)
  expect(kept.logged.at(-1)).toBe('polls work again')
  await collector.stop()
})

test('a lost lease ends all polling and is said once', async () => {
  const onLeaseLost = vi.fn()
  const { clock, drivers, collector } = setUp({
    lease: { acquire: async () => undefined, renew: async () => false, release: async () => undefined },
    onLeaseLost,
  })
  await collector.start()
  await clock.pass(60_000)
  expect(drivers[0]?.polls).toBe(1)
  expect(onLeaseLost).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'second_instance' }))
  await collector.stop()
})

test('what is muted is no reason; while mutes cannot be read, those read last hold, and it is logged', async () => {
  const verdicts: string[] = []
  const untilAtMs = 10 * INTERVAL_MS
  const times = { untilAtMs, createdAtMs: 0, createdBy: 'ann', source: 'runtime' } as const
  const every = { id: 'm', code: '*', cluster: 'a', subject: '*', reason: 'why', ...times }
  let read = async (): Promise<Mute[]> => []
  const { clock, kept, collector } = setUp({
    mutes: { list: () => read(), removeEnded: async () => undefined },
    snapshots: {
      saveObservation: async (_, { findings, verdict }) =>
        void verdicts.push(`${verdict.level}, found ${findings.some(({ severity }) => severity === 'high')}`),
      savePollError: async () => undefined,
    },
    createDriver: () => {
      const driver = new StandInDriver()
      const topics = [aTopic({ partitions: [aPartition({ isr: ['1'] })] })]
      driver.answer = async () => aSnapshot({ topics, groups: [], startedAtMs: clock.atMs, finishedAtMs: clock.atMs })
      return driver
    },
  })
  await collector.start()
  await clock.pass(0)
  read = async () => [every]
  await clock.pass(INTERVAL_MS)
  read = () => Promise.reject(new Error('no database'))
  await clock.pass(INTERVAL_MS)
  expect(verdicts).toEqual(['atRisk, found true', 'safe, found true', 'safe, found true'])
  expect(kept.logged).toEqual(['which findings are muted was not read'])
  const ending = { ...every, untilAtMs: clock.atMs + INTERVAL_MS }
  read = async () => [ending]
  await clock.pass(INTERVAL_MS)
  expect(verdicts.at(-1)).toBe('atRisk, found true')
  await collector.stop()
})

test('a hold that was not given back is found; while holds cannot be read, that is unknown, and it is logged', async () => {
  const settings = [{ name: 'retention.ms', broker: null, setting: 'retention.ms', before: null }]
  const hold = { topic: 'orders', topicId: 'id-orders', trouble: 'conflict', settings } as const
  let read = async (clusterId: string): Promise<HoldFacts> => ({
    troubled: clusterId === 'a' ? [hold] : [],
    topics: new Set(),
  })
  const seen: { found: string[]; unknown: string[] }[] = []
  const isOfHolds = (code: string): boolean => code.startsWith('topic.hold')
  const { clock, kept, collector } = setUp({
    holdFacts: (clusterId) => read(clusterId),
    snapshots: {
      saveObservation: async (_, { findings, unjudged }) =>
        void seen.push({
          found: findings.map(({ code }) => code).filter(isOfHolds),
          unknown: unjudged.flatMap(({ codes }) => codes).filter(isOfHolds),
        }),
      savePollError: async () => undefined,
    },
    createDriver: () => {
      const driver = new StandInDriver()
      const topics = [aTopic({ config: null })]
      driver.answer = async () => aSnapshot({ topics, groups: [], startedAtMs: clock.atMs, finishedAtMs: clock.atMs })
      return driver
    },
  })
  await collector.start()
  await clock.pass(0)
  read = () => Promise.reject(new Error('no database'))
  await clock.pass(INTERVAL_MS)
  expect(seen).toEqual([
    { found: ['topic.holdConflict'], unknown: [] },
    { found: [], unknown: ['topic.holdConflict', 'topic.holdOverdue'] },
  ])
  expect(kept.logged).toEqual(['which holds did not end as they should was not read'])
  await collector.stop()
})

test('settings of held topics are read with every poll, and once more when the hold is over', async () => {
  const holding = (...topics: string[]) => Promise.resolve<HoldFacts>({ troubled: [], topics: new Set(topics) })
  let read = () => holding('orders')
  const asked: string[][] = []
  let isAway = false
  const { clock, collector } = setUp({
    holdFacts: () => read(),
    createDriver: () => {
      const driver = new StandInDriver()
      driver.answer = async (_, hints) => {
        asked.push([...(hints?.changedTopics ?? [])].sort())
        if (isAway) throw new ClusterUnavailableError(fault('requestTimeout'))
        return aSnapshot()
      }
      return driver
    },
  })
  await collector.start()
  await clock.pass(0)
  expect(asked.splice(0)).toEqual([['orders']])
  read = () => Promise.reject(new Error('no database'))
  await clock.pass(INTERVAL_MS)
  expect(asked.splice(0)).toEqual([['orders']])
  read = () => holding('payments')
  isAway = true
  await clock.pass(INTERVAL_MS)
  isAway = false
  await clock.pass(3 * INTERVAL_MS)
  expect(asked.splice(0, 2)).toEqual([
    ['orders', 'payments'],
    ['orders', 'payments'],
  ])
  read = () => holding()
  await clock.pass(3 * INTERVAL_MS)
  expect(asked.slice(-3)).toEqual([['payments'], [], []])
  await collector.stop()
})

test('mutes that ended long ago are removed by the hour', async () => {
  const removals: number[] = []
  const removeEnded = async (): Promise<void> => void removals.push(clock.atMs)
  const { clock, collector } = setUp({ intervalMs: 10 * HOUR_MS, mutes: { list: async () => [], removeEnded } })
  await collector.start()
  await clock.pass(2 * HOUR_MS)
  expect(removals).toEqual([HOUR_MS, 2 * HOUR_MS])
  await collector.stop()
})

const QUICK_RULES = BUILT_IN_RULES.map((rule) => ({ ...rule, forMs: 0 }))

test('alerts of good polls and of failed ones are stored, and while they cannot be, numbers are', async () => {
  let isAway = false
  const told: string[] = []
  const { clock, drivers, kept, collector } = setUp({
    alertRules: { holding: async () => QUICK_RULES },
    alerts: {
      ...NO_ALERTS,
      async record(_, { transitions, changed }) {
        if (isAway) throw new HoldfastError('database_busy')
        told.push(...transitions.map(({ to }, index) => `${changed[index]?.ruleCode} ${to}`))
      },
    },
  })
  await collector.start()
  const driver = drivers[0] as StandInDriver
  driver.answer = async () => aSnapshot({ topics: [aTopic({ partitions: [aPartition({ leader: null, isr: [] })] })] })
  isAway = true
  await clock.pass(2 * INTERVAL_MS)
  const appended = kept.batches.length
  expect(appended).toBeGreaterThan(1)
  expect(told).toEqual([])
  expect(kept.troubles.at(-1)).toMatchObject({ code: 'database_busy' })
  isAway = false
  await clock.pass(INTERVAL_MS)
  expect(told).toEqual(['partition.offline firing'])
  expect(kept.troubles.at(-1)).toBeNull()
  driver.answer = async () => {
    throw new ClusterUnavailableError(fault('connectionRefused', { address: 'a:1' }))
  }
  await clock.pass(20 * INTERVAL_MS)
  expect(told).toEqual(['partition.offline firing', 'cluster.blind firing'])
  await collector.stop()
})

test('while rules cannot be read, those read last hold; before any were read, no alert is looked at', async () => {
  const rules = QUICK_RULES.filter(({ code }) => code === 'partition.offline')
  const told: string[] = []
  let reads = 0
  let read = (): Promise<typeof rules> => Promise.reject(new HoldfastError('database_busy'))
  const { clock, drivers, kept, collector } = setUp({
    alertRules: {
      holding: () => {
        reads += 1
        return read()
      },
    },
    alerts: { ...NO_ALERTS, record: async (_, { transitions }) => void told.push(...transitions.map(({ to }) => to)) },
  })
  await collector.start()
  const driver = drivers[0] as StandInDriver
  const answer = (leader: string | null) => async () =>
    aSnapshot({ topics: [aTopic({ partitions: [aPartition({ leader, isr: ['1'] })] })] })
  driver.answer = answer(null)
  await clock.pass(2 * INTERVAL_MS)
  expect(told).toEqual([])
  expect(kept.troubles.at(-1)).toMatchObject({ code: 'database_busy' })
  read = async () => rules
  await clock.pass(INTERVAL_MS)
  expect(told).toEqual(['firing'])
  read = () => Promise.reject(new HoldfastError('database_busy'))
  await clock.pass(INTERVAL_MS)
  expect(told).toEqual(['firing'])
  expect(kept.troubles.at(-1)).toBeNull()
  expect(kept.logged).toContain('which rules of alerts hold was not read')
  expect(reads).toBe(driver.polls)
  await collector.stop()
})

test('alerts that ended long ago are removed with the history', async () => {
  const pruned: number[] = []
  const { clock, collector } = setUp({
    alerts: {
      ...NO_ALERTS,
      prune: async (beforeMs) => void pruned.push(beforeMs),
    },
    keepAlertsMs: HOUR_MS,
  })
  await collector.start()
  await clock.pass(HOUR_MS / 12)
  expect(pruned).toEqual([HOUR_MS / 12 - HOUR_MS])
  await collector.stop()
})

test('alerts of a cluster that is not watched any more end, also of one that was removed while nobody ran', async () => {
  const open = new Map([['gone', anAlert({ state: 'noData' })]])
  const told: string[] = []
  let isAway = false
  const { clock, clusters, collector } = setUp({
    intervalMs: 10 * HOUR_MS,
    alerts: {
      ...NO_ALERTS,
      openClusters: async () => [...open.keys()],
      read: async (clusterId) => [open.get(clusterId)].flatMap((alert) => alert ?? []),
      async record(clusterId, { changed, transitions }) {
        if (isAway) throw new HoldfastError('database_busy')
        for (const { endReason } of changed) told.push(`${clusterId} ${endReason} ${transitions[0]?.to}`)
        if (changed.length > 0) open.delete(clusterId)
      },
    },
  })
  await collector.start()
  await clock.pass(5_000)
  expect(told).toEqual(['gone clusterRemoved resolved'])
  open.set('a', anAlert())
  clusters.splice(0, 1, config('b'))
  isAway = true
  await clock.pass(10_000)
  isAway = false
  await clock.pass(5_000)
  expect(told).toEqual(['gone clusterRemoved resolved', 'a clusterRemoved resolved'])
  await collector.stop()
})
