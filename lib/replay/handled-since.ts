/**
 * What others did to the records of a plan after it pinned them. Told by the marks of the ledger then and now, and by no
 * clock: a replay that began before the plan goes on marking after it, and processes have clocks of their own.
 */
import type { PartitionPlace } from '../cluster/messages.ts'
import type { HandledLedger } from '../inbox/handled-ledger.ts'
import { type OffsetRuns, OffsetRunsBuilder } from '../inbox/offset-runs.ts'
import type { ReplayPart } from './replay-types.ts'

export interface HandledSince {
  place: PartitionPlace
  runs: OffsetRuns
  /** The replay that did it; null when a person archived them. */
  replayId: string | null
}

/** @param jobId whose own marks do not count */
export async function handledSince(
  ledger: Pick<HandledLedger, 'read' | 'actions'>,
  queueId: number,
  jobId: string,
  parts: readonly ReplayPart[],
): Promise<HandledSince[]> {
  const found: HandledSince[] = []
  for (const part of parts) {
    const now = await marksOf(ledger, queueId, part)
    const actions = await ledger.actions([...now.keys()])
    for (const [actionId, runs] of now) {
      const replayId = actions.get(actionId)?.replayId ?? null
      const before = part.handled.find((one) => one.actionId === actionId)?.offsets
      const since = before === undefined ? runs : runs.subtract(before)
      if (replayId !== jobId && !since.isEmpty) found.push({ place: part, runs: since, replayId })
    }
  }
  return found
}

/** Of the selected records that are not decided yet, by action. */
async function marksOf(
  ledger: Pick<HandledLedger, 'read'>,
  queueId: number,
  part: ReplayPart,
): Promise<Map<number, OffsetRuns>> {
  const { selected, nextOffset } = part
  const builders = new Map<number, OffsetRunsBuilder>()
  for await (const { from, to, actionId } of ledger.read(queueId, part, nextOffset, selected.end ?? nextOffset)) {
    const builder = builders.get(actionId) ?? new OffsetRunsBuilder()
    builders.set(actionId, builder)
    builder.add(from, to)
  }
  return new Map([...builders].map(([actionId, builder]) => [actionId, builder.build().intersect(selected)]))
}
