import type { Mute } from '../../registry/mutes.ts'
import type { MuteOf } from '../schemas/mutes.ts'
import { toIso } from '../serialize.ts'

/** What hides something, of all that do: the one that lasts longest. Null: nothing does. */
export function toMuteOf([longest]: readonly Mute[]): MuteOf | null {
  if (longest === undefined) return null
  const { id, reason, untilAtMs } = longest
  return { id, reason, untilAt: toIso(untilAtMs) }
}
