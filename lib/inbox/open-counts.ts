import type { Database } from '../db.ts'
import type { OpenCount } from '../durability/unresolved.ts'

/** What was counted last of each queue of a cluster, by topic: one query, whatever the queues hold. */
export async function readOpenCounts({ client }: Database, clusterId: string): Promise<Map<string, OpenCount>> {
  const rows = await client.dlqQueue.findMany({ where: { clusterId }, orderBy: { incarnation: 'asc' } })
  const counts = new Map<string, OpenCount>()
  for (const row of rows) {
    // Of several lives of a topic the last one counts, also when nothing of it was read yet.
    counts.delete(row.topic)
    if (row.openCount === null || row.scannedEnds === null) continue
    counts.set(row.topic, {
      topicId: row.topicId,
      open: row.openCount,
      scannedEnds: row.scannedEnds,
      isComplete: row.isComplete,
      oldestOpenAtMs: row.oldestOpenAtMs === null ? null : Number(row.oldestOpenAtMs),
      format: row.format,
      originTopics: row.originTopics as string[],
      groups: row.groups as string[],
    })
  }
  return counts
}
