/** One system of the demo, with what goes on in it. */
export interface DemoPart {
  /** Its entry in `clusters` of the console's configuration. */
  readonly config: string
  /** Its name and where it listens, as one line. */
  readonly address: string
  /** What to look at first. */
  readonly worthALook: string
  stop(): Promise<void>
}
