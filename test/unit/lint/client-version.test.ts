import { describe, expect, test } from 'vitest'
import { ANY_VERSION, defaultIn, isAtLeast, parseVersion } from '../../../lib/lint/client-version.ts'
import { kafkaOfSpringBoot } from '../../../lib/lint/clients/spring-boot.ts'

const ACKS = [
  { since: '0', value: '1' },
  { since: '3.0', value: 'all' },
]

describe('defaults by version', () => {
  test.each([
    ['2.8.1', '1'],
    ['3.0', 'all'],
    ['3', 'all'],
    ['2', '1'],
    ['v3.9.0', 'all'],
    ['3.9.0-ccs', 'all'],
  ])('%s', (version, value) => {
    expect(defaultIn(ACKS, parseVersion(version) ?? ANY_VERSION)).toBe(value)
  })

  test('a range in which it changes has none', () => {
    expect(defaultIn(ACKS, ANY_VERSION)).toBeUndefined()
    const ofThree = [...ACKS, { since: '3.0.1', value: 'x' }]
    expect(defaultIn(ofThree, parseVersion('3.0') ?? ANY_VERSION)).toBeUndefined()
    expect(defaultIn(ofThree, parseVersion('3.0.0') ?? ANY_VERSION)).toBe('all')
  })

  test('none is not unknown', () => {
    expect(defaultIn([{ since: '0', value: null }], ANY_VERSION)).toBeNull()
  })
})

test.each(['', 'latest', '3.', '3..1', '-3', '3.9.0.0.0.0.0.0!', '9'.repeat(50)])('%j is no version', (text) => {
  expect(parseVersion(text)).toBeNull()
})

test('at least', () => {
  expect(isAtLeast(parseVersion('4.0.1') ?? ANY_VERSION, '4.0')).toBe(true)
  expect(isAtLeast(parseVersion('3.9') ?? ANY_VERSION, '4.0')).toBe(false)
  expect(isAtLeast(ANY_VERSION, '4.0')).toBeNull()
})

describe('the client that Spring Boot brings along', () => {
  test.each([
    ['3.2.5', '3.6'],
    ['2.7', '3.1'],
    ['4.0', '4.1'],
  ])('%s has %s', (boot, kafka) => {
    expect(kafkaOfSpringBoot(parseVersion(boot) ?? ANY_VERSION)).toEqual(parseVersion(kafka))
  })

  test('of a whole major version it is a range', () => {
    const range = kafkaOfSpringBoot(parseVersion('3') ?? ANY_VERSION)
    expect([range?.from, range?.to]).toEqual([parseVersion('3.3')?.from, parseVersion('3.9')?.to])
  })

  test('of a version nobody knows there is none', () => {
    expect(kafkaOfSpringBoot(parseVersion('1.5') ?? ANY_VERSION)).toBeNull()
  })
})
