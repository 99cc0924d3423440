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

/** @throws RangeError when the bytes are not a column of so many entries */
export function decodeColumn(reader: ByteReader, entries: number): Column {
  const form = reader.varint()
  const numberForm = form >> 2
  const states = readStates(reader, form & 3, entries)
  const values = numberForm === BITS_OF_INTEGER ? new BigInt64Array(entries) : new Float64Array(entries)
  if (!states.includes(PRESENT)) return { states, values }
  if (values instanceof BigInt64Array) {
    for (let i = 0; i < entries; i += 1) if (states[i] === PRESENT) values[i] = reader.bigint64()
  } else if (numberForm === BITS_OF_DOUBLE) {
    for (let i = 0; i < entries; i += 1) if (states[i] === PRESENT) values[i] = reader.float64()
  } else readNumbers(reader, numberForm, states, values)
  return { states, values }
}

/** Goes past a column, which is quicker than reading it. */
export function skipColumn(reader: ByteReader, entries: number): void {
  const form = reader.varint()
  const numberForm = form >> 2
  const present = skipStates(reader, form & 3, entries)
  if (present === 0) return
  if (numberForm >= BITS_OF_INTEGER) reader.skip(8 * present)
  else if (numberForm === ALIKE || numberForm === THOUSANDTHS_ALIKE) reader.skipVarints(1)
  else reader.skipVarints(present + 1)
}

function readStates(reader: ByteReader, stateForm: number, entries: number): Uint8Array {
  const states = new Uint8Array(entries)
  if (stateForm === STATES_ALL_PRESENT) return states.fill(PRESENT)
  if (stateForm === STATES_ALL_ALIKE) return states.fill(reader.varint())
  reader.runs(states)
  return states
}

/** @returns how many entries have a value */
function skipStates(reader: ByteReader, stateForm: number, entries: number): number {
  if (stateForm === STATES_ALL_PRESENT) return entries
  if (stateForm === STATES_ALL_ALIKE) return reader.varint() === PRESENT ? entries : 0
  return readStates(reader, stateForm, entries).reduce((sum, state) => sum + (state === PRESENT ? 1 : 0), 0)
}

function readNumbers(reader: ByteReader, numberForm: number, states: Uint8Array, values: Float64Array): void {
  const divisor = numberForm === THOUSANDTHS || numberForm === THOUSANDTHS_ALIKE ? 1_000 : 1
  let number = reader.zigzag()
  if (numberForm === ALIKE || numberForm === THOUSANDTHS_ALIKE) {
    values.fill(number / divisor)
    return
  }
  const usual = reader.zigzag()
  let isFirst = true
  for (let i = 0; i < states.length; i += 1) {
    if (states[i] !== PRESENT) continue
    if (!isFirst) number += usual + reader.zigzag()
    isFirst = false
    values[i] = divisor === 1 ? number : number / divisor
  }
}
