import { z } from 'zod'
import { isoTime } from './common.ts'

export const signIn = z.strictObject({ token: z.string().min(1).max(1000) })

export const session = z.object({
  actor: z.string(),
  role: z.enum(['admin', 'approver']),
  expiresAt: isoTime,
  /** To be sent back in the header `x-csrf-token` with every change; also in the cookie `holdfast_csrf`. */
  csrfToken: z.string(),
})
export type SessionAnswer = z.infer<typeof session>

export const person = session.pick({ actor: true, role: true })
export type PersonAnswer = z.infer<typeof person>
