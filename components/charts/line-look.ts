export interface LineLook {
  stroke: string
  /** Second mark beside the hue, for people who cannot tell hues apart. */
  dash: string | undefined
}

const DASHES = [undefined, '5 3', '2 2', '8 3 2 3', '1 3', '10 3', '4 2 1 2', '6 6'] as const

/** Eight lines can be told apart; callers draw no more. */
export const MAX_LINES = DASHES.length

export function lineLook(index: number): LineLook {
  const place = index % MAX_LINES
  return { stroke: `var(--series-${place + 1})`, dash: DASHES[place] }
}
