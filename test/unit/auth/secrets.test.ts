import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAttemptLimit } from '../../../lib/auth/attempt-limit.ts'
import { createSecretBox } from '../../../lib/auth/secret-box.ts'
import { loadOrCreateSecret } from '../../../lib/auth/secret-key.ts'
import { HoldfastError } from '../../../lib/errors.ts'

describe('secret box', () => {
  const box = createSecretBox('a secret of the console')

  test('what was sealed comes back, and looks different each time', () => {
    const text = '{"password":"hüllo 密码"}'
    expect(box.open(box.seal(text))).toBe(text)
    expect(box.seal(text)).not.toBe(box.seal(text))
    expect(box.seal(text)).not.toContain('password')
  })

  test('another secret, a changed text and another version do not open', () => {
    const sealed = box.seal('text')
    const changed = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA')
    for (const attempt of [
      () => createSecretBox('another secret').open(sealed),
      () => box.open(changed),
      () => box.open(sealed.replace('v1', 'v2')),
      () => box.open('v1.AAAA'),
      () => box.open(''),
    ]) {
      expect(attempt).toThrow(HoldfastError)
    }
  })
})

describe('secret file', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-secret-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('is made once beside the database, for its owner alone', () => {
    const config = { secret: null, databaseUrl: `file:${join(folder, 'data/holdfast.db')}` }
    const secret = loadOrCreateSecret(config)
    expect(secret.length).toBeGreaterThanOrEqual(32)
    expect(loadOrCreateSecret(config)).toBe(secret)
    const path = join(folder, 'data/secret.key')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8').trim()).toBe(secret)
  })

  test('is not made when the environment has one', () => {
    expect(loadOrCreateSecret({ secret: 'given', databaseUrl: 'postgresql://h/d' })).toBe('given')
  })
})

test('attempts are limited per key and window', () => {
  let nowMs = 0
  const limit = createAttemptLimit(3, 1000, () => nowMs)
  const isBlocked = (key: string): boolean => {
    try {
      limit.check(key)
      return false
    } catch (error) {
      expect(error).toMatchObject({ code: 'too_many_attempts', facts: { retryAfterSeconds: 1 } })
      return true
    }
  }
  for (let i = 0; i < 3; i++) {
    expect(isBlocked('a')).toBe(false)
    limit.fail('a')
  }
  expect(isBlocked('a')).toBe(true)
  expect(isBlocked('b')).toBe(false)
  nowMs = 1000
  expect(isBlocked('a')).toBe(false)
  limit.fail('a')
  limit.succeed('a')
  limit.fail('a')
  limit.fail('a')
  expect(isBlocked('a')).toBe(false)
})
