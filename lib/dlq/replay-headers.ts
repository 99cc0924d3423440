/** Which headers a dead letter is sent with when it is replayed. */
import type { DecodedDeadLetter, RecordHeader } from './dead-letter.ts'
import { type HeaderShape, shapeOf } from './match-profiles.ts'
import { isOwnHeader, OWN_HEADERS, readEarlierReplay, readOriginalTimestampMs } from './own-headers.ts'
import { type DlqProfile, type FieldName, headerOf } from './profile.ts'

export interface ReplayHeaderOptions {
  /** The same for one dead letter and one job, however often it is sent. */
  replayId: string
  jobId: string
  /** Where the dead letter lies. */
  source: { topic: string; partition: number; offset: bigint; broker?: string | null }
  nowMs: number
  /** Left out when null: it may be personal data. */
  operator: string | null
  profiles: readonly DlqProfile[]
  /** For forensic copies: nothing of the record's own is left out. */
  keepAll?: boolean
}

/**
 * The record's own headers, as they are and in their order, without what the profiles know as marks of its deaths, and
 * behind them those of this replay. Marks that an application could use for itself go only where their profile
 * describes the record (`stripWhen`).
 *
 * The attempt counts every replay by this console, whichever job: one more than the record tells, or the same when it
 * was this very replay that is sent again. A loop guard compares it with its limit. The original time is the
 * first one known, over any number of replays; without any the header is left out.
 */
export function replayHeaders(
  record: { headers: readonly RecordHeader[] },
  decoded: Pick<DecodedDeadLetter, 'origin'>,
  options: ReplayHeaderOptions,
): RecordHeader[] {
  const { headers } = record
  const own =
    options.keepAll === true ? headers.filter(({ key }) => !isOwnHeader(key)) : withoutMarks(headers, options.profiles)
  return own.concat(addedHeaders(headers, decoded, options))
}

const places = new WeakMap<HeaderShape, readonly number[]>()

/** Which stay follows from the names alone: found once for all records of a shape. */
function withoutMarks(headers: readonly RecordHeader[], profiles: readonly DlqProfile[]): RecordHeader[] {
  const shape = shapeOf(headers, profiles)
  let stay = places.get(shape)
  if (stay === undefined) {
    const isMark = markTest(shape, profiles)
    stay = shape.names.flatMap((key, at) => (isOwnHeader(key) || isMark(key) ? [] : [at]))
    places.set(shape, stay)
  }
  return stay.map((at) => headers[at] as RecordHeader)
}

/** How often a record was replayed by this console; 0 when never, null when the header that says so is damaged. */
export function replayAttempts(headers: readonly RecordHeader[]): number | null {
  const earlier = readEarlierReplay(headers)
  return earlier === null ? 0 : earlier.attempt
}

/** What a replay adds behind a record's own headers; those of an earlier one are to be left out. */
export function addedHeaders(
  headers: readonly RecordHeader[],
  { origin }: Pick<DecodedDeadLetter, 'origin'>,
  options: Omit<ReplayHeaderOptions, 'profiles'>,
): RecordHeader[] {
  const { topic, partition, offset, broker } = options.source
  const place = broker == null ? partition : `${broker}-${partition}`
  const writtenAtMs = readOriginalTimestampMs(headers) ?? origin?.timestampMs ?? null
  const added: RecordHeader[] = [
    textHeader(OWN_HEADERS.replayId, options.replayId),
    sameHeader(OWN_HEADERS.jobId, options.jobId),
    sameHeader(OWN_HEADERS.attempt, String(attemptOf(headers, options.replayId))),
    textHeader(OWN_HEADERS.source, `${topic}-${place}@${offset}`),
    timeHeader(options.nowMs),
  ]
  if (options.operator !== null) added.push(textHeader(OWN_HEADERS.operator, options.operator))
  if (writtenAtMs !== null) added.push(textHeader(OWN_HEADERS.originalTimestamp, String(writtenAtMs)))
  return added
}

function textHeader(key: string, value: string): RecordHeader {
  return { key, value: Buffer.from(value) }
}

const lastHeaders = new Map<string, { text: string; header: RecordHeader }>()

/** Of a value that the next record has as well. */
function sameHeader(key: string, text: string): RecordHeader {
  const last = lastHeaders.get(key)
  if (last?.text === text) return last.header
  const header = textHeader(key, text)
  lastHeaders.set(key, { text, header })
  return header
}

let lastTime: { ms: number; header: RecordHeader } | null = null

/** A batch is made within one moment. */
function timeHeader(ms: number): RecordHeader {
  if (lastTime?.ms !== ms) lastTime = { ms, header: textHeader(OWN_HEADERS.at, new Date(ms).toISOString()) }
  return lastTime.header
}

/** A damaged count starts again at 1: the record was replayed once at least. */
function attemptOf(headers: readonly RecordHeader[], replayId: string): number {
  const earlier = readEarlierReplay(headers)
  if (earlier === null) return 1
  const attempt = earlier.attempt ?? 1
  return earlier.replayId === replayId ? attempt : attempt + 1
}

function markTest(shape: HeaderShape, profiles: readonly DlqProfile[]): (key: string) => boolean {
  const always = marksAlways(profiles)
  const matched = shape.matched.filter(({ stripWhen }) => stripWhen === 'matched')
  const others = matched.length === 0 ? null : toMarks(matched)
  return (key) => isMark(always, key) || (others !== null && isMark(others, key))
}

interface Marks {
  names: ReadonlySet<string>
  prefixes: readonly string[]
}

const cache = new WeakMap<readonly DlqProfile[], Marks>()

/** Once per list of profiles: a replay asks for every record. */
function marksAlways(profiles: readonly DlqProfile[]): Marks {
  const known = cache.get(profiles)
  if (known !== undefined) return known
  const marks = toMarks(profiles.filter(({ stripWhen }) => stripWhen === 'always'))
  cache.set(profiles, marks)
  return marks
}

function toMarks(profiles: readonly DlqProfile[]): Marks {
  const marks = profiles.flatMap(({ match, fields, strip }) => {
    const sources = Object.keys(fields).flatMap((name) => fields[name as FieldName] ?? [])
    return [...match.anyOf, ...match.allOf, ...sources.map(headerOf), ...strip]
  })
  return {
    names: new Set(marks.filter((mark) => !mark.endsWith('*'))),
    prefixes: marks.filter((mark) => mark.endsWith('*')).map((mark) => mark.slice(0, -1)),
  }
}

function isMark({ names, prefixes }: Marks, key: string): boolean {
  return names.has(key) || prefixes.some((prefix) => key.startsWith(prefix))
}
