/** What several brokers say of one topic's settings, as one answer. Pure. */
import { fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { TopicSetting } from '../cluster/topic-settings.ts'
import { isPassing } from './kafka-router.ts'

/** As one broker tells them, by name. */
export type RawSettings = ReadonlyMap<string, { value?: string | null; configSource: number }>

/** Where a value comes from that the topic itself has. */
const OF_TOPIC = 1

/**
 * A topic's own values are the same everywhere but for the moment after a change; defaults may differ for good. Brokers that
 * did not answer are left out.
 */
export function agreedSettings(
  topic: string,
  names: readonly string[],
  answers: readonly Outcome<RawSettings>[],
): Outcome<TopicSetting[]> {
  // A right that is missing is missing everywhere; it is told rather than what another broker lets through.
  const refused = answers.find(({ fault: reason }) => reason !== null && !isPassing(reason))?.fault
  if (refused) return { value: null, fault: refused }
  const known = answers.flatMap(({ value }) => (value === null ? [] : [value]))
  if (known.length === 0) return { value: null, fault: answers[0]?.fault ?? fault('leaderNotAvailable', { topic }) }
  const settings: TopicSetting[] = []
  for (const name of names) {
    const overrides = new Set(known.map((values) => overrideOf(values, name)))
    if (overrides.size > 1) return { value: null, fault: fault('settingsDisagree', { topic }) }
    const effective = new Set(known.flatMap((values) => values.get(name)?.value ?? []))
    settings.push({ name, override: [...overrides][0] ?? null, effective: [...effective] })
  }
  return { value: settings, fault: null }
}

function overrideOf(values: RawSettings, name: string): string | null {
  const found = values.get(name)
  return found?.configSource === OF_TOPIC ? (found.value ?? null) : null
}
