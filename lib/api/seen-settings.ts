import { placeOfSetting } from '../cluster/setting-names.ts'
import type { TopicSetting } from '../cluster/topic-settings.ts'
import { type SeenSettings, seenOverride, seenValue } from '../durability/seen-settings.ts'

/** Those of these names that the newest poll saw; what is not known is left out. */
export function seenSettings(seen: SeenSettings, names: readonly string[]): TopicSetting[] {
  return names.flatMap((name) => {
    const place = placeOfSetting(name)
    const value = seenValue(seen, place)
    return value === null ? [] : [{ name, override: seenOverride(seen, place) ?? null, effective: [value] }]
  })
}
