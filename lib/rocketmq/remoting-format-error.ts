/** Bytes that are not what the remoting protocol promises. What follows them on the connection cannot be trusted. */
export class RemotingFormatError extends Error {
  constructor(found: string, cause?: unknown) {
    super(found, cause === undefined ? undefined : { cause })
    this.name = 'RemotingFormatError'
  }
}
