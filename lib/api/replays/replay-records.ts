/** What became of each record of a replay: pages for programs, and the whole as a report. */
import { csvLine } from '../../csv.ts'
import { HoldfastError } from '../../errors.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { OffsetRuns } from '../../inbox/offset-runs.ts'
import { placeKey } from '../../inbox/queues.ts'
import { editKey } from '../../replay/edits.ts'
import type { OutcomeRun, OutcomeTarget } from '../../replay/outcome-codec.ts'
import { isFinal } from '../../replay/replay-states.ts'
import type { ReplayJob, ReplayPart } from '../../replay/replay-types.ts'
import { fateOf, type TargetProgress } from '../../replay/target-progress.ts'
import { type Scope, seesPayloads } from '../../scope.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { ReplayRecordAnswer, ReplayRecordListAnswer } from '../schemas/replays.ts'
import { toIso, toNumber, toNumberOrNull } from '../serialize.ts'
import type { RecordsQuery } from './replay-query.ts'
import { outcomeText } from './replay-serializers.ts'

interface Place {
  ordinal: number
  offset: bigint
}

const ROWS_AT_ONCE = 20
/** A page of one outcome ends here even when it has few records or none: `nextCursor` goes on. */
const LOOKED_AT_ONCE = 20_000

export async function listRecords(
  context: RequestContext,
  job: ReplayJob,
  query: RecordsQuery,
): Promise<ReplayRecordListAnswer> {
  const from = query.cursor === undefined ? { ordinal: 0, offset: 0n } : parseCursor(query.cursor)
  const items: ReplayRecordAnswer[] = []
  let next: Place | null = null
  let looked = 0
  for await (const record of recordsFrom(context, job, from)) {
    if (items.length === query.limit || looked === LOOKED_AT_ONCE) {
      next = record.place
      break
    }
    looked += 1
    if (query.outcome === undefined || record.answer.outcome === query.outcome) items.push(record.answer)
  }
  return {
    items,
    nextCursor: next === null ? null : `${next.ordinal}.${next.offset}`,
    asOf: toIso(context.services.now()),
    total: toNumber(job.counts.selected),
  }
}

function parseCursor(text: string): Place {
  const parsed = /^(\d{1,9})\.(\d{1,19})$/.exec(text)
  if (parsed === null) throw new HoldfastError('bad_request', { path: 'query.cursor', issue: 'cursor' })
  return { ordinal: Number(parsed[1]), offset: BigInt(parsed[2] ?? 0) }
}

async function* recordsFrom({ services, scope, locale }: RequestContext, job: ReplayJob, from: Place) {
  const { store, progress } = services.replays
  const { ledger } = services.inbox
  const parts = await store.parts(job.id)
  const returns = (await ledger.returnedOf(job.id)).flatMap(({ places }) => places)
  const edited = editedRecords(job, scope)
  const target = await progress.targetProgress(job.id)
  for (const [ordinal, part] of parts.entries()) {
    if (ordinal < from.ordinal) continue
    const start = ordinal === from.ordinal ? from.offset : 0n
    const returned = returns.filter((one) => placeKey(one) === placeKey(part)).map(({ runs }) => runs)
    const facts = { returned, target, isOver: isFinal(job.state) && !job.hasOpenRun && !job.isWatched }
    const outcomes = new OutcomeCursor((at) => progress.outcomes(job.id, ordinal, at, ROWS_AT_ONCE))
    for (const range of part.selected.from(start)) {
      for (let offset = range.from; offset < range.to; offset += 1n) {
        const run = await outcomes.at(offset)
        const outcome = run === null ? undecided(job, part, offset, locale) : toAnswer(part, offset, run, facts, locale)
        const answer = { ...outcome, edited: edited.get(editKey(part, offset)) ?? null }
        yield { place: { ordinal, offset }, answer }
      }
    }
  }
}

/** By `editKey`. Of a short value its digest tells what it was: it is for those who may read payloads. */
function editedRecords({ request, facts }: ReplayJob, scope: Scope): Map<string, ReplayRecordAnswer['edited']> {
  const isShown = seesPayloads(scope, { cluster: request.clusterId, topic: request.topic })
  return new Map(
    (facts?.edited ?? []).map(({ before, after, ...place }) => [
      editKey(place, place.offset),
      isShown ? { before, after } : { before: null, after: null },
    ]),
  )
}

type ReadOutcomes = (from: bigint) => Promise<{ nextOffset: bigint; runs: OutcomeRun[] }[]>

/** Goes through the stored runs beside the offsets, which rise. */
class OutcomeCursor {
  readonly #read: ReadOutcomes
  #runs: OutcomeRun[] = []
  #index = 0
  #readTo: bigint | null = null
  #isEnd = false

