/**
 * How soon a receiver hears of an alert: from the beginning of the poll's conclusion to the request, with the worker's own loops
 * and a real receiver. And a thousand alerts at once: whether any receiver is sent more than its vendor takes, or one is missed.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAlertStore } from '../../lib/alerting/alert-store.ts'
import { ROUTE_DEFAULTS } from '../../lib/alerts/route.ts'
import { AlertWatch } from '../../lib/collector/alert-watch.ts'
import { systemClock } from '../../lib/collector/clock.ts'
import { CollectorLease, HEARTBEAT_MS } from '../../lib/collector/lease.ts'
import type { Receiver } from '../../lib/config/receivers.ts'
import { type Database, openDatabase } from '../../lib/db.ts'
import { createLogger } from '../../lib/log.ts'
import { createOutbox } from '../../lib/outbox/outbox.ts'
import { createSender } from '../../lib/receivers/sender.ts'
import { ReceiverWatch } from '../../lib/telling/receiver-watch.ts'
import { Teller } from '../../lib/telling/teller.ts'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { deliveryTasks } from '../../lib/worker/delivery-task.ts'
import { tellingTasks } from '../../lib/worker/telling-task.ts'
import { Worker } from '../../lib/worker/worker.ts'
import { aRule, observed } from '../builders/alerts.ts'
import { aReceiver } from '../builders/notifications.ts'
import { aTopic } from '../builders/snapshots.ts'
import { type HttpReceiver, startHttpReceiver } from '../servers/http-receiver.ts'
import { median, percentile, round } from './measure.ts'

const RULES = [aRule()]
const SINGLE_ALERTS = 200
const LONGEST_PAUSE_MS = 400
const BURST = 1_000
const LONGEST_BURST_MS = 5 * MINUTE_MS

export interface TellingBench {
  /** From the poll to the request, of one alert at a time at any moment. */
  requestMsMedian: number
  requestMsP99: number
  /** Of a thousand alerts at once: until each receiver had its last message. */
  burstSeconds: number
  /** Messages by receiver, and the most that came within the time in which its vendor counts. */
  burstMessages: Record<string, number>
  burstMostInWindow: Record<string, number>
  /** Receivers that were sent more than that. */
  burstExceeded: string[]
  /** Alerts of which some receiver was not told. */
  burstMissed: number
}

/** In which vendors count, and how many they take. */
const WINDOWS: Record<string, { ms: number; most: number }> = {
  ...{ hook: { ms: SECOND_MS, most: 40 }, pager: { ms: MINUTE_MS, most: 10_000 } },
  ...{ chat: { ms: MINUTE_MS, most: 63 }, ding: { ms: MINUTE_MS, most: 20 } },
}

export async function measureTelling(): Promise<TellingBench> {
  const lab = await openLab()
  try {
    const waits = await measureSingle(lab)
    return {
      requestMsMedian: round(median(waits)),
      requestMsP99: round(percentile(waits, 0.99)),
      ...(await measureBurst(lab)),
    }
  } finally {
    await lab.close()
  }
}

interface Lab {
  database: Database
  targets: Record<string, HttpReceiver>
  /** A poll that finds these topics in trouble. */
  poll(topics: readonly string[]): Promise<void>
  close(): Promise<void>
}

