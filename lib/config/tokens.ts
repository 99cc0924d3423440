/**
 * Tokens beside those of the environment, each with a name of its own:
 *
 *     security:
 *       tokens:
 *         - { name: payments-oncall, token: "${env:PAY_TOKEN}", role: operator, clusters: ["*"], topics: ["pay.*"], payloads: true }
 *         - { name: dashboards, token: "${env:VIEW_TOKEN}", role: viewer }
 */
import { z } from 'zod'
import type { Scope } from '../scope.ts'

export const ROLES = ['admin', 'approver', 'operator', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** It travels in a header. */
export const TOKEN_CHARS = /^[\x21-\x7e]+$/
const MIN_TOKEN_CHARS = 16
const MAX_TOKEN_CHARS = 1_000
/** Who the audit log says for tokens of the environment, for no token, and for what the console does by itself. */
const TAKEN_NAMES: readonly string[] = ['admin', 'approver', 'local', 'anonymous', 'holdfast']

const globs = z.array(z.string().min(1).max(256)).min(1).max(100).default(['*'])

const token = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][\w.@-]{0,63}$/, { error: 'issue:tokenName' })
      .refine((name) => !TAKEN_NAMES.includes(name), { error: 'issue:tokenNameTaken' }),
    token: z
      .string()
      .regex(TOKEN_CHARS, { error: 'issue:tokenChars' })
      .min(MIN_TOKEN_CHARS, { error: 'issue:tokenShort' })
      .max(MAX_TOKEN_CHARS),
    role: z.enum(ROLES),
    clusters: globs,
    topics: globs,
    payloads: z.boolean().default(false),
  })
  .transform(
    ({ clusters, topics, payloads, ...rest }): NamedToken => ({ ...rest, scope: { clusters, topics, payloads } }),
  )

export interface NamedToken {
  name: string
  token: string
  role: Role
  scope: Scope
}

/** One that two have would let either of them act as the other, and one person approve what they asked for themselves. */
export const tokens = z
  .array(token)
  .max(100)
  .nullish()
  .transform((given) => given ?? [])
  .superRefine((given, context) => {
    for (const field of ['name', 'token'] as const) {
      const seen = new Set<string>()
      for (const [index, one] of given.entries()) {
        if (seen.has(one[field])) {
          context.addIssue({ code: 'custom', path: [index, field], message: `issue:${field}Twice` })
        }
        seen.add(one[field])
      }
    }
  })
