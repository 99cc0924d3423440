/**
 * Writes to the ledger of the queue with the given id as one of two processes:
 * `node write-ledger.ts URL QUEUE KIND FIRST`. Marks every second record from FIRST on, one at a time.
 */
import { openDatabase } from '../../../lib/db.ts'
import { type ActionKind, createHandledLedger } from '../../../lib/inbox/handled-ledger.ts'
import { OffsetRuns } from '../../../lib/inbox/offset-runs.ts'

export const MARKED_BY_EACH = 60

if (import.meta.main) {
  const [url = '', queueId, kind, first] = process.argv.slice(2)
  const database = await openDatabase(url)
  const ledger = createHandledLedger(database)
  const replayId = kind === 'replay' ? 'job-1' : null
  for (let at = 0; at < MARKED_BY_EACH; at += 1) {
    const from = BigInt(first ?? 0) + BigInt(2 * at)
    const action = { kind: kind as ActionKind, actor: 'test', atMs: 1, note: null, replayId }
    const runs = OffsetRuns.of([{ from, to: from + 1n }])
    await ledger.mark(Number(queueId), action, [{ partition: 0, broker: null, runs }])
  }
  await database.close()
}
