import { describe, expect, it } from 'vitest'
import { type KeepingOrNot, Keepings } from '../../../../lib/durability/forecasts/keeping.ts'
import type { ObservedBroker, ObservedTopic } from '../../../../lib/durability/observation.ts'
import { observeBrokers } from '../../../../lib/durability/observe-brokers.ts'
import { observeTopic } from '../../../../lib/durability/observe-topics.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../lib/units.ts'
import { aRocketmqBroker, aRocketmqBrokerState, aRuntime } from '../../../builders/rocketmq.ts'
import { aBroker, aTopic, NOW_MS } from '../../../builders/snapshots.ts'

type Settings = Record<string, string>
const configOf = (settings: Settings) =>
  Object.entries(settings).map(([name, value]) => ({ name, value, source: 'x', isDefault: false, sensitive: false }))

function aSeenTopic(over: Parameters<typeof aTopic>[0] = {}): ObservedTopic {
  const context = {
    isFrozen: false,
    elapsedSeconds: null,
    kindOf: () => 'normal' as const,
    declaredDlqs: new Set<string>(),
  }
  return observeTopic(aTopic(over), undefined, context)
}

function aLeader(settings: Settings | null): ObservedBroker[] {
  return observeBrokers([aBroker('1', { config: settings && configOf(settings) })], [], [], NOW_MS)
}

const SEGMENTS = configOf({ 'segment.ms': '86400000', 'segment.bytes': '1024' })
const settings = (over: object) => ({ ...aTopic().settings, ...over })

describe('a topic of Kafka', () => {
  const of = (
    over: Parameters<typeof aTopic>[0],
    broker: Settings | null = { 'log.retention.check.interval.ms': '300000' },
  ) => new Keepings(aLeader(broker), NOW_MS).of(aSeenTopic(over), '1')

  const WEEK: KeepingOrNot = {
    ...{ retentionMs: 7 * DAY_MS, retentionBytes: null, isForced: false },
    ...{ spanMs: DAY_MS, segmentBytes: 1_024, checkMs: 5 * MINUTE_MS },
  }
  it.each<[string, Parameters<typeof aTopic>[0], KeepingOrNot]>([
    ['keeps by time', { config: SEGMENTS }, WEEK],
    ['by size too', { config: SEGMENTS, settings: settings({ retentionBytes: 5n }) }, { ...WEEK, retentionBytes: 5 }],
    ['whose settings are not told', { config: null }, { ...WEEK, spanMs: null, segmentBytes: null }],
    [
      'for longer than anybody lives',
      { settings: settings({ retentionMs: 2n ** 63n - 1n }) },
      { state: 'none', because: 'noRetention' },
    ],
    ['unlimited', { settings: settings({ retentionMs: -1n }) }, { state: 'none', because: 'noRetention' }],
    [
      'compacted only',
      { settings: settings({ cleanupPolicy: 'compact' }) },
      { state: 'none', because: 'retentionByKey' },
    ],
    ['without a policy', { settings: settings({ cleanupPolicy: '' }) }, { state: 'none', because: 'noRetention' }],
    ['compacted and deleted', { config: SEGMENTS, settings: settings({ cleanupPolicy: 'compact,delete' }) }, WEEK],
    [
      'of unknown policy',
      { settings: settings({ cleanupPolicy: null }) },
      { state: 'unknown', because: 'retentionUnknown' },
    ],
    [
      'of unknown time',
      { settings: settings({ retentionMs: null }) },
      { state: 'unknown', because: 'retentionUnknown' },
    ],
    [
      'of unknown size',
      { settings: settings({ retentionBytes: null }) },
      { state: 'unknown', because: 'retentionUnknown' },
    ],
    [
      'in remote storage, limited by size',
      { config: configOf({ 'remote.storage.enable': 'true' }), settings: settings({ retentionBytes: 5n }) },
      { state: 'unknown', because: 'sizeUnknown' },
    ],
  ])('%s', (_, over, expected) => {
    expect(of(over)).toEqual(expected)
  })

  it.each([
    ['its settings are not told', null],
    ['it does not tell this one', {}],
  ])('is checked nobody knows when if of its leader %s', (_, broker) => {
    expect(of({ config: SEGMENTS }, broker)).toEqual({ ...WEEK, checkMs: null })
  })
})

describe('a topic of RocketMQ', () => {
  const GIB = 1024n ** 3n
  const marks = { deletesExpired: 0.75, deletesUnexpired: 0.85, refusesMessages: 0.9 }
  interface Told {
    retentionMs?: number | null
    deleteWhen?: string
    disk?: number | null
    logBytes?: bigint
  }
  const of = ({ retentionMs = 3 * DAY_MS, deleteWhen = '04', disk = 0.5, logBytes = 24n * GIB }: Told = {}) => {
    const rocketmq = aRocketmqBrokerState({
      ...{ retentionMs, diskMarks: marks },
      replication: {
        ...{ commitLogMinOffset: 0n, commitLogMaxOffset: logBytes, connectedSlaves: 1, inSync: true },
        ...{ behindBytes: 0n, behindMs: 0, lastReadAtMs: null },
      },
      runtime: aRuntime({ commitLogDiskRatio: disk, earliestMessageAtMs: NOW_MS - DAY_MS }),
    })
    const brokers = observeBrokers(
      [aRocketmqBroker('broker-a:0', { rocketmq, config: configOf({ deleteWhen }) })],
      [],
      [],
      NOW_MS,
    )
    return new Keepings(brokers, NOW_MS).of(
      aSeenTopic({ rocketmq: { deadLetterGroup: null, brokers: [] } }),
      'broker-a:0',
    )
  }
  const THREE_DAYS: KeepingOrNot = {
    ...{ retentionMs: 3 * DAY_MS, retentionBytes: null, isForced: false },
    ...{ spanMs: 2 * HOUR_MS, segmentBytes: null, checkMs: DAY_MS },
  }
  it.each<[string, Told, KeepingOrNot]>([
    ['keeps as long as the files of its broker', {}, THREE_DAYS],
    ['deleted at several hours', { deleteWhen: '04;10' }, { ...THREE_DAYS, checkMs: 18 * HOUR_MS }],
    ['deleted at an hour that nobody tells', { deleteWhen: 'noon' }, { ...THREE_DAYS, checkMs: null }],
    ['deleted at any hour on a full disk', { disk: 0.8 }, { ...THREE_DAYS, checkMs: MINUTE_MS }],
    ['deleted before its time on a fuller one', { disk: 0.86 }, { ...THREE_DAYS, checkMs: MINUTE_MS, isForced: true }],
    ['in the one file that is written to', { logBytes: GIB / 2n }, { ...THREE_DAYS, spanMs: null }],
    ['of unknown time', { retentionMs: null }, { state: 'unknown', because: 'retentionUnknown' }],
  ])('%s', (_, told, expected) => {
    expect(of(told)).toEqual(expected)
  })
})
