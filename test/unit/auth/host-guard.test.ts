import { describe, expect, test } from 'vitest'
import { acceptedHosts, checkAddress, checkHostAndOrigin, isHttps } from '../../../lib/auth/host-guard.ts'

const accepted = acceptedHosts({ host: '127.0.0.1', port: 3000, publicUrl: 'https://console.example' })

function check(headers: Record<string, string>, method = 'GET'): string | null {
  return checkHostAndOrigin({ host: 'localhost:3000', ...headers }, method, accepted)?.code ?? null
}

describe('host', () => {
  test.each(['localhost:3000', '127.0.0.1:3000', '[::1]:3000', 'LOCALHOST:3000', 'console.example'])(
    '%s is served',
    (host) => {
      expect(check({ host })).toBeNull()
    },
  )

  test.each([
    'evil.example:3000',
    'localhost',
    'localhost:3001',
    'localhost:3000.evil.example',
    '127.0.0.1.evil.example:3000',
    'console.example:3000',
    'user@localhost:3000',
    '',
  ])('%s is refused', (host) => {
    expect(check({ host })).toBe('host_refused')
  })

  test('a request without a host is refused', () => {
    expect(checkHostAndOrigin({}, 'GET', accepted)?.code).toBe('host_refused')
  })

  test('the default port may be left out only where it is the port', () => {
    const onDefault = acceptedHosts({ host: '::1', port: 80, publicUrl: null })
    expect([...onDefault]).toEqual(expect.arrayContaining(['localhost', '[::1]', '[::1]:80']))
  })
})

describe('origin', () => {
  test.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'https://console.example'])(
    '%s may change things',
    (origin) => {
      expect(check({ origin }, 'POST')).toBeNull()
    },
  )

  test.each([
    'http://evil.example',
    'http://localhost:8080',
    'null',
    'file://localhost:3000',
    'https://console.example.evil',
  ])('%s is refused, for reading too', (origin) => {
    expect(check({ origin }, 'POST')).toBe('origin_refused')
    expect(check({ origin }, 'GET')).toBe('origin_refused')
  })

  test.each([
    ['a link from another site', 'GET', 'cross-site', 'navigate', null],
    ['an address that was typed', 'GET', 'none', 'navigate', null],
    ['our own page', 'POST', 'same-origin', 'cors', null],
    ['a form of another site', 'POST', 'cross-site', 'navigate', 'origin_refused'],
    ['an image of another site', 'GET', 'cross-site', 'no-cors', 'origin_refused'],
    ['a page of another port of this machine', 'POST', 'same-site', 'cors', 'origin_refused'],
  ])('%s', (_name, method, site, mode, expected) => {
    expect(check({ 'sec-fetch-site': site, 'sec-fetch-mode': mode }, method)).toBe(expected)
  })

  test('the headers of a web request are read alike', () => {
    const headers = new Headers({ host: 'localhost:3000', origin: 'http://evil.example' })
    expect(checkHostAndOrigin(headers, 'POST', accepted)?.code).toBe('origin_refused')
  })
})

test('cookies are for https only where the public address is', () => {
  const config = { publicUrl: 'https://console.example' }
  expect(isHttps({ host: 'console.example' }, config)).toBe(true)
  expect(isHttps({ host: 'localhost:3000' }, config)).toBe(false)
  expect(isHttps({ host: 'localhost:3000' }, { publicUrl: null })).toBe(false)
})

test.each([
  ['/api/v1/clusters/a/topics/%E0%A4%A', 'bad_request'],
  ['/api/v1/clusters/a/topics/%25DLQ%25billing?q=%', null],
  ['/clusters/%E0%A4%A', null],
])('the address %s', (url, expected) => {
  expect(checkAddress(url)?.code ?? null).toBe(expected)
})
