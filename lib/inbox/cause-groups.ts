/** Dead letters by what they have in common: how many are open, since when, how they arrive, and one of them. Pure. */
import type { Sample } from './cause-book.ts'
import { type GroupKey, groupOf, type KindNames } from './group-keys.ts'
import type { QueueCounts } from './open-counter.ts'
import { fromStoredBroker, placeKey } from './queues.ts'
import { TREND_STEPS, type Trends } from './trend.ts'

export interface CauseGroup {
  /** Its name, by which it can be selected. */
  fingerprint: string
  exception: string | null
  message: string | null
  frame: string | null
  format: string | null
  open: number
  handled: number
  /** Gone before anybody handled them, as far as the index remembers. */
  expired: number
  returned: number
  firstSeenAtMs: number | null
  lastSeenAtMs: number | null
  trend: number[]
  originTopics: string[]
  groups: string[]
  /** Null when it has expired. */
  sample: Sample | null
  fixFirst: boolean
}

/** Of an hour: fewer arrivals say nothing, and of more a cause must have this share. */
const FIX_FIRST_ARRIVALS = 20
const FIX_FIRST_SHARE = 0.7
const SHOWN_NAMES = 20

interface Draft {
  group: CauseGroup
  recent: number
  causeIds: Set<number>
  originIds: Map<number, number>
}

export function causeGroups(key: GroupKey, counts: QueueCounts, names: KindNames, trends: Trends): CauseGroup[] {
  const drafts = new Map<string, Draft>()
  for (const kind of counts.kinds) {
    const name = groupOf(kind, key, names)
    if (name === null) continue
    const draft = drafts.get(name) ?? newDraft(name)
    drafts.set(name, draft)
    draft.group.open += kind.open
    draft.group.handled += kind.handled
    draft.group.expired += kind.expired
    draft.group.returned += kind.returned
    draft.causeIds.add(kind.causeId)
    draft.originIds.set(kind.originId, (draft.originIds.get(kind.originId) ?? 0) + kind.open + kind.handled)
  }
  for (const { arrivals, recent, ...kind } of trends.kinds) {
    const draft = drafts.get(groupOf(kind, key, names) ?? '')
    if (draft === undefined) continue
    draft.recent += recent
    arrivals.forEach((count, step) => {
      draft.group.trend[step] = (draft.group.trend[step] as number) + count
    })
  }
  const all = [...drafts.values()]
  for (const draft of all) describe(draft, key, names, counts)
  markFixFirst(all)
  return all.map(({ group }) => group)
}

function newDraft(fingerprint: string): Draft {
  return {
    group: {
      ...{ fingerprint, exception: null, message: null, frame: null, format: null },
      ...{ open: 0, handled: 0, expired: 0, returned: 0 },
      ...{ firstSeenAtMs: null, lastSeenAtMs: null, trend: new Array<number>(TREND_STEPS).fill(0) },
      ...{ originTopics: [], groups: [], sample: null, fixFirst: false },
    },
    recent: 0,
    causeIds: new Set(),
    originIds: new Map(),
  }
}

function describe(draft: Draft, key: GroupKey, names: KindNames, counts: QueueCounts): void {
  const { group } = draft
  const causes = [...draft.causeIds].flatMap((id) => names.causes.get(id) ?? [])
  const origins = [...draft.originIds]
    .sort(([, one], [, other]) => other - one)
    .flatMap(([id]) => names.origins.get(id) ?? [])
  const seen = key === 'cause' || key === 'exception' ? causes : origins
  const [only] = causes
  if (key === 'cause' || key === 'exception') group.exception = only?.exception ?? null
  if (key === 'cause') {
    group.message = only?.message ?? null
    group.frame = only?.frame ?? null
  }
  group.format = causes.find(({ format }) => format !== null)?.format ?? null
  group.originTopics = distinct(origins.map(({ topic }) => topic))
  group.groups = distinct(origins.map((origin) => origin.group))
  for (const row of seen) {
    group.firstSeenAtMs = least(group.firstSeenAtMs, row.firstSeenAtMs)
    group.lastSeenAtMs = most(group.lastSeenAtMs, row.lastSeenAtMs)
  }
  const newest = seen.reduce(
    (best, row) => ((row.lastSeenAtMs ?? -1n) > (best.lastSeenAtMs ?? -1n) ? row : best),
    seen[0] as (typeof seen)[number],
  )
  const sample = {
    partition: newest.samplePartition,
    broker: fromStoredBroker(newest.sampleBroker),
    offset: newest.sampleOffset,
    message: newest.sampleMessage,
  }
  const place = counts.partitions.find((partition) => placeKey(partition) === placeKey(sample))
  group.sample = place !== undefined && sample.offset >= place.startOffset ? sample : null
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names.filter((name) => name !== ''))].slice(0, SHOWN_NAMES)
}

function least(known: number | null, value: bigint | null): number | null {
  if (value === null) return known
  return known === null ? Number(value) : Math.min(known, Number(value))
}

function most(known: number | null, value: bigint | null): number | null {
  if (value === null) return known
  return known === null ? Number(value) : Math.max(known, Number(value))
}

function markFixFirst(drafts: readonly Draft[]): void {
  const arrivals = drafts.reduce((sum, { recent }) => sum + recent, 0)
  if (arrivals < FIX_FIRST_ARRIVALS) return
  for (const { group, recent } of drafts) group.fixFirst = recent >= arrivals * FIX_FIRST_SHARE
}