async function openLab(): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-telling-bench-'))
  const database = await openDatabase(`file:${join(folder, 'bench.db')}`)
  const names = Object.keys(WINDOWS)
  const started = await Promise.all(names.map(() => startHttpReceiver()))
  const targets = Object.fromEntries(names.map((name, index) => [name, started[index] as HttpReceiver]))
  const urlOf = (name: string): string => targets[name]?.url ?? ''
  const receivers: Receiver[] = [
    aReceiver('webhook', { id: 'hook', url: urlOf('hook') }),
    aReceiver('pagerduty', { id: 'pager', url: urlOf('pager') }),
    aReceiver('slack', { id: 'chat', url: urlOf('chat') }),
    aReceiver('dingtalk', { id: 'ding', url: urlOf('ding') }),
  ]
  answerAsVendors(targets)
  const worker = workerOf(database, receivers)
  await worker.start()
  const store = createAlertStore(database, tellerOf(database, receivers))
  const watch = new AlertWatch({
    ...{ clusterId: 'bench', intervalMs: 15_000, store },
    ...{ losses: { list: async () => [] }, history: { read: async () => [] } },
  })
  return {
    ...{ database, targets },
    async poll(topics) {
      const atMs = Date.now()
      const findings = topics.map((name) => ({
        ...({ code: 'partition.offline', severity: 'critical', subject: { type: 'topic', name } } as const),
        ...{ facts: { topic: name, partitions: 1 }, part: null, atMs },
      }))
      const observation = {
        ...observed({ topics: topics.map((name) => aTopic({ name, topicId: name })) }),
        atMs,
        findings,
      }
      await watch.note({ observation, samples: [], mutes: [], rules: RULES, seenBeforeMs: null })
    },
    async close() {
      await worker.stop()
      await database.close()
      await Promise.all(started.map((target) => target.close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function answerAsVendors({ chat, ding, pager }: Record<string, HttpReceiver>): void {
  if (chat !== undefined) chat.answer = (response) => void response.end('ok')
  if (ding !== undefined) ding.answer = (response) => void response.end('{"errcode":0,"errmsg":"ok"}')
  if (pager !== undefined) pager.answer = (response) => void response.writeHead(202).end('{"status":"success"}')
}

const EVERYBODY = [{ ...ROUTE_DEFAULTS, match: {}, receivers: null }]
const listOf = (receivers: readonly Receiver[]) => ({
  list: async () => receivers.map((receiver) => ({ receiver })),
  find: async (id: string) => receivers.find((receiver) => receiver.id === id) ?? null,
})

function tellerOf(database: Database, receivers: readonly Receiver[]): Teller {
  return new Teller({
    ...{ database, routes: EVERYBODY, now: Date.now, labelsOf: () => ({}) },
    receivers: listOf(receivers),
    clusters: { list: async () => [{ config: { id: 'bench', kind: 'kafka' } }] },
    ...{ silences: { list: async () => [] }, mutes: { list: async () => [] } },
  })
}

/** With its own loops, at their own pace. */
function workerOf(database: Database, receivers: readonly Receiver[]): Worker {
  const { now, monotonicMs } = systemClock
  const log = createLogger({ logLevel: 'error' })
  const reports = {
    schedule: 'off' as const,
    atHour: 0,
    timeZone: 'UTC',
    language: 'en' as const,
    keep: 1,
    receivers: [],
  }
  const config = { host: '127.0.0.1', port: 3_000, publicUrl: null, receiverAllowedNetworks: ['127.0.0.1/32'], reports }
  return new Worker({
    lease: new CollectorLease(database, systemClock, undefined, 'worker'),
    ...{ heartbeatMs: HEARTBEAT_MS, clock: systemClock, log },
    onLeaseLost(error) {
      throw error
    },
    tasks: [
      ...tellingTasks(
        tellerOf(database, receivers),
        new ReceiverWatch({ database, routes: EVERYBODY, now, receivers: listOf(receivers) }),
      ),
      ...deliveryTasks({
        ...{ outbox: createOutbox(database), now, monotonicMs, log },
        sender: createSender({ config, now, monotonicMs }),
        receiverOf: async (id) => receivers.find((receiver) => receiver.id === id) ?? null,
      }),
    ],
  })
}

async function measureSingle({ poll, targets: { hook } }: Lab): Promise<number[]> {
  const begunAtMs = new Map<string, number>()
  const found: string[] = []
  for (let index = 0; index < SINGLE_ALERTS; index += 1) {
    await sleep(Math.random() * LONGEST_PAUSE_MS)
    const name = `single-${index}`
    found.push(name)
    begunAtMs.set(name, Date.now())
    await poll(found)
  }
  while ((hook?.received.length ?? 0) < SINGLE_ALERTS) await sleep(100)
  return (hook?.received ?? []).map(({ body, atMs }) => atMs - (begunAtMs.get(JSON.parse(body).data.subject.name) ?? 0))
}

type Burst = Omit<TellingBench, 'requestMsMedian' | 'requestMsP99'>

async function measureBurst({ database, poll, targets }: Lab): Promise<Burst> {
  await poll([])
  await untilQuiet(database)
  for (const target of Object.values(targets)) target.received.length = 0
  const startedAtMs = Date.now()
  await poll(Array.from({ length: BURST }, (_, index) => `burst-${index}`))
  // People are told after their wait.
  await sleep(ROUTE_DEFAULTS.groupWaitMs + 2 * SECOND_MS)
  await untilQuiet(database)
  const of = <T>(read: (target: HttpReceiver, name: string) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, read(target, name)]))
  const last = Math.max(...Object.values(targets).flatMap(({ received }) => received.map(({ atMs }) => atMs)))
  const mostOf = of(({ received }, name) =>
    mostWithin(
      received.map(({ atMs }) => atMs),
      WINDOWS[name]?.ms ?? 0,
    ),
  )
  return {
    burstSeconds: round((last - startedAtMs) / SECOND_MS),
    ...{ burstMessages: of(({ received }) => received.length), burstMostInWindow: mostOf },
    burstExceeded: Object.keys(mostOf).filter((name) => (mostOf[name] ?? 0) > (WINDOWS[name]?.most ?? 0)),
    burstMissed: await countMissed(database, Object.keys(targets)),
  }
}

async function untilQuiet(database: Database): Promise<void> {
  const untilMs = Date.now() + LONGEST_BURST_MS
  while ((await database.client.delivery.count({ where: { state: 'waiting' } })) > 0) {
    if (Date.now() > untilMs) return
    await sleep(SECOND_MS)
  }
}

function mostWithin(timesMs: readonly number[], windowMs: number): number {
  return Math.max(
    0,
    ...timesMs.map((fromMs) => timesMs.filter((atMs) => atMs >= fromMs && atMs < fromMs + windowMs).length),
  )
}

/** What was taken names the alerts that it tells of. */
async function countMissed(database: Database, receiverIds: readonly string[]): Promise<number> {
  const alerts = await database.client.alert.findMany({ where: { endedAtMs: null }, select: { id: true } })
  let missed = 0
  for (const receiverId of receiverIds) {
    const taken = await database.client.delivery.findMany({
      where: { receiverId, state: 'delivered' },
      select: { id: true },
    })
    const named = await database.client.deliveryAlert.findMany()
    const ids = new Set(taken.map(({ id }) => id))
    const told = new Set(named.filter(({ deliveryId }) => ids.has(deliveryId)).map(({ alertId }) => alertId))
    missed += alerts.filter(({ id }) => !told.has(id)).length
  }
  return missed
}

if (import.meta.main) console.log(JSON.stringify(await measureTelling(), null, 2))
