/** The stated error, on what was recorded from a real broker: see README.md of the forecasts. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot } from '../../../../lib/cluster/snapshot.ts'
import type { Forecast, Observation } from '../../../../lib/durability/observation.ts'
import { observe } from '../../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../../lib/durability/observe-memory.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aSnapshot, aTopic } from '../../../builders/snapshots.ts'
import type { ForecastTrace, TracedTopic } from '../../../fixtures/forecasts/trace.ts'

const file = path.join(import.meta.dirname, '../../../fixtures/forecasts/trace.json')
const TRACE: ForecastTrace = JSON.parse(readFileSync(file, 'utf8'))

const configOf = (settings: Record<string, string>) =>
  Object.entries(settings).map(([name, value]) => ({ name, value, source: 'x', isDefault: false, sensitive: false }))
const BROKER = aBroker('1', { config: configOf({ 'log.retention.check.interval.ms': String(TRACE.checkMs) }) })

/** A group's first unread record was gone with this poll; null: it was there when the recording ended. */
function lostAtPoll({ log }: TracedTopic, committedOffset: number): number | null {
  const poll = log.findIndex(([start]) => start > committedOffset)
  return poll < 0 ? null : poll
}

function snapshotAt(topic: TracedTopic, poll: number): ClusterSnapshot {
  const [start, end, bytes] = topic.log[poll] ?? [0, 0, 0]
  const atMs = TRACE.pollsAtMs[poll] ?? 0
  const config = configOf(topic.settings)
  const settings = {
    ...aTopic().settings,
    retentionMs: BigInt(topic.settings['retention.ms']),
    retentionBytes: BigInt(topic.settings['retention.bytes']),
  }
  const replicaSizes = [{ broker: '1', logDir: '/data', sizeBytes: BigInt(bytes), offsetLag: 0n, isFuture: false }]
  const partition = aPartition({ startOffset: BigInt(start), endOffset: BigInt(end), replicaSizes })
  return aSnapshot({
    ...{ startedAtMs: atMs, finishedAtMs: atMs, brokers: [BROKER] },
    topics: [aTopic({ name: topic.name, config, settings, partitions: [partition] })],
    groups: topic.groups.flatMap(({ committedOffset, fromPoll, writtenAtMs, readAtPoll }, index) => {
      const lost = lostAtPoll(topic, committedOffset)
      if (poll < fromPoll || (lost !== null && poll >= lost)) return []
      const isRead = readAtPoll !== null && poll >= readAtPoll && writtenAtMs !== null
      const offset = BigInt(committedOffset)
      const firstUnread = isRead ? ({ offset, timestampMs: writtenAtMs, precision: 'record' } as const) : null
      const read = aGroupPartition({ topic: topic.name, committedOffset: offset, firstUnread })
      return aGroup({ id: String(index), state: 'Empty', members: [], partitions: [read] })
    }),
  })
}

interface Case {
  committedOffset: number
  forecast: Forecast
  nowMs: number
  /** The last poll that saw the record, and the first that did not. */
  lost: { afterMs: number; byMs: number }
}

/** What was forecast with each poll for each group that lost something in the end. */
function casesOf(topic: TracedTopic): Case[] {
  const memory = new ObserveMemory()
  const cases: Case[] = []
  let previous: Observation | null = null
  TRACE.pollsAtMs.forEach((nowMs, poll) => {
    previous = observe({
      ...{ snapshot: snapshotAt(topic, poll), previous, expectedBrokers: [], memory },
      kindOf: () => 'normal',
    })
    for (const { id, lossAt } of previous.groups) {
      const committedOffset = topic.groups[Number(id)]?.committedOffset ?? 0
      const lost = lostAtPoll(topic, committedOffset)
      if (lost === null || lossAt.because === 'caughtUp') continue
      const [afterMs = 0, byMs = 0] = TRACE.pollsAtMs.slice(lost - 1, lost + 1)
      cases.push({ committedOffset, forecast: lossAt, nowMs, lost: { afterMs, byMs } })
    }
  })
  return cases
}

function isTrue({ forecast, lost }: Case): boolean {
  const { earliestAtMs, latestAtMs } = forecast
  return earliestAtMs !== null && earliestAtMs <= lost.byMs && (latestAtMs === null || latestAtMs >= lost.afterMs)
}

/** `segment.ms`, or how long the broker took to fill a segment from this record on, if that was less. */
function spanMs({ settings, log }: TracedTopic, committedOffset: number): number {
  const [start, end, bytes] = log.at(-1) ?? [0, 0, 0]
  const records = Number(settings['segment.bytes']) / (bytes / (end - start))
  const atMs = (offset: number): number =>
    TRACE.pollsAtMs[log.findIndex(([, reached]) => reached >= offset)] ?? Infinity
  return Math.min(Number(settings['segment.ms']), atMs(committedOffset + records) - atMs(committedOffset))
}

function isNarrow({ committedOffset, forecast, nowMs, lost }: Case, topic: TracedTopic): boolean {
  const { earliestAtMs, latestAtMs } = forecast
  if (earliestAtMs === null || latestAtMs === null) return false
  const horizonMs = lost.byMs - nowMs
  return latestAtMs - earliestAtMs <= Math.max(horizonMs / 4, 2 * spanMs(topic, committedOffset) + TRACE.checkMs)
}

/** So many lie between A and B, of any traffic. */
const PROMISED = 0.95
/**
 * As many are to be near each other. Where the size of segments or of the log counts and traffic swings within the time that is
 * left, they cannot be: what is reached instead stands here, so that it does not get worse unseen.
 */
const NEAR: Record<string, number> = { 'time-wave-full': 0.82, 'size-wave': 0.2, 'both-wave': 0.04 }

describe.each(TRACE.topics)('$name', (topic) => {
  const cases = casesOf(topic)
  it('is forecast, and not only now and then', () => {
    expect(cases.length).toBeGreaterThan(500)
    const told = cases.filter(({ forecast }) => forecast.state === 'forecast')
    expect(told.length / cases.length).toBeGreaterThan(0.95)
  })
  it('is lost between A and B', () => {
    expect(cases.filter(isTrue).length / cases.length).toBeGreaterThanOrEqual(PROMISED)
  })
  it('has A and B near each other', () => {
    const near = cases.filter((one) => isNarrow(one, topic)).length / cases.length
    expect(near).toBeGreaterThanOrEqual(NEAR[topic.name] ?? PROMISED)
  })
})
