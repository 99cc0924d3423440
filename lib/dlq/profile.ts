/**
 * How one producer marks its dead letters, as data: the built-in profiles and those of users have the same shape.
 *
 *     name: acme
 *     match: { anyOf: [acme-source-topic] }
 *     numbers: decimal
 *     newest: last
 *     fields:
 *       topic: [acme-source-topic]
 *       attempts: [{ header: acme-state, json: tries }]
 */
import { z } from 'zod'
import { DLQ_FORMATS } from './dead-letter.ts'
import { NUMBER_ENCODINGS } from './header-values.ts'

/** Names are compared as they are; a star in one would match nothing, and yet strip everything that begins so. */
const headerName = z
  .string()
  .min(1)
  .max(256)
  .refine((name) => !name.includes('*'), { error: 'issue:dlqHeaderName' })

/** What a replay leaves out is lost: one star alone would be every header there is. */
const stripPattern = z
  .string()
  .min(1)
  .max(256)
  .refine((name) => /^[^*]+$|^[^*]{2,}\*$/.test(name), { error: 'issue:dlqStripPattern' })

/**
 * Where a field stands: a header's name; or with an encoding of its own where it differs from the profile's; or a
 * member of the JSON object that the header holds. `countsNext`: the number of the try to come, one more than there were.
 */
const source = z.union([
  headerName,
  z.strictObject({ header: headerName, as: z.enum(NUMBER_ENCODINGS), countsNext: z.boolean().optional() }),
  z.strictObject({ header: headerName, json: z.string().min(1) }),
])

/** Of several sources, the first whose header the record has. */
const sources = z.array(source).min(1).max(8).optional()

const fields = z.strictObject({
  topic: sources,
  partition: sources,
  offset: sources,
  timestamp: sources,
  group: sources,
  exceptionClass: sources,
  causeClass: sources,
  message: sources,
  causeMessage: sources,
  stackTrace: sources,
  stage: sources,
  handler: sources,
  attempts: sources,
})

const profile = z
  .strictObject({
    name: z.string().min(1).max(64),
    format: z.enum(DLQ_FORMATS).default('generic'),
    /** It describes a record that has one of `anyOf` and all of `allOf`, and no profile before it claimed them. */
    match: z.strictObject({
      anyOf: z.array(headerName).min(1).max(32),
      allOf: z.array(headerName).max(32).default([]),
    }),
    numbers: z.enum(NUMBER_ENCODINGS).default('any'),
    /** Which of several values of a header was written by the newest death. */
    newest: z.enum(['last', 'first']).default('last'),
    fields,
    /**
     * A field that is not written at every death, and the one that is always written before it. Tells to which death a
     * value belongs, where counting cannot.
     */
    follows: z.partialRecord(fields.keyof(), fields.keyof()).default({}),
    /** Fields that are added at every try, not only at every death: the newest value counts. */
    perTry: z.array(fields.keyof()).max(13).default([]),
    /** The dead letter keeps the time of the record that died. */
    keepsTimestamp: z.boolean().default(false),
    /** Further headers that a replay leaves out, beside those of `match` and `fields`; `*` at the end is a prefix. */
    strip: z.array(stripPattern).max(64).default([]),
    /** `matched` where an application could use the names for something else: then they go only with their record. */
    stripWhen: z.enum(['always', 'matched']).default('always'),
  })
  .superRefine((value, context) => {
    for (const [field, before] of Object.entries(value.follows)) {
      for (const name of [field, before]) {
        if (value.fields[name as FieldName] !== undefined) continue
        context.addIssue({ code: 'custom', path: ['follows', field], message: 'issue:dlqProfileField' })
      }
    }
  })

/** A list in which the first profile that knows a header claims it: a user's own go in front of the built-in ones. */
export const dlqProfiles = z
  .array(profile)
  .max(64)
  .superRefine((list, context) => {
    const names = list.map(({ name }) => name)
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'issue:dlqProfileName' })
      }
    }
  })

export type DlqProfile = z.output<typeof profile>
/** As it may be written, with what has a default left out. */
export type DlqProfileInput = z.input<typeof profile>
export type FieldName = keyof z.output<typeof fields>
export type FieldSource = z.output<typeof source>

export function headerOf(from: FieldSource): string {
  return typeof from === 'string' ? from : from.header
}
