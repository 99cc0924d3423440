/** What a decoder throws on bytes it cannot read; the reader turns it into a fault of the place they stand at. */

export type Damage = 'length' | 'checksum' | 'compression' | 'records'

/** The bytes are not what their format promises. */
export class DamagedBytesError extends Error {
  readonly damage: Damage

  constructor(damage: Damage) {
    super(damage)
    this.name = 'DamagedBytesError'
    this.damage = damage
  }
}

/** They would unpack to more than is allowed. */
export class TooManyBytesError extends Error {
  constructor() {
    super('too many bytes')
    this.name = 'TooManyBytesError'
  }
}
