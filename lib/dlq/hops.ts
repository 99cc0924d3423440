/**
 * The deaths that one profile's headers tell of.
 *
 * A producer that adds its headers at every death leaves several values of each: the n-th topic, the n-th partition and
 * the n-th offset are one death. Headers that are replaced have one value, the newest death's. Headers that are left out
 * at some deaths have too few values to be counted; their place in the list then tells whose they are (`follows`).
 */
import {
  type DeadLetterException,
  type FaultCode,
  type HeaderFault,
  type Hop,
  MAX_FAULTS,
  MAX_HOPS,
  MAX_MESSAGE_BYTES,
  MAX_NAME_BYTES,
  MAX_STACK_TRACE_BYTES,
  type RecordHeader,
} from './dead-letter.ts'
import {
  type NumberKind,
  type Reading,
  readJsonMember,
  readName,
  readNumber,
  readText,
  readTopic,
} from './header-values.ts'
import type { HeaderIndex } from './match-profiles.ts'
import { type DlqProfile, type FieldName, type FieldSource, headerOf } from './profile.ts'

/** A death, and where its topic (or else the last of its headers) stands in the list. */
export interface PlacedHop {
  hop: Hop
  at: number
}

export class FaultList {
  readonly faults: HeaderFault[] = []

  add(code: FaultCode, header: string, bytes: number | null): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push({ code, header, bytes })
  }
}

/** Newest first. */
export function hopsOf(
  profile: DlqProfile,
  headers: readonly RecordHeader[],
  index: HeaderIndex,
  faults: FaultList,
  placesOnly = false,
): PlacedHop[] {
  const { deaths, located } = knownPlaces(profile, index) ?? findPlaces(profile, index, faults)
  const hops: PlacedHop[] = []
  for (let hop = 0; hop < Math.min(deaths, MAX_HOPS); hop += 1) {
    const read = new HopReader(profile, headers, faults, located, hop)
    hops.push({ hop: toHop(profile, read, placesOnly), at: read.place() })
  }
  return hops
}

interface Places {
  deaths: number
  located: LocatedFields
}

/** By the names of the headers alone: records of one shape have the same index, and most tell of one death. */
const known = new WeakMap<HeaderIndex, Map<DlqProfile, Places>>()

function knownPlaces(profile: DlqProfile, index: HeaderIndex): Places | null {
  return known.get(index)?.get(profile) ?? null
}

function findPlaces(profile: DlqProfile, index: HeaderIndex, faults: FaultList): Places {
  const before = faults.faults.length
  const told = ['topic', 'exceptionClass', 'message'] as const
  const counted = told.map((name) => presentField(profile, index, name)).find((field) => field !== null)
  const deaths = counted?.places.length ?? 1
  if (deaths > MAX_HOPS && counted) faults.add('tooMany', headerOf(counted.from), null)
  const located: LocatedFields = {}
  for (const name in profile.fields) {
    const field = presentField(profile, index, name as FieldName)
    if (field === null) continue
    const isPlain = deaths === 1 && field.places.length === 1
    const places = isPlain ? field.places : placesByHop(profile, index, name as FieldName, field, deaths, faults)
    located[name as FieldName] = { from: field.from, places }
  }
  // What is odd about a record is told of each anew, and a full list takes nothing more.
  if (faults.faults.length === before && before < MAX_FAULTS) {
    const ofIndex = known.get(index) ?? new Map<DlqProfile, Places>()
    known.set(index, ofIndex.set(profile, { deaths, located }))
  }
  return { deaths, located }
}

interface PresentField {
  from: FieldSource
  /** In the list's order. */
  places: readonly number[]
}

function presentField({ fields }: DlqProfile, index: HeaderIndex, name: FieldName): PresentField | null {
  for (const from of fields[name] ?? []) {
    const places = index.get(headerOf(from))
    if (places !== undefined) return { from, places }
  }
  return null
}

interface LocatedField {
  from: FieldSource
  /** By death, the newest first. */
  places: PlacesByHop
}

type LocatedFields = Partial<Record<FieldName, LocatedField>>

type PlacesByHop = readonly (number | undefined)[]

/** For each death, the newest first, where its value of a field stands. */
function placesByHop(
  profile: DlqProfile,
  index: HeaderIndex,
  name: FieldName,
  { from, places }: PresentField,
  deaths: number,
  faults: FaultList,
): PlacesByHop {
  const follows = profile.follows[name]
  const before = follows === undefined ? null : presentField(profile, index, follows)
  if (deaths > 1 && before !== null) {
    const byPlace = placesBehind(profile, places, before.places, deaths)
    if (byPlace !== null) {
      if (byPlace.isStale) faults.add('stale', headerOf(from), null)
      return byPlace.places
    }
  }
  if (profile.perTry.includes(name)) return newestFirst(profile, places).slice(0, 1)
  if (places.length > deaths || (places.length > 1 && places.length < deaths)) {
    faults.add('uneven', headerOf(from), null)
  }
  return newestFirst(profile, places)
}

function newestFirst({ newest }: DlqProfile, places: readonly number[]): PlacesByHop {
  return newest === 'first' || places.length === 1 ? places : places.toReversed()
}

