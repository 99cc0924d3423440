/** What one part of `npm run soak` found. */
export interface Soaked {
  /** For the last line. */
  did: string
  faults: string[]
}
