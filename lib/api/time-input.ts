import { z } from 'zod'

/** The last moment a Date can hold. */
const MAX_TIME_MS = 8.64e15

/** A time in a query: ISO 8601, or epoch milliseconds as series points carry them. */
export const timeInput = z.string().transform((text, context) => {
  const atMs = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isFinite(atMs) && Math.abs(atMs) <= MAX_TIME_MS) return atMs
  context.addIssue({ code: 'custom', message: 'issue:time' })
  return z.NEVER
})
