export interface LineLook {
  stroke: string
  /** Second mark beside the hue, for people who cannot tell hues apart. */
  dash: string | undefined
}

const DASHES = [undefined, '5 3', '2 2', '8 3 2 3', '1 3', '10 3', '4 2 1 2', '6 6'] as const

/** Eight lines can be told apart at a glance; pages that choose the lines themselves draw no more. */
export const MAX_LINES = DASHES.length

/** After the eighth line the hues begin anew with other dashes, so that 64 lines still differ. */
export function lineLook(index: number): LineLook {
  const place = index % MAX_LINES
  const dash = DASHES[(place + Math.floor(index / MAX_LINES)) % MAX_LINES]
  return { stroke: `var(--series-${place + 1})`, dash }
}

/** Beside the line of another time: the same hue, and only the past is dashed. */
export function comparedLooks(index: number): { now: LineLook; before: LineLook } {
  const { stroke } = lineLook(index)
  return { now: { stroke, dash: undefined }, before: { stroke, dash: '4 3' } }
}
