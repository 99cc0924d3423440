/**
 * What concluding from a poll of 40,000 partitions takes, rules and forecasts included, without brokers: of the first
 * poll, and of those after it. In a process of its own that is started as a collector is.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ClusterSnapshot } from '../../lib/cluster/snapshot.ts'
import { restAfterPoll } from '../../lib/collector/rest-after-poll.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { COLLECTOR_ENV, COLLECTOR_FLAGS } from '../../lib/launch/collector-flags.ts'
import { type Cost, costOf, medianCost, round } from './measure.ts'
import { type Behind, LARGE, SyntheticCluster } from './synthetic.ts'

/** So that compilers have done what they will, and windows of forecasts are full. */
const WARM_UP_POLLS = 30
const POLLS = 40

interface FindingsOf {
  findings: number
  /** Parts of groups of which a loss is forecast. */
  forecasts: number
  /** Everything concluded as if nothing were remembered. */
  cold: Cost
  /** Polls that follow each other. */
  warm: Cost
  /** Of the CPU time of `cold`. */
  warmShare: number
}

export interface FindingsBench {
  partitions: number
  groupPartitions: number
  changedPercent: number
  /** One group of twenty has stopped and is behind; the others read what is written. */
  fewBehind: FindingsOf
  /** All groups are behind. */
  allBehind: FindingsOf
}

export async function benchFindings(): Promise<FindingsBench> {
  const args = [...COLLECTOR_FLAGS, fileURLToPath(import.meta.url)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...COLLECTOR_ENV } })
  return JSON.parse(stdout)
}

async function measureFindings(): Promise<FindingsBench> {
  const partitions = LARGE.topics * LARGE.partitionsPerTopic
  return {
    partitions,
    groupPartitions: LARGE.groups * LARGE.topicsPerGroup * LARGE.partitionsPerTopic,
    changedPercent: 100 / SyntheticCluster.CHANGES_ONE_OF,
    fewBehind: await measure('few'),
    allBehind: await measure('all'),
  }
}

const kindOf = topicKindClassifier({ include: [], exclude: [] })

/** By turns, so that both run on the same machine, whatever else it does. */
async function measure(behind: Behind): Promise<FindingsOf> {
  const cluster = new SyntheticCluster(LARGE, behind)
  const memory = new ObserveMemory()
  const costs: Record<'cold' | 'warm', Cost[]> = { cold: [], warm: [] }
  let seen: Observation | null = null
  for (let poll = 0; poll < WARM_UP_POLLS + POLLS; poll += 1) {
    const snapshot = cluster.next()
    const warm = await costOf(() => {
      seen = concludeFrom(snapshot, seen, memory)
    })
    restAfterPoll()
    const cold = await costOf(() => concludeFrom(snapshot, null, new ObserveMemory()))
    restAfterPoll()
    if (poll < WARM_UP_POLLS) continue
    costs.warm.push(warm)
    costs.cold.push(cold)
  }
  const [cold, warm] = [medianCost(costs.cold), medianCost(costs.warm)]
  return { ...countsOf(seen), cold, warm, warmShare: round((warm.cpuMs / cold.cpuMs) * 100) / 100 }
}

function concludeFrom(snapshot: ClusterSnapshot, previous: Observation | null, memory: ObserveMemory): Observation {
  return observe({ snapshot, previous, expectedBrokers: [], kindOf, memory })
}

function countsOf(seen: Observation | null): Pick<FindingsOf, 'findings' | 'forecasts'> {
  const parts = seen?.groups.flatMap(({ partitions }) => partitions ?? []) ?? []
  return {
    findings: seen?.findings.length ?? 0,
    forecasts: parts.filter(({ lossAt }) => lossAt.state === 'forecast').length,
  }
}

if (import.meta.main) console.log(JSON.stringify(await measureFindings()))
