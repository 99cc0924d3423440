/**
 * What is next for a hold, from what is written down of it and what the topic says now. Pure: whoever was killed at any
 * moment, or does not know what became of a request, looks again and goes on from here.
 */
import { placeOfSetting } from '../cluster/setting-names.ts'
import { type HeldSetting, type Hold, type HoldOutcome, type HoldState, isOpen } from './hold.ts'

/** What the cluster says now. Null: there is no such topic. */
export type PresentTopic = {
  topicId: string | null
  /** By the name of the setting: what the topic itself, or the broker, says; null: nothing. */
  overrides: ReadonlyMap<string, string | null>
  /** Names of settings whose broker did not answer. */
  unanswered: ReadonlySet<string>
} | null

export interface SettingChange {
  name: string
  /** Null: the topic's own value is deleted. */
  override: string | null
}

export type HoldStep =
  /** Nothing to do before `untilAtMs`, or ever. */
  | { do: 'rest' }
  /** A broker has to answer first: look again later. */
  | { do: 'wait' }
  /** `apply` sets what holds, `restore` what was there before; then look again. */
  | { do: 'apply' | 'restore'; changes: SettingChange[] }
  | { do: 'settle'; state: HoldState; outcome: HoldOutcome | null }

type Decided = Pick<Hold, 'state' | 'topicId' | 'settings' | 'untilAtMs'>

export function nextStep(hold: Decided, present: PresentTopic, nowMs: number): HoldStep {
  const { state, settings, untilAtMs } = hold
  if (!isOpen(state) && state !== 'conflict') return { do: 'rest' }
  // The settings of another topic, or of none, are not those of the hold.
  if (present === null) return settle('released', 'topicDeleted')
  if (hold.topicId !== present.topicId) return settle('released', 'topicRecreated')
  const compared = settings.map((setting) => ({ setting, is: compare(setting, present) }))
  if (state === 'conflict') {
    if (compared.some(({ is }) => is === 'unknown')) return { do: 'wait' }
    return compared.every(({ is }) => is === 'before') ? settle('released', 'restored') : { do: 'rest' }
  }
  const isOver = state === 'releasing' || nowMs >= untilAtMs
  if (isOver) return release(compared)
  return state === 'planned' ? apply(compared) : { do: 'rest' }
}

/** With what somebody set instead of what was there before and of what the hold has set. */
export function withFound(settings: readonly HeldSetting[], present: PresentTopic): HeldSetting[] {
  return settings.map((setting) => {
    const isOther = present !== null && compare(setting, present) === 'other'
    return { ...setting, foundInstead: isOther ? { override: overrideNow(setting, present) } : null }
  })
}

interface Compared {
  setting: HeldSetting
  is: 'before' | 'held' | 'other' | 'unknown'
}

type Present = NonNullable<PresentTopic>

function compare(setting: HeldSetting, present: Present): Compared['is'] {
  if (present.unanswered.has(setting.name)) return 'unknown'
  const now = overrideNow(setting, present)
  if (now === setting.held) return 'held'
  return now === setting.before ? 'before' : 'other'
}

function overrideNow({ name }: HeldSetting, { overrides }: Present): string | null {
  return overrides.get(name) ?? null
}

/**
 * What is of one broker, or the topic's own, is changed in one request, which is done whole or not at all: one that holds
 * says it was done. Of several brokers some may have done it and others not, and nothing is begun before all of them answer.
 */
function apply(compared: readonly Compared[]): HoldStep {
  const places = [...Map.groupBy(compared, ({ setting: { name } }) => placeOfSetting(name).broker).values()]
  const left = places.filter((place) => !place.some(({ is }) => is === 'held'))
  if (left.length === 0) return settle('active', null)
  if (compared.some(({ is }) => is === 'unknown')) return { do: 'wait' }
  const untouched = left.filter((place) => place.every(({ is }) => is === 'before')).flat()
  const isBegun = left.length < places.length
  if (!isBegun && untouched.length < compared.length) return settle('conflict', 'changedFirst')
  // What somebody else has set on one of the brokers meanwhile is left alone, and told at the end.
  if (untouched.length === 0) return settle('active', null)
  return { do: 'apply', changes: untouched.map(({ setting: { name, held } }) => ({ name, override: held })) }
}

/** Each setting by itself: what somebody changed is left alone, and the others get back what they had. */
function release(compared: readonly Compared[]): HoldStep {
  const held = compared.filter(({ is }) => is === 'held')
  if (held.length > 0) {
    return { do: 'restore', changes: held.map(({ setting: { name, before } }) => ({ name, override: before })) }
  }
  if (compared.some(({ is }) => is === 'unknown')) return { do: 'wait' }
  if (compared.some(({ is }) => is === 'other')) return settle('conflict', 'changedMeanwhile')
  return settle('released', 'restored')
}

function settle(state: HoldState, outcome: HoldOutcome | null): HoldStep {
  return { do: 'settle', state, outcome }
}
