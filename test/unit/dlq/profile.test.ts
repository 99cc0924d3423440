import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { DLQ_FORMATS } from '../../../lib/dlq/dead-letter.ts'
import { dlqProfiles } from '../../../lib/dlq/profile.ts'

const ACME = { name: 'acme', match: { anyOf: ['acme-topic'] }, fields: { topic: ['acme-topic'] } }

describe("a user's profile", () => {
  it('may leave out what has a default', () => {
    expect(dlqProfiles.parse([ACME])).toEqual([
      {
        ...ACME,
        format: 'generic',
        match: { anyOf: ['acme-topic'], allOf: [] },
        numbers: 'any',
        newest: 'last',
        follows: {},
        perTry: [],
        keepsTimestamp: false,
        strip: [],
        stripWhen: 'always',
      },
    ])
  })

  it.each<[string, object, string]>([
    ['no name', { name: '' }, '0.name'],
    ['nothing to match by', { match: { anyOf: [] } }, '0.match.anyOf'],
    ['no such format', { format: 'pulsar' }, '0.format'],
    ['no such encoding', { numbers: 'littleEndian' }, '0.numbers'],
    ['no such field', { fields: { topics: ['x'] } }, '0.fields'],
    ['a field without a header', { fields: { topic: [] } }, '0.fields.topic'],
    ['two encodings at once', { fields: { attempts: [{ header: 'x', as: 'any', json: 'y' }] } }, '0.fields.attempts.0'],
    ['a pattern to match by, which would match nothing', { match: { anyOf: ['acme-*'] } }, '0.match.anyOf.0'],
    ['a pattern as a field', { fields: { topic: ['acme-*'] } }, '0.fields.topic.0'],
    ['to leave out every header', { strip: ['*'] }, '0.strip.0'],
    ['to leave out nearly every header', { strip: ['a*'] }, '0.strip.0'],
    ['a star in the middle', { strip: ['acme-*-x'] }, '0.strip.0'],
    ['a word too many', { notes: 'x' }, '0'],
    ['a field that follows none', { follows: { topic: 'group' } }, '0.follows.topic'],
  ])('%s is refused, and the place named', (_, change, path) => {
    const { error } = dlqProfiles.safeParse([{ ...ACME, ...change }])
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })

  it('needs a name of its own', () => {
    const { error } = dlqProfiles.safeParse([ACME, ACME])
    expect(error?.issues).toMatchObject([{ path: [1, 'name'], message: 'issue:dlqProfileName' }])
  })
})

describe('the built-in profiles', () => {
  it('cover every format of Kafka', () => {
    const covered = new Set(BUILT_IN_PROFILES.map(({ format }) => format))
    expect(DLQ_FORMATS.filter((format) => !covered.has(format))).toEqual(['rocketmq'])
  })
})