  constructor(read: ReadOutcomes) {
    this.#read = read
  }

  /** Null: nothing was decided about it yet, or the plan leaves it out. */
  async at(offset: bigint): Promise<OutcomeRun | null> {
    if (!this.#isEnd && (this.#readTo === null || offset >= this.#readTo)) await this.#fill(offset)
    while (this.#index < this.#runs.length && (this.#runs[this.#index] as OutcomeRun).to <= offset) this.#index += 1
    const run = this.#runs[this.#index]
    return run !== undefined && run.from <= offset ? run : null
  }

  async #fill(offset: bigint): Promise<void> {
    const rows = await this.#read(offset)
    this.#runs = rows.flatMap(({ runs }) => runs)
    this.#index = 0
    this.#readTo = rows.at(-1)?.nextOffset ?? offset
    this.#isEnd = rows.length < ROWS_AT_ONCE
  }
}

type Outcome = Omit<ReplayRecordAnswer, 'edited'>

const sourceOf = ({ partition, broker }: ReplayPart, offset: bigint): Outcome['source'] => ({
  ...{ partition, broker, offset: toNumber(offset) },
})

/** Nothing stands written of it: it is left out, waits for its turn, or never had one. */
function undecided({ state, hasOpenRun }: ReplayJob, part: ReplayPart, offset: bigint, locale: Locale): Outcome {
  const source = sourceOf(part, offset)
  const skip = part.skips.find(({ offsets }) => offsets.has(offset))?.code
  if (skip !== undefined) {
    return { source, target: null, outcome: 'skipped', because: skip, message: outcomeText('skipped', skip, locale) }
  }
  // What an ended one sent last may not be written down yet.
  const outcome = isFinal(state) && !hasOpenRun ? 'notSent' : 'waiting'
  return { source, target: null, outcome, because: null, message: null }
}

interface LaterFacts {
  returned: readonly OffsetRuns[]
  target: TargetProgress
  /** Nobody looks any more what becomes of it. */
  isOver: boolean
}

function toAnswer(part: ReplayPart, offset: bigint, run: OutcomeRun, facts: LaterFacts, locale: Locale): Outcome {
  const source = sourceOf(part, offset)
  if (run.failure !== null) {
    const message = outcomeText('failures', run.failure, locale)
    return { source, target: null, outcome: 'failed', because: run.failure, message }
  }
  const targetOffset = run.targetOffset === null ? null : run.targetOffset + (offset - run.from)
  const outcome = fateAnswer(run.target, targetOffset, offset, facts)
  const note = run.isUnconfirmed ? 'unconfirmed' : null
  const told = note ?? (outcome === 'expiredInTarget' || outcome === 'unknown' ? outcome : null)
  return {
    source,
    target: { ...run.target, offset: toNumberOrNull(targetOffset) },
    outcome,
    because: note,
    message: told === null ? null : outcomeText('notes', told, locale),
  }
}

function fateAnswer(
  place: OutcomeTarget,
  targetOffset: bigint | null,
  offset: bigint,
  { returned, target, isOver }: LaterFacts,
): Outcome['outcome'] {
  if (returned.some((runs) => runs.has(offset))) return 'returned'
  const fate = targetOffset === null ? 'open' : fateOf(target, place, targetOffset)
  if (fate === 'open') return isOver ? 'unknown' : 'produced'
  return FATES[fate]
}

const FATES = { delivered: 'delivered', expired: 'expiredInTarget', unseen: 'unknown' } as const

const CSV_HEADER = [
  ...['sourceTopic', 'sourceBroker', 'sourcePartition', 'sourceOffset'],
  ...[
    'outcome',
    'because',
    'targetCluster',
    'targetTopic',
    'targetBroker',
    'targetPartition',
    'targetOffset',
    'message',
    'sha256Before',
    'sha256After',
  ],
]
const CHUNK_CHARS = 64 * 1_024

/** Made while it is taken: a report of any length takes no more memory than a page of it. */
export async function* recordsAsCsv(context: RequestContext, job: ReplayJob): AsyncGenerator<string> {
  const { topic, target } = job.request
  let text = `${csvLine(CSV_HEADER)}\r\n`
  for await (const { answer } of recordsFrom(context, job, { ordinal: 0, offset: 0n })) {
    const { source, target: sent, outcome, because, message, edited } = answer
    const place =
      sent === null
        ? [null, null, null, null, null]
        : [target.clusterId, sent.topic, sent.broker, sent.partition, sent.offset]
    const cells = [topic, source.broker, source.partition, source.offset, outcome, because, ...place, message]
    cells.push(edited?.before ?? null, edited?.after ?? null)
    text += `${csvLine(cells)}\r\n`
    if (text.length >= CHUNK_CHARS) {
      yield text
      text = ''
    }
  }
  yield text
}
