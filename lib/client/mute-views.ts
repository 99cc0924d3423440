/** What the list of mutes shows, and where the things that a mute hides are listed. */

export const MUTE_FILTERS = ['active', 'ended', 'all'] as const
export type MuteFilter = (typeof MUTE_FILTERS)[number]

/** As the filter of the list says it. */
export const MUTE_FILTER_WORDS: Record<MuteFilter, string> = {
  active: 'isActive:true',
  ended: 'isActive:false',
  all: '',
}

/** Of findings or losses: those that this mute hides. */
export function filterOfMute(id: string): string {
  return `mute:${id}`
}