/**
 * Each value belongs to the death whose `before` header stands last before it; one that stands before all of them was
 * left behind by a death whose own `before` header has been replaced. Null when two values would belong to one death, or
 * one to none: then a program in between has sorted the headers, and their places tell nothing.
 */
function placesBehind(
  { newest }: DlqProfile,
  places: readonly number[],
  before: readonly number[],
  deaths: number,
): { places: PlacesByHop; isStale: boolean } | null {
  const result: (number | undefined)[] = new Array(Math.min(deaths, MAX_HOPS)).fill(undefined)
  let isStale = false
  let passed = 0
  for (const place of places) {
    while (passed < before.length && (before[passed] as number) < place) passed += 1
    const hop = newest === 'last' ? before.length - passed : Math.max(passed - 1, 0)
    if (hop >= deaths) return null
    if (hop === before.length) isStale = true
    if (hop >= result.length) continue
    if (result[hop] !== undefined) return null
    result[hop] = place
  }
  return { places: result, isStale }
}

interface FieldValue {
  bytes: Uint8Array
  from: FieldSource
}

/** The values of one death. Whatever cannot be read is a fault, and null. */
class HopReader {
  private readonly profile: DlqProfile
  private readonly headers: readonly RecordHeader[]
  private readonly faults: FaultList
  private readonly located: LocatedFields
  private readonly hop: number
  private lastPlace = -1

  constructor(
    profile: DlqProfile,
    headers: readonly RecordHeader[],
    faults: FaultList,
    located: LocatedFields,
    hop: number,
  ) {
    this.profile = profile
    this.headers = headers
    this.faults = faults
    this.located = located
    this.hop = hop
  }

  topic(): string | null {
    return this.read('topic', readTopic)
  }

  name(field: FieldName): string | null {
    return this.read(field, (bytes) => readName(bytes, MAX_NAME_BYTES))
  }

  text(field: FieldName, maxBytes: number): string | null {
    return this.read(field, (bytes) => readText(bytes, maxBytes))
  }

  offset(): bigint | null {
    return this.number('offset')
  }

  /** All others are far below 2^53. */
  small(field: Exclude<NumberKind, 'offset'>): number | null {
    const value = this.number(field)
    return value === null ? null : Number(value)
  }

  place(): number {
    return this.located.topic?.places[this.hop] ?? this.lastPlace
  }

  private number(field: NumberKind): bigint | null {
    return this.read(field, (bytes, from) => {
      if (typeof from !== 'object' || !('as' in from)) return readNumber(bytes, this.profile.numbers, field)
      const read = readNumber(bytes, from.as, field)
      return from.countsNext ? beforeIt(read) : read
    })
  }

  private read<T>(field: FieldName, decode: (bytes: Uint8Array, from: FieldSource) => Reading<T>): T | null {
    const value = this.value(field)
    if (value === null) return null
    const { value: decoded, fault } = decode(value.bytes, value.from)
    if (fault !== null) this.faults.add(fault, headerOf(value.from), value.bytes.length)
    return decoded
  }

  private value(field: FieldName): FieldValue | null {
    const found = this.located[field]
    const at = found?.places[this.hop]
    if (found === undefined || at === undefined) return null
    const { from } = found
    this.lastPlace = Math.max(this.lastPlace, at)
    const stored = this.headers[at]?.value ?? null
    if (stored === null) {
      // An exception without words: Connect writes its message so.
      if (field !== 'message' && field !== 'causeMessage') this.faults.add('empty', headerOf(from), null)
      return null
    }
    if (typeof from === 'string' || !('json' in from)) return { bytes: stored, from }
    const { value: bytes, fault } = readJsonMember(stored, from.json)
    if (fault !== null) this.faults.add(fault, from.header, stored.length)
    return bytes === null ? null : { bytes, from }
  }
}

/** Without the try to come. */
function beforeIt({ value, fault }: Reading<bigint>): Reading<bigint> {
  if (value === null) return { value, fault }
  return value > 0n ? { value: value - 1n, fault } : { value: null, fault: 'outOfRange' }
}

function toHop(profile: DlqProfile, read: HopReader, placesOnly: boolean): Hop {
  return {
    format: profile.format,
    profile: profile.name,
    origin: {
      topic: read.topic(),
      partition: read.small('partition'),
      offset: read.offset(),
      timestampMs: read.small('timestamp'),
      group: read.name('group'),
      guessed: false,
    },
    exception: placesOnly ? null : toException(read),
    attempts: read.small('attempts'),
  }
}

function toException(read: HopReader): DeadLetterException | null {
  const exception = {
    class: read.name('exceptionClass'),
    rootCauseClass: read.name('causeClass'),
    message: read.text('message', MAX_MESSAGE_BYTES),
    causeMessage: read.text('causeMessage', MAX_MESSAGE_BYTES),
    stackTrace: read.text('stackTrace', MAX_STACK_TRACE_BYTES),
    stage: read.name('stage'),
    handler: read.name('handler'),
  }
  return Object.values(exception).every((value) => value === null) ? null : exception
}
