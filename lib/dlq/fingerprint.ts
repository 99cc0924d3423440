/** The key by which dead letters of one root cause are grouped. */
import { hash } from 'node:crypto'
import type { DeadLetterException, DecodedDeadLetter } from './dead-letter.ts'
import { messageTemplate, saysSomething } from './message-template.ts'
import { readOwnFrame, readRootCause } from './stack-trace.ts'

export interface Fingerprint {
  /** Short, stable text; the same in every process and version that has the same `RULES`. */
  key: string
  /** The innermost exception's class; null when nobody told. */
  exception: string | null
  /** The message with `<*>` for what varies; null when there is none. */
  message: string | null
  /** The message as this record has it, shortened. */
  sample: string | null
  /** The function that failed, where it belongs to the key. */
  frame: string | null
}

/** Part of every key: a change of the rules below or of templates groups anew and never mixes old keys with new. */
const RULES = 1
const KEY_LENGTH = 20
const MAX_SAMPLE = 500
const MAX_CLASS = 300

/** Classes that say no more than that something failed; where it failed says more. */
const SAYS_LITTLE = new Set([
  ...['Throwable', 'Exception', 'RuntimeException', 'Error', 'AssertionError', 'NullPointerException'],
  ...['IllegalArgumentException', 'IllegalStateException', 'UnsupportedOperationException', 'ClassCastException'],
  ...['IndexOutOfBoundsException', 'ArrayIndexOutOfBoundsException', 'StringIndexOutOfBoundsException'],
  ...['NoSuchElementException', 'ArithmeticException', 'NumberFormatException', 'ConcurrentModificationException'],
  ...['StackOverflowError', 'TypeError', 'RangeError', 'ReferenceError', 'ValueError', 'KeyError', 'IndexError'],
  ...[
    'AttributeError',
    'ZeroDivisionError',
    'NullReferenceException',
    'InvalidOperationException',
    'ArgumentException',
  ],
  ...['ArgumentNullException', 'KeyNotFoundException', 'IndexOutOfRangeException'],
])

/**
 * Groups by the innermost exception's class and what is constant in its message. The first frame of the application's
 * own code joins in only where these two say too little: for classes such as NullPointerException, and for messages
 * that consist of values.
 *
 * One cause: the same failure of different records, topics, partitions, groups, hosts, times and builds; a failure that
 * reached the queue through different wrappers; one that a proxy or lambda with another generated name threw.
 *
 * Different causes: other classes, other words, other HTTP or SQL states, another stage of a Connect task; the same
 * failure told once with a stack trace and once without, where its cause or its frame is only in the trace (the JVM stops
 * to write traces of exceptions that it throws very often); values that are neither quoted nor have a digit
 * (`User alice not found`).
 *
 * A record that tells nothing is never put with one that does. Those that tell nothing are grouped by format, origin's
 * topic and group: all that is known of a RocketMQ dead letter.
 */
export function fingerprintOf(decoded: DecodedDeadLetter): Fingerprint {
  const { exception } = decoded
  const root = exception === null ? null : rootOf(exception)
  if (exception === null || root === null) {
    const { topic = null, group = null } = decoded.origin ?? {}
    return toFingerprint(['unknown', decoded.format, topic, group], null, null, null, null)
  }
  const template = root.message === null ? null : messageTemplate(root.message) || null
  const needsFrame = root.class === null || saysLittle(root.class) || template === null || !saysSomething(template)
  const frame = needsFrame && exception.stackTrace !== null ? readOwnFrame(exception.stackTrace) : null
  const parts = ['cause', exception.stage, root.class, template, frame]
  return toFingerprint(parts, root.class, template, root.message, frame)
}

interface Root {
  class: string | null
  message: string | null
}

/**
 * The innermost class that is told. A stack trace shows all of the chain; a header for the cause comes next, since the
 * outermost exception often is the framework's wrapper. Null when nothing is told at all.
 */
function rootOf(exception: DeadLetterException): Root | null {
  const { class: outer, rootCauseClass, message, causeMessage, stackTrace } = exception
  const seen = stackTrace === null ? null : readRootCause(stackTrace)
  if (seen !== null && seen.class !== null && seen.isChain) {
    return { class: shortened(seen.class), message: seen.message }
  }
  if (rootCauseClass !== null) return { class: shortened(rootCauseClass), message: causeMessage ?? message }
  const isSame = seen !== null && (outer === null || seen.class === outer)
  const root = { class: outer ?? seen?.class ?? null, message: (isSame ? seen.message : null) ?? message }
  const isSilent = root.class === null && root.message === null && stackTrace === null && exception.stage === null
  return isSilent ? null : { ...root, class: shortened(root.class) }
}

function shortened(name: string | null): string | null {
  return name?.slice(0, MAX_CLASS) ?? null
}

function saysLittle(name: string): boolean {
  return SAYS_LITTLE.has(name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1))
}

/** The same few causes come again and again. */
const MOST_KEYS = 5_000
const keys = new Map<string, string>()

function keyOf(parts: readonly (string | null)[]): string {
  const text = JSON.stringify([RULES, ...parts])
  const known = keys.get(text)
  if (known !== undefined) return known
  const key = hash('sha256', text, 'hex').slice(0, KEY_LENGTH)
  if (keys.size >= MOST_KEYS) keys.clear()
  keys.set(text, key)
  return key
}

function toFingerprint(
  parts: readonly (string | null)[],
  exception: string | null,
  message: string | null,
  sample: string | null,
  frame: string | null,
): Fingerprint {
  return { key: keyOf(parts), exception, message, sample: sample?.slice(0, MAX_SAMPLE) ?? null, frame }
}
