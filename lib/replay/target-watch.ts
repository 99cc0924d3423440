/** What a running replay does to others, as the newest polls saw it. It asks no broker. */
import type { SnapshotReader } from '../history/snapshot-store.ts'
import { isStale } from '../history/staleness.ts'
import type { GroupLag, Sight, TargetHealth } from './brake.ts'
import { targetKey } from './outcome-codec.ts'
import type { DeliveredBy } from './replay-types.ts'
import type { ReadTo } from './target-progress.ts'

export interface TargetView {
  groups: GroupLag[]
  lagByGroup: Record<string, number | null>
  targets: TargetHealth[]
  sight: Sight
}

/** How far the target was read, by partition, and by whom. */
export interface Passed {
  upTo: Map<string, ReadTo>
  by: DeliveredBy
}

export interface TargetWatch {
  /** Records of this replay that came back, as far as was seen. */
  readonly returned: number
  look(): Promise<TargetView>
  /** Null when the progress of the groups that count is not known. */
  passed(): Promise<Passed | null>
}

export interface TargetWatchOptions {
  snapshots: SnapshotReader
  clusterId: string
  topics: readonly string[]
  /** The groups that failed, where they are known: theirs is the progress that counts. */
  failedGroups: readonly string[]
  /** They ought to read the target. Nobody else's progress then stands for theirs. */
  isFailedGroupExpected: boolean
  now(): number
  /** Counts what came back. */
  returned(): Promise<bigint>
}

/** More targets than this are looked at in turns of this size. */
const MOST_TOPICS = 200

export function createTargetWatch(options: TargetWatchOptions): TargetWatch {
  const { snapshots, clusterId } = options
  const topics = new Set(options.topics)
  let returned = 0
  const readers = async () => {
    const rows = (await snapshots.groups(clusterId)) ?? []
    const reading = rows.filter((row) => row.topics.some((topic) => topics.has(topic)))
    const groups = await Promise.all(reading.map(({ id }) => snapshots.group(clusterId, id)))
    return groups.filter((group) => group !== null)
  }
  const sight = async (): Promise<Sight> => {
    const summary = await snapshots.summary(clusterId)
    const lastAtMs = summary?.lastPollAtMs ?? null
    return { isClear: lastAtMs !== null && !isStale(lastAtMs, summary?.pollIntervalMs ?? 0, options.now()), lastAtMs }
  }
  return {
    get returned() {
      return returned
    },
    async look() {
      returned = Number(await options.returned())
      const groups = (await readers()).map((group): GroupLag => {
        const partitions = (group.partitions ?? []).filter(({ topic }) => topics.has(topic))
        const known = partitions.flatMap(({ lagMessages }) => lagMessages ?? [])
        return {
          group: group.id,
          lagMessages: known.length === 0 ? null : known.reduce((sum, lag) => sum + lag, 0n),
          isIdle: group.memberCount === 0,
        }
      })
      const rows = ((await snapshots.topics(clusterId)) ?? []).filter(({ name }) => topics.has(name))
      const lags = groups.map(({ group, lagMessages: lag }) => [group, lag === null ? null : Number(lag)])
      return {
        groups,
        lagByGroup: Object.fromEntries(lags),
        targets: rows.slice(0, MOST_TOPICS).map(({ name, durability }) => ({ topic: name, durability })),
        sight: await sight(),
      }
    },
    async passed() {
      const reading = (await readers()).filter(({ partitions }) => partitions !== null)
      const failed = reading.filter(({ id }) => options.failedGroups.includes(id))
      const haveFailed = failed.length > 0
      if (!haveFailed && options.isFailedGroupExpected && options.failedGroups.length > 0) return null
      const counting = haveFailed ? failed : liveOnes(reading)
      if (counting.length === 0) return null
      const groups = counting.map(({ id }) => id).sort()
      return { by: { groups, haveFailed }, upTo: leastCommitted(counting, topics) }
    },
  }
}

/** What nobody runs any more stands still for ever; where all are like that, they are all there is. */
function liveOnes<T extends { memberCount: number | null }>(groups: T[]): T[] {
  const live = groups.filter(({ memberCount }) => memberCount !== 0)
  return live.length > 0 ? live : groups
}

type Reading = {
  partitions:
    | {
        topic: string
        partition: number
        broker: string | null
        committedOffset: bigint | null
        startOffset: bigint | null
      }[]
    | null
}

/** A partition counts as far as the slowest of them has read it. */
function leastCommitted(groups: readonly Reading[], topics: ReadonlySet<string>): Map<string, ReadTo> {
  const passed = new Map<string, ReadTo>()
  for (const { partitions } of groups) {
    for (const place of partitions ?? []) {
      if (!topics.has(place.topic) || place.committedOffset === null) continue
      const key = targetKey(place)
      const known = passed.get(key)
      // Both of one group: two of them may come from two polls.
      const readTo = { committed: place.committedOffset, start: place.startOffset }
      if (known === undefined || readTo.committed < known.committed) passed.set(key, readTo)
    }
  }
  return passed
}
