/** What is known of a selection before it is planned: about how many records, where they came from, who failed. Pure. */
import type { CauseAnswer, CauseListAnswer, SelectionInput } from '../api/schemas/dead-letters.ts'
import type { DlqAnswer } from '../api/schemas/dlqs.ts'

export interface SelectionFacts {
  /** Null: only the plan can tell. */
  records: number | null
  /** `records` is the most that it can be. */
  isUpperBound: boolean
  /** The causes that were chosen, as far as they are known. */
  causes: readonly CauseAnswer[]
  originTopics: readonly string[]
  /** The groups that failed. */
  groups: readonly string[]
}

function distinct(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort()
}

/** Fields combine by AND, so that each of them alone bounds the number from above. */
function recordsOf(
  selection: SelectionInput,
  chosen: readonly CauseAnswer[],
  causes: CauseListAnswer | undefined,
  dlq: DlqAnswer | undefined,
): Pick<SelectionFacts, 'records' | 'isUpperBound'> {
  const { all: _, includeHandled, ...narrowing } = selection
  const isNarrowed = Object.keys(narrowing).length > 1
  if (selection.offsets !== undefined) {
    return { records: selection.offsets.length, isUpperBound: isNarrowed || includeHandled !== true }
  }
  if (includeHandled === true) return { records: null, isUpperBound: false }
  if (selection.causes !== undefined) {
    const isKnown = causes?.complete === true && chosen.length === selection.causes.length
    if (!isKnown) return { records: null, isUpperBound: false }
    return { records: chosen.reduce((sum, { count }) => sum + count, 0), isUpperBound: isNarrowed }
  }
  const isWhole = Object.keys(narrowing).length === 0
  return { records: dlq?.depth ?? null, isUpperBound: !isWhole || dlq?.depthIsUpperBound !== false }
}

export function selectionFacts(
  selection: SelectionInput,
  causes: CauseListAnswer | undefined,
  dlq: DlqAnswer | undefined,
): SelectionFacts {
  const all = causes?.items ?? []
  const chosen =
    selection.causes === undefined ? [] : all.filter(({ fingerprint }) => selection.causes?.includes(fingerprint))
  const about = chosen.length > 0 ? chosen : all
  const originTopics = distinct(about.map((cause) => cause.originTopics))
  const groups = distinct(about.map((cause) => cause.groups))
  return {
    ...recordsOf(selection, chosen, causes, dlq),
    causes: chosen,
    originTopics: originTopics.length > 0 ? originTopics : (dlq?.sourceTopics ?? []),
    groups: groups.length > 0 ? groups : (dlq?.groups ?? []),
  }
}

const RETRY_MARK = /^[-_.]retry/

/** Names of retry topics that belong to these origins: what Spring and its kin make beside a topic. */
export function retryTopicsOf(origins: readonly string[], retryTopics: readonly string[]): string[] {
  return retryTopics.filter((name) =>
    origins.some((origin) => name.startsWith(origin) && RETRY_MARK.test(name.slice(origin.length))),
  )
}
