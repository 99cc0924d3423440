import { z } from 'zod'
import { count, isoTime, listOf } from './common.ts'

export const muteAnswer = z.object({
  id: z.string(),
  /** A rule's code, `loss.` and a kind of loss, or a glob over both. */
  code: z.string(),
  /** Globs over the cluster's id and the subject's name. */
  cluster: z.string(),
  subject: z.string(),
  reason: z.string(),
  untilAt: isoTime,
  /** `file`: it stands in the configuration file and can only be changed there. */
  source: z.enum(['file', 'runtime']),
  /** Null in the configuration file. */
  createdAt: isoTime.nullable(),
  createdBy: z.string().nullable(),
  isActive: z.boolean(),
  /** How many it hides now, in all clusters; what two mutes hide is counted at both. */
  findings: count,
  losses: count,
})
export type MuteAnswer = z.infer<typeof muteAnswer>

export const muteList = listOf(muteAnswer)
export type MuteListAnswer = z.infer<typeof muteList>

/** As what is hidden names the one that hides it. */
export const muteOf = muteAnswer.pick({ id: true, reason: true, untilAt: true })
export type MuteOf = z.infer<typeof muteOf>
