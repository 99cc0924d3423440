/** Which dead letters a page is about, as its address holds it: the same names as in the API's `selection`. Pure. */
import type { SelectionInput } from '../api/schemas/dead-letters.ts'

/** A page's query, however it was read. */
export interface QuerySource {
  get(name: string): string | null
}

type Offset = NonNullable<SelectionInput['offsets']>[number]

/** `2:1407`, on RocketMQ `broker-a:2:1407`. Null: not a place at all. */
function parseOffset(text: string): Offset | null {
  const match = /^(?:(.+)[:/])?(\d{1,10})[:@-](\d{1,16})$/.exec(text)
  if (match === null) return null
  const [, broker, partition, offset] = match
  const place = { partition: Number(partition), offset: Number(offset) }
  if (!Number.isSafeInteger(place.offset)) return null
  return broker === undefined ? place : { ...place, broker }
}

export function offsetText({ partition, broker, offset }: Offset): string {
  return broker === null || broker === undefined ? `${partition}:${offset}` : `${broker}:${partition}:${offset}`
}

function listed(text: string | null): string[] {
  return (text ?? '').split(',').filter((part) => part !== '')
}

/** Null: the address selects nothing, and nothing must never mean everything. */
export function selectionOf(query: QuerySource): SelectionInput | null {
  const causes = listed(query.get('causes'))
  const offsets = listed(query.get('offsets')).flatMap((text) => parseOffset(text) ?? [])
  const texts = Object.fromEntries(
    (['fromTime', 'toTime', 'key', 'q'] as const).flatMap((name) => {
      const value = query.get(name)
      return value === null || value === '' ? [] : [[name, value]]
    }),
  )
  const chosen: SelectionInput = {
    ...(query.get('all') === 'true' ? { all: true as const } : {}),
    ...(causes.length === 0 ? {} : { causes }),
    ...(offsets.length === 0 ? {} : { offsets }),
    ...texts,
  }
  if (Object.keys(chosen).length === 0) return null
  return query.get('includeHandled') === 'true' ? { ...chosen, includeHandled: true } : chosen
}

/** The address of the wizard for a selection. */
export function newReplayHref(clusterId: string, topic: string, selection: SelectionInput): string {
  const { causes, offsets, all, includeHandled, ...texts } = selection
  const query = new URLSearchParams({ cluster: clusterId, topic })
  if (all === true) query.set('all', 'true')
  if (causes !== undefined) query.set('causes', causes.join(','))
  if (offsets !== undefined) query.set('offsets', offsets.map(offsetText).join(','))
  for (const [name, value] of Object.entries(texts)) if (value !== undefined) query.set(name, value)
  if (includeHandled === true) query.set('includeHandled', 'true')
  return `/replays/new?${query}`
}
