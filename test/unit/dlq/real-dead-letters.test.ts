import { describe } from 'vitest'
import { readFixtures } from '../../fixtures/dead-letters/dead-letter-fixtures.ts'
import { describeDecoding } from '../../fixtures/dead-letters/decoding-contract.ts'

describe('dead letters of real programs', () => {
  const deadLetters = readFixtures()
  describeDecoding(() => deadLetters)
})
