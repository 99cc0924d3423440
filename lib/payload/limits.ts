/** What one payload may cost. Whatever goes beyond is a fault, and its bytes are shown as they are. */

/** Larger ones are not decoded: reading them whole would hold up every other request. */
export const MAX_DECODED_BYTES = 1024 * 1024
export const MAX_DEPTH = 100
/** Values of all kinds. A few bytes of Avro can stand for any number of them. */
const MAX_NODES = 250_000
/** Names and texts, which a schema may be made to repeat for every value. */
const MAX_CHARS = 4 * 1024 * 1024

export type UnreadableReason = 'malformed' | 'tooComplex'

/** Thrown inside this folder only; the decoder makes a fault of it. */
export class UnreadableError extends Error {
  readonly reason: UnreadableReason

  constructor(reason: UnreadableReason) {
    super(reason)
    this.name = 'UnreadableError'
    this.reason = reason
  }
}

export function malformed(): UnreadableError {
  return new UnreadableError('malformed')
}

/** Counts what a payload becomes while it is read, so that a bomb ends early. */
export class Budget {
  private nodes = MAX_NODES
  private chars = MAX_CHARS
  private depth = 0

  /** @throws UnreadableError */
  spend(chars: number): void {
    this.nodes -= 1
    if (this.nodes < 0) throw new UnreadableError('tooComplex')
    this.spendChars(chars)
  }

  /** Of a name, which is no value. @throws UnreadableError */
  spendChars(chars: number): void {
    this.chars -= chars
    if (this.chars < 0) throw new UnreadableError('tooComplex')
  }

  /** @throws UnreadableError */
  nested<T>(read: () => T): T {
    this.depth += 1
    if (this.depth > MAX_DEPTH) throw new UnreadableError('tooComplex')
    const result = read()
    this.depth -= 1
    return result
  }
}
