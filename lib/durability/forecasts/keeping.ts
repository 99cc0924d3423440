/** How long a log keeps what it stores: what its system's settings say, in one shape for both. */
import { DAY_MS, MINUTE_MS } from '../../units.ts'
import type { ForecastReason, ObservedBroker, ObservedTopic } from '../observation.ts'
import { numberOf, textOf } from '../rules/rule.ts'
import { NEVER_MS } from './range.ts'

export interface Keeping {
  /** Null: time deletes nothing. */
  retentionMs: number | null
  /** Per partition; null: size deletes nothing. */
  retentionBytes: number | null
  /**
   * Records are deleted by whole files (Kafka: segments). The last record of a file was written at most this long after
   * any other of it; null: not known.
   */
  spanMs: number | null
  /** A file holds at most so much; null where a partition has no files of its own. */
  segmentBytes: number | null
  /** What is due is deleted at most this much later; null: not known. */
  checkMs: number | null
  /** The disk is so full that the system deletes what is not due. */
  isForced: boolean
}

/** Why nothing is deleted, or why that is not known. */
export interface NoKeeping {
  state: 'none' | 'unknown'
  because: ForecastReason
}

export type KeepingOrNot = Keeping | NoKeeping

export function isKeeping(keeping: KeepingOrNot): keeping is Keeping {
  return !('because' in keeping)
}

/** RocketMQ's default size of a file of the commit log. */
const COMMIT_LOG_FILE_BYTES = 1024 * 1024 * 1024
/** Traffic is not even: a file may take this many times as long to fill as on the average. */
const UNEVEN = 2
/** RocketMQ looks every ten seconds and deletes some files at a time. */
const IMMEDIATE_MS = MINUTE_MS
const HOURS_PER_DAY = 24
const UNLIMITED = -1n

/** Of one poll. A topic's partitions share what their leaders have in common. */
export class Keepings {
  readonly #brokers: ReadonlyMap<string, ObservedBroker>
  readonly #nowMs: number
  readonly #ofTopics = new Map<string, Map<string | null, KeepingOrNot>>()
  readonly #ofBrokers = new Map<string, KeepingOrNot>()

  constructor(brokers: readonly ObservedBroker[], nowMs: number) {
    this.#brokers = new Map(brokers.map((broker) => [broker.id, broker]))
    this.#nowMs = nowMs
  }

  of(topic: ObservedTopic, leader: string | null): KeepingOrNot {
    return topic.rocketmq === null ? this.#ofTopic(topic, leader) : this.#ofBroker(leader)
  }

  #ofTopic(topic: ObservedTopic, leader: string | null): KeepingOrNot {
    const byLeader = this.#ofTopics.get(topic.name) ?? new Map<string | null, KeepingOrNot>()
    this.#ofTopics.set(topic.name, byLeader)
    let keeping = byLeader.get(leader)
    if (keeping === undefined) {
      keeping = kafkaKeeping(topic, this.#brokers.get(leader ?? '') ?? null)
      byLeader.set(leader, keeping)
    }
    return keeping
  }

  #ofBroker(id: string | null): KeepingOrNot {
    const known = this.#ofBrokers.get(id ?? '')
    if (known !== undefined) return known
    const keeping = rocketmqKeeping(this.#brokers.get(id ?? '') ?? null, this.#nowMs)
    this.#ofBrokers.set(id ?? '', keeping)
    return keeping
  }
}

function kafkaKeeping({ settings, config }: ObservedTopic, leader: ObservedBroker | null): KeepingOrNot {
  const { retentionMs, retentionBytes, cleanupPolicy } = settings
  if (cleanupPolicy === null) return { state: 'unknown', because: 'retentionUnknown' }
  // An empty policy (from 4.2) never deletes; compaction deletes a record only when there is a newer one of its key.
  if (!cleanupPolicy.split(',').includes('delete')) {
    return { state: 'none', because: cleanupPolicy === '' ? 'noRetention' : 'retentionByKey' }
  }
  if (retentionMs === null || retentionBytes === null) return { state: 'unknown', because: 'retentionUnknown' }
  const limits = { retentionMs: limitOf(retentionMs), retentionBytes: limitOf(retentionBytes) }
  if (limits.retentionMs !== null && limits.retentionMs > NEVER_MS) limits.retentionMs = null
  if (limits.retentionMs === null && limits.retentionBytes === null) return { state: 'none', because: 'noRetention' }
  // What lies in remote storage counts, and DescribeLogDirs does not tell it.
  const isTiered = textOf(config, 'remote.storage.enable') === 'true'
  if (isTiered && limits.retentionBytes !== null) return { state: 'unknown', because: 'sizeUnknown' }
  return {
    ...limits,
    spanMs: numberOf(config, 'segment.ms'),
    segmentBytes: numberOf(config, 'segment.bytes'),
    checkMs: numberOf(leader?.config ?? null, 'log.retention.check.interval.ms'),
    isForced: false,
  }
}

function limitOf(limit: bigint): number | null {
  return limit === UNLIMITED ? null : Number(limit)
}

/** All topics of a broker share one log, whose files go by the time of their last change. */
function rocketmqKeeping(master: ObservedBroker | null, nowMs: number): KeepingOrNot {
  const state = master?.rocketmq ?? null
  if (master === null || state?.retentionMs == null) return { state: 'unknown', because: 'retentionUnknown' }
  const used = state.runtime?.commitLogDiskRatio ?? null
  const marks = state.diskMarks
  const isAtAnyHour = used !== null && marks !== null && used >= marks.deletesExpired
  return {
    retentionMs: state.retentionMs,
    retentionBytes: null,
    spanMs: fillMs(master, nowMs),
    segmentBytes: null,
    checkMs: isAtAnyHour ? IMMEDIATE_MS : hoursApartMs(textOf(master.config, 'deleteWhen')),
    isForced: used !== null && marks?.deletesUnexpired != null && used >= marks.deletesUnexpired,
  }
}

/** How long a file of the commit log takes to fill, from how long the whole log took; null when not known. */
function fillMs({ rocketmq, config }: ObservedBroker, nowMs: number): number | null {
  const { commitLogMinOffset = null, commitLogMaxOffset = null } = rocketmq?.replication ?? {}
  const sinceMs = rocketmq?.runtime?.earliestMessageAtMs ?? null
  if (commitLogMinOffset === null || commitLogMaxOffset === null || sinceMs === null) return null
  const bytes = Number(commitLogMaxOffset - commitLogMinOffset)
  const fileBytes = numberOf(config, 'mappedFileSizeCommitLog') ?? COMMIT_LOG_FILE_BYTES
  // The file that is written to is never deleted, and nobody knows when the first one will be full.
  if (bytes < fileBytes || nowMs <= sinceMs) return null
  return (UNEVEN * fileBytes * (nowMs - sinceMs)) / bytes
}

/** `deleteWhen`: hours of the broker's day, "04" or "04;16". In which zone it counts is not known, so the longest wait. */
function hoursApartMs(deleteWhen: string | null): number | null {
  const hours = (deleteWhen ?? '').split(';').flatMap((text) => (/^\d{1,2}$/.test(text.trim()) ? Number(text) : []))
  if (hours.length === 0) return null
  const sorted = hours.toSorted((one, other) => one - other)
  const gaps = sorted.map((hour, index) => (sorted[index + 1] ?? (sorted[0] ?? 0) + HOURS_PER_DAY) - hour)
  return (Math.max(...gaps) / HOURS_PER_DAY) * DAY_MS
}
