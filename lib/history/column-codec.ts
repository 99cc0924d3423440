/**
 * One series over the entries of a chunk (its polls, or its steps): states, then values.
 *
 *     form, [state runs], values of the entries that have one
 *
 * `form` is 4 × number form + state form. Numbers within ±2^50 are written as the difference to the one before less the
 * usual difference (the median), so that a steady counter becomes small noise around zero; a column whose values are
 * all alike is one number. What does not fit is written as 64 bits each.
 */
import type { ByteReader, ByteWriter } from './bytes.ts'
import { PRESENT } from './slot-values.ts'

export interface Column {
  /** Of each entry: one of the codes of `slot-values.ts`, or a higher one of the caller's. */
  states: Uint8Array
  /** Meaningful where the state is PRESENT. Only integers beyond ±2^50 come as bigint. */
  values: Float64Array | BigInt64Array
}

const STATES_ALL_PRESENT = 0
const STATES_ALL_ALIKE = 1
const STATES_IN_RUNS = 2

const ALIKE = 0
const DIFFERENCES = 1
const THOUSANDTHS_ALIKE = 2
const THOUSANDTHS = 3
const BITS_OF_INTEGER = 4
const BITS_OF_DOUBLE = 5

/** Differences of numbers below it, less a median, still fit a zigzag. */
const SAFE = 2 ** 50
const SAFE_BIGINT = BigInt(SAFE)

export function encodeColumn(column: Column, out: ByteWriter): void {
  const { states } = column
  const present = states.reduce((sum, state) => sum + (state === PRESENT ? 1 : 0), 0)
  const stateForm = stateFormOf(states, present)
  const whole = present === 0 ? null : wholeNumbers(column, present)
  const numberForm = present === 0 ? ALIKE : numberFormOf(whole, column.values)
  out.varint(4 * numberForm + stateForm)
  if (stateForm === STATES_ALL_ALIKE) out.varint(states[0] ?? 0)
  if (stateForm === STATES_IN_RUNS) out.runs(states)
  if (present === 0) return
  if (whole === null) writeBits(column, out)
  else if (isAlike(whole.numbers)) out.zigzag(whole.numbers[0] as number)
  else writeDifferences(whole.numbers, out)
}

interface WholeNumbers {
  /** 1, or 1,000 for values in thousandths. */
  scale: number
  numbers: Float64Array
}

function stateFormOf(states: Uint8Array, present: number): number {
  if (present === states.length) return STATES_ALL_PRESENT
  return states.every((state) => state === states[0]) ? STATES_ALL_ALIKE : STATES_IN_RUNS
}

function numberFormOf(whole: WholeNumbers | null, values: Column['values']): number {
  if (whole === null) return values instanceof BigInt64Array ? BITS_OF_INTEGER : BITS_OF_DOUBLE
  const alike = isAlike(whole.numbers)
  if (whole.scale === 1) return alike ? ALIKE : DIFFERENCES
  return alike ? THOUSANDTHS_ALIKE : THOUSANDTHS
}

function isAlike(numbers: Float64Array): boolean {
  const first = numbers[0]
  return numbers.every((number) => number === first)
}

/** The present values as whole numbers that differences are exact for; null when there are others. */
function wholeNumbers({ states, values }: Column, present: number): WholeNumbers | null {
  const numbers = new Float64Array(present)
  let scale = 1
  for (let i = 0, at = 0; i < states.length; i += 1) {
    if (states[i] !== PRESENT) continue
    const number = safeNumber(values[i] as bigint | number)
    if (number === null) return null
    if (!Number.isInteger(number)) scale = 1_000
    numbers[at++] = number
  }
  return scale === 1 || toThousandths(numbers) ? { scale, numbers } : null
}

function safeNumber(value: bigint | number): number | null {
  if (typeof value === 'bigint') return value < SAFE_BIGINT && value > -SAFE_BIGINT ? Number(value) : null
  return Math.abs(value) < SAFE && !Object.is(value, -0) ? value : null
}

/** False when they would not come back bit for bit. */
function toThousandths(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i += 1) {
    const value = numbers[i] as number
    const thousandths = Math.round(value * 1_000)
    if (Math.abs(thousandths) >= SAFE || thousandths / 1_000 !== value) return false
    numbers[i] = thousandths
  }
  return true
}

