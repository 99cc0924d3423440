/**
 * What alerts take of a poll, without brokers: 10,000 places where a rule holds, on a cluster of 40,000 partitions of which
 * one topic of twenty is written, with the rules that every console has and two about each series of lag. In a process of its
 * own that is started as a collector is.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createAlertStore } from '../../lib/alerting/alert-store.ts'
import type { AlertRule } from '../../lib/alerts/alert-rule.ts'
import { BUILT_IN_RULES } from '../../lib/alerts/built-in-rules.ts'
import { AlertWatch } from '../../lib/collector/alert-watch.ts'
import { restAfterPoll } from '../../lib/collector/rest-after-poll.ts'
import { samplesOf } from '../../lib/collector/samples.ts'
import { openDatabase } from '../../lib/db.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { Finding, Observation } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { COLLECTOR_ENV, COLLECTOR_FLAGS } from '../../lib/launch/collector-flags.ts'
import { type Cost, costOf, medianCost, percentile, round } from './measure.ts'
import { LARGE, SyntheticCluster, syntheticTopicName } from './synthetic.ts'
import { measureTelling, type TellingBench } from './telling-bench.ts'

const WARM_UP_POLLS = 10
const POLLS = 40

export interface AlertsBench {
  partitions: number
  rules: number
  /** Open alerts while all of them hold. */
  alerts: number
  /** Of the poll in which they fire, and of the one in which they end: all of them are written. */
  firing: Cost
  ending: Cost
  /** Of polls in between, median, and the CPU time that one of twenty is above. */
  steady: Cost
  steadyCpuMsP95: number
  /** How soon receivers hear of it. */
  telling: TellingBench
}

export async function benchAlerts(): Promise<AlertsBench> {
  const args = [...COLLECTOR_FLAGS, fileURLToPath(import.meta.url)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...COLLECTOR_ENV } })
  return JSON.parse(stdout)
}

/** Found at each topic: as many alerts as topics. */
const ONE_COPY: AlertRule = {
  ...{ code: 'one-copy', isBuiltIn: false, severity: null, forMs: 0, keepFiringForMs: 0, labels: {}, runbook: null },
  when: { kind: 'finding', finding: 'topic.replicationFactorOne', from: 'info', labels: {} },
}
const LAGS = (['lagMessages', 'lagSeconds'] as const).map(
  (series): AlertRule => ({
    ...{ ...ONE_COPY, code: `big-${series}`, severity: 'warning' },
    when: { kind: 'series', series, labels: { topic: 'fleet.*' }, beyond: 'above', raiseAt: 10 ** 12, clearAt: null },
  }),
)
const RULES = [...BUILT_IN_RULES.filter(({ code }) => code !== 'topic.replicationFactorOne'), ONE_COPY, ...LAGS]

const kindOf = topicKindClassifier({ include: [], exclude: [] })

async function measureAlerts(): Promise<Omit<AlertsBench, 'telling'>> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-alerts-bench-'))
  const database = await openDatabase(`file:${join(folder, 'bench.db')}`)
  const watch = new AlertWatch({
    ...{ clusterId: 'bench', intervalMs: 15_000, store: createAlertStore(database) },
    ...{ losses: { list: async () => [] }, history: { read: async () => [] } },
  })
  const cluster = new SyntheticCluster(LARGE, 'few')
  const memory = new ObserveMemory()
  let seen: Observation | null = null
  const poll = async (change: (observation: Observation) => Observation): Promise<Cost> => {
    seen = observe({ snapshot: cluster.next(), previous: seen, expectedBrokers: [], kindOf, memory })
    const observation = change(seen)
    const samples = samplesOf(observation)
    const cost = await costOf(() => watch.note({ observation, samples, mutes: [], rules: RULES, seenBeforeMs: null }))
    restAfterPoll()
    return cost
  }
  const quiet = (observation: Observation): Observation => ({ ...observation, findings: [] })
  const found = seenAtEachTopic()
  const whole = (observation: Observation): Observation => ({ ...observation, findings: found })
  for (let warmUp = 0; warmUp < WARM_UP_POLLS; warmUp += 1) await poll(quiet)
  const firing = await poll(whole)
  const steady: Cost[] = []
  for (let number = 0; number < POLLS; number += 1) steady.push(await poll(whole))
  const alerts = await database.client.alert.count({ where: { endedAtMs: null } })
  const ending = await poll(quiet)
  await database.close()
  rmSync(folder, { recursive: true, force: true })
  return {
    ...{ partitions: LARGE.topics * LARGE.partitionsPerTopic, rules: RULES.length, alerts },
    ...{ firing: rounded(firing), ending: rounded(ending), steady: medianCost(steady) },
    steadyCpuMsP95: round(
      percentile(
        steady.map(({ cpuMs }) => cpuMs),
        0.95,
      ),
    ),
  }
}

/** What is found once more is the very object of the poll before. */
function seenAtEachTopic(): Finding[] {
  return Array.from({ length: LARGE.topics }, (_, topic) => ({
    ...{ code: 'topic.replicationFactorOne', severity: 'high', part: null, atMs: 0 },
    subject: { type: 'topic', name: syntheticTopicName(topic) },
    facts: { topic: syntheticTopicName(topic), partitions: LARGE.partitionsPerTopic },
  }))
}

function rounded({ wallMs, cpuMs }: Cost): Cost {
  return { wallMs: round(wallMs), cpuMs: round(cpuMs) }
}

if (import.meta.main) console.log(JSON.stringify({ ...(await measureAlerts()), telling: await measureTelling() }))
