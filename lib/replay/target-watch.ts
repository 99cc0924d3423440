/** What a running replay does to others, as the newest polls saw it. It asks no broker. */
import type { SnapshotReader } from '../history/snapshot-store.ts'
import type { GroupLag, TargetHealth } from './brake.ts'
import { targetKey } from './outcome-codec.ts'

export interface TargetView {
  groups: GroupLag[]
  lagByGroup: Record<string, number>
  targets: TargetHealth[]
}

export interface TargetWatch {
  /** Records of this replay that came back, as far as was seen. */
  readonly returned: number
  look(): Promise<TargetView>
  /** Up to where the groups have read each target partition; null when no group's progress is known. */
  passed(): Promise<Map<string, bigint> | null>
}

export interface TargetWatchOptions {
  snapshots: SnapshotReader
  clusterId: string
  topics: readonly string[]
  /** The groups that failed, where they are known: theirs is the progress that counts. */
  failedGroups: readonly string[]
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
      return {
        groups,
        lagByGroup: Object.fromEntries(groups.map(({ group, lagMessages }) => [group, Number(lagMessages ?? 0n)])),
        targets: rows.slice(0, MOST_TOPICS).map(({ name, durability }) => ({ topic: name, durability })),
      }
    },
    async passed() {
      const reading = await readers()
      const failed = reading.filter(({ id }) => options.failedGroups.includes(id))
      const counting = (failed.length > 0 ? failed : reading).filter(({ partitions }) => partitions !== null)
      if (counting.length === 0) return null
      return leastCommitted(counting, topics)
    },
  }
}

type Reading = {
  partitions: { topic: string; partition: number; broker: string | null; committedOffset: bigint | null }[] | null
}

/** A partition counts as far as the slowest of them has read it. */
function leastCommitted(groups: readonly Reading[], topics: ReadonlySet<string>): Map<string, bigint> {
  const passed = new Map<string, bigint>()
  for (const { partitions } of groups) {
    for (const place of partitions ?? []) {
      if (!topics.has(place.topic) || place.committedOffset === null) continue
      const key = targetKey(place)
      const known = passed.get(key)
      if (known === undefined || place.committedOffset < known) passed.set(key, place.committedOffset)
    }
  }
  return passed
}
