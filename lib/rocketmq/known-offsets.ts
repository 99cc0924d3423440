/** Committed offsets of a broker whose master is silent: what the slave's copy adds to what the master told before. */
import type { OffsetTable } from './rocketmq-requests.ts'

type Offsets = (bigint | undefined)[]

/**
 * Slaves copy offsets every ten seconds to a minute, so one below what the master told is old news and not a commit:
 * that queue is left out, as unknown.
 */
export function withoutStale(copy: OffsetTable, known: OffsetTable): OffsetTable {
  const isStale = (offset: bigint | undefined, told: bigint | undefined) =>
    offset !== undefined && told !== undefined && offset < told
  return mapped(copy, known, (offsets, told) =>
    offsets.map((offset, queue) => (isStale(offset, told[queue]) ? undefined : offset)),
  )
}

/** `now` over `before`, queue by queue. */
export function merged(before: OffsetTable, now: OffsetTable): OffsetTable {
  if (before.size === 0) return now
  const over = mapped(now, before, (offsets, earlier) =>
    Array.from({ length: Math.max(offsets.length, earlier.length) }, (_, queue) => offsets[queue] ?? earlier[queue]),
  )
  const table = new Map(before)
  for (const [group, topics] of over) table.set(group, new Map([...(before.get(group) ?? []), ...topics]))
  return table
}

/** @param change gets a topic's offsets of both tables; those of `other` are empty where it has none */
function mapped(
  table: OffsetTable,
  other: OffsetTable,
  change: (offsets: Offsets, ofOther: Offsets) => Offsets,
): OffsetTable {
  const ofGroup = (group: string, topics: ReadonlyMap<string, Offsets>) =>
    new Map([...topics].map(([topic, offsets]) => [topic, change(offsets, other.get(group)?.get(topic) ?? [])]))
  return new Map([...table].map(([group, topics]) => [group, ofGroup(group, topics)]))
}
