/** How much a value grew over the time that its points tell of, without the teeth that retention makes. Pure. */

export interface GrowthPoint {
  atMs: number
  /** The most in one step of time. */
  max: number
}

/** Of so many parts of the time the first and the last count, each by its fullest moment. */
const PARTS = 8
/** Fewer points say nothing about growth. */
const LEAST_POINTS = 4

/** Null: not known. */
export function growthOf(points: readonly GrowthPoint[]): number | null {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || points.length < LEAST_POINTS) return null
  const partMs = (last.atMs - first.atMs) / PARTS
  const most = (some: readonly GrowthPoint[]): number => Math.max(...some.map(({ max }) => max))
  const atFirst = most(points.filter(({ atMs }) => atMs <= first.atMs + partMs))
  return most(points.filter(({ atMs }) => atMs >= last.atMs - partMs)) - atFirst
}