function writeDifferences(numbers: Float64Array, out: ByteWriter): void {
  const differences = new Float64Array(numbers.length - 1)
  for (let i = 1; i < numbers.length; i += 1) differences[i - 1] = (numbers[i] as number) - (numbers[i - 1] as number)
  const usual = differences.slice().sort()[differences.length >> 1] as number
  out.zigzag(numbers[0] as number)
  out.zigzag(usual)
  for (const difference of differences) out.zigzag(difference - usual)
}

function writeBits({ states, values }: Column, out: ByteWriter): void {
  for (let i = 0; i < states.length; i += 1) {
    if (states[i] !== PRESENT) continue
    if (values instanceof BigInt64Array) out.bigint64(values[i] as bigint)
    else out.float64(values[i] as number)
  }
}

/** Where a column is decoded to; whoever reads many of them uses it again. */
export interface ColumnRoom {
  states: Uint8Array
  values: Float64Array
}

export function columnRoom(entries: number): ColumnRoom {
  return { states: new Uint8Array(entries), values: new Float64Array(entries) }
}

/** @returns the room, if numbers hold the values @throws RangeError when the bytes are not a column of so many entries */
export function decodeColumn(reader: ByteReader, entries: number, room: ColumnRoom = columnRoom(entries)): Column {
  const { states, values } = room
  const form = reader.varint()
  const numberForm = form >> 2
  const present = readStates(reader, form & 3, states)
  if (present === 0) return room
  if (numberForm === BITS_OF_INTEGER) return { states, values: readIntegers(reader, states) }
  if (numberForm === BITS_OF_DOUBLE) readDoubles(reader, states, values)
  else readNumbers(reader, numberForm, states, values, present)
  return room
}

/** Goes past a column, which is quicker than reading it. */
export function skipColumn(reader: ByteReader, entries: number, { states }: ColumnRoom = columnRoom(entries)): void {
  const form = reader.varint()
  const numberForm = form >> 2
  const present = readStates(reader, form & 3, states)
  if (present === 0) return
  if (numberForm >= BITS_OF_INTEGER) reader.skip(8 * present)
  else if (numberForm === ALIKE || numberForm === THOUSANDTHS_ALIKE) reader.skipVarints(1)
  else reader.skipVarints(present + 1)
}

/** @returns how many entries have a value */
function readStates(reader: ByteReader, stateForm: number, states: Uint8Array): number {
  if (stateForm === STATES_IN_RUNS) {
    reader.runs(states)
    let present = 0
    for (let i = 0; i < states.length; i += 1) if (states[i] === PRESENT) present += 1
    return present
  }
  const state = stateForm === STATES_ALL_PRESENT ? PRESENT : reader.varint()
  states.fill(state)
  return state === PRESENT ? states.length : 0
}

function readIntegers(reader: ByteReader, states: Uint8Array): BigInt64Array {
  const values = new BigInt64Array(states.length)
  for (let i = 0; i < states.length; i += 1) if (states[i] === PRESENT) values[i] = reader.bigint64()
  return values
}

function readDoubles(reader: ByteReader, states: Uint8Array, values: Float64Array): void {
  for (let i = 0; i < states.length; i += 1) if (states[i] === PRESENT) values[i] = reader.float64()
}

function readNumbers(
  reader: ByteReader,
  numberForm: number,
  states: Uint8Array,
  values: Float64Array,
  present: number,
): void {
  const divisor = numberForm === THOUSANDTHS || numberForm === THOUSANDTHS_ALIKE ? 1_000 : 1
  let number = reader.zigzag()
  if (numberForm === ALIKE || numberForm === THOUSANDTHS_ALIKE) {
    values.fill(number / divisor)
    return
  }
  const usual = reader.zigzag()
  reader.zigzags(values, 1, present)
  values[0] = number / divisor
  for (let i = 1; i < present; i += 1) {
    number += usual + (values[i] as number)
    values[i] = divisor === 1 ? number : number / divisor
  }
  if (present < states.length) spread(states, values, present)
}

/** The values stand at the front; each moves to its entry, the last one first, so that none is overwritten. */
function spread(states: Uint8Array, values: Float64Array, present: number): void {
  let from = present
  for (let i = states.length - 1; i >= 0; i -= 1) values[i] = states[i] === PRESENT ? (values[--from] as number) : 0
}
