/** A schema that the registry gave cannot be used: not valid, of a kind we do not know, or larger than any of use. */
export class UnusableSchemaError extends Error {
  constructor(cause?: unknown) {
    super('unusable schema', cause === undefined ? undefined : { cause })
    this.name = 'UnusableSchemaError'
  }
}
