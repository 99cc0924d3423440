import { z } from 'zod'
import { count, isoTime } from './common.ts'

/** Why polls are not being stored: a code for programs, words for people. */
export const storeTrouble = z.object({
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  fix: z.string(),
  /** When the first poll could not be stored. */
  since: isoTime,
  /** Polls in memory, which are stored as soon as that is possible again. */
  waitingPolls: count,
  /** Older ones that had to make room for them: the history has a gap there. */
  droppedPolls: count,
  clusterIds: z.array(z.string()),
})
export type StoreTroubleAnswer = z.infer<typeof storeTrouble>

export const status = z.object({
  /** Null in a role without a collector: what it does is not known here. */
  collector: z
    .object({
      /** Null while it runs. */
      stopped: z.object({ since: isoTime, restartsAt: isoTime }).nullable(),
      /** Null while all that it polls is stored. */
      storeTrouble: storeTrouble.nullable(),
    })
    .nullable(),
})
export type StatusAnswer = z.infer<typeof status>
