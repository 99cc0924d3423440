/** Takes parsed answers apart. What is not as the protocol promises is an error, never a zero. */
import type { FastjsonObject, FastjsonValue } from './fastjson.ts'
import { RemotingFormatError } from './remoting-format-error.ts'

type Field = FastjsonValue | undefined

/** @throws RemotingFormatError */
export function objectOf(value: Field): FastjsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)) return value
  throw new RemotingFormatError('an object is missing')
}

/** @throws RemotingFormatError */
export function textOf(value: Field): string {
  if (typeof value === 'string') return value
  throw new RemotingFormatError('a text is missing')
}

/** @throws RemotingFormatError */
export function countOf(value: Field): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new RemotingFormatError('a whole number is missing')
}

/** @throws RemotingFormatError */
export function offsetOf(value: Field): bigint {
  if (typeof value === 'bigint') return value
  return BigInt(countOf(value))
}

/** @throws RemotingFormatError */
export function listOf(value: Field): FastjsonValue[] {
  if (Array.isArray(value)) return value
  throw new RemotingFormatError('a list is missing')
}

export function textOrNull(value: Field): string | null {
  return typeof value === 'string' ? value : null
}

export function flagOrNull(value: Field): boolean | null {
  return typeof value === 'boolean' ? value : null
}

export function countOrNull(value: Field): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

/** A text parsed out of a body may keep the whole body in memory; names that are kept for long are copied. */
export function copyOf(name: string): string {
  return Buffer.from(name).toString()
}
