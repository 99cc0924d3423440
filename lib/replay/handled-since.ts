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
  plannedAtMs: number,
  parts: readonly ReplayPart[],
): Promise<HandledSince[]> {
  const found: HandledSince[] = []
  for (const part of parts) {
    const now = await marksOf(ledger, queueId, part)
    const pinned = part.handled ?? []
    const actions = await ledger.actions([...now.keys(), ...pinned.map(({ actionId }) => actionId)])
    const replayOf = (actionId: number): string | null => actions.get(actionId)?.replayId ?? null
    for (const [actionId, runs] of now) {
      const replayId = replayOf(actionId)
      if (replayId === jobId) continue
      // A plan that was made before marks were pinned has nothing but the times to go by.
      if (part.handled === null && (actions.get(actionId)?.atMs ?? 0) <= plannedAtMs) continue
      // What a replay had sent before, and came back meanwhile, has another mark of the same replay: nobody sent it again.
      const known = pinned.filter((one) => one.actionId === actionId || isSame(replayOf(one.actionId), replayId))
      const since = known.reduce((rest, { offsets }) => rest.subtract(offsets), runs)
      if (!since.isEmpty) found.push({ place: part, runs: since, replayId })
    }
  }
  return found
}

function isSame(one: string | null, other: string | null): boolean {
  return one !== null && one === other
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
