import { z } from 'zod'
import { PERMISSIONS, ROLES } from '../../auth/permissions.ts'
import { isoTime } from './common.ts'

export const signIn = z.strictObject({ token: z.string().min(1).max(1000) })

export const session = z.object({
  actor: z.string(),
  role: z.enum(ROLES),
  /** What the role may do, by name. */
  permissions: z.array(z.enum(PERMISSIONS)),
  /** Globs: topics within both may be changed as far as the role goes, and their payloads read where `payloads` says so. */
  scope: z.object({ clusters: z.array(z.string()), topics: z.array(z.string()), payloads: z.boolean() }),
  expiresAt: isoTime,
  /** To be sent back in the header `x-csrf-token` with every change; also in the cookie `holdfast_csrf`. */
  csrfToken: z.string(),
})
export type SessionAnswer = z.infer<typeof session>

export const person = session.omit({ expiresAt: true, csrfToken: true })
export type PersonAnswer = z.infer<typeof person>
