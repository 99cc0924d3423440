import {
  AuthenticationError,
  NetworkError,
  ProtocolError,
  ResponseError,
  TimeoutError,
  UserError,
} from '@platformatic/kafka'
import { describe, expect, it } from 'vitest'
import { FAULT_CODES } from '../../../lib/cluster/fault.ts'
import en from '../../../lib/i18n/messages/en/faults.json' with { type: 'json' }
import zh from '../../../lib/i18n/messages/zh/faults.json' with { type: 'json' }
import { type ErrorSetting, faultOfError, faultOfErrorCode, partialAnswer } from '../../../lib/kafka/kafka-fault.ts'
import { TokenEndpointError } from '../../../lib/kafka/oauth-token.ts'

const CONNECTING: ErrorSetting = { address: 'k:9092', api: null, usesTls: false, mechanism: null }
const ASKING = { ...CONNECTING, api: 'Metadata' }
const OVER_TLS = { ...CONNECTING, usesTls: true }
const SIGNING_IN = { ...CONNECTING, mechanism: 'PLAIN' }

function system(code: string): Error {
  return new NetworkError('Connection failed.', {
    cause: Object.assign(new Error('words that nobody reads'), { code }),
  })
}

describe('faultOfError', () => {
  it.each([
    ['an unknown host', system('ENOTFOUND'), CONNECTING, 'hostNotFound'],
    ['a name server that does not answer', system('EAI_AGAIN'), CONNECTING, 'hostNotFound'],
    ['a refused port', system('ECONNREFUSED'), CONNECTING, 'connectionRefused'],
    ['no route', system('EHOSTUNREACH'), CONNECTING, 'connectTimeout'],
    ['silence while connecting', new TimeoutError('t'), CONNECTING, 'connectTimeout'],
    ['silence after a request', new TimeoutError('t'), ASKING, 'requestTimeout'],
    ['a reset connection', system('ECONNRESET'), ASKING, 'connectionClosed'],
    ['a closed connection', new NetworkError('Connection closed'), ASKING, 'connectionClosed'],
    ['a reset in the TLS handshake', system('ECONNRESET'), OVER_TLS, 'tlsHandshakeFailed'],
    ['a self-signed certificate', system('DEPTH_ZERO_SELF_SIGNED_CERT'), OVER_TLS, 'tlsUntrusted'],
    ['another host name', system('ERR_TLS_CERT_ALTNAME_INVALID'), OVER_TLS, 'tlsHostMismatch'],
    ['an expired certificate', system('CERT_HAS_EXPIRED'), OVER_TLS, 'tlsExpired'],
    ['something else in OpenSSL', system('ERR_SSL_WRONG_VERSION_NUMBER'), OVER_TLS, 'tlsHandshakeFailed'],
    [
      'our certificate refused',
      system('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      OVER_TLS,
      'tlsClientCertificateRefused',
    ],
    ['TLS bytes on a plain connection', new UserError('u'), CONNECTING, 'tlsExpectedByBroker'],
    [
      'a wrong password',
      new AuthenticationError('a', { cause: new ProtocolError(58) }),
      SIGNING_IN,
      'authenticationFailed',
    ],
    [
      'a mechanism nobody offers',
      new AuthenticationError('a', { cause: new ProtocolError(33) }),
      SIGNING_IN,
      'saslMechanismUnsupported',
    ],
    [
      'a listener without sign-in',
      new AuthenticationError('a', { cause: new ProtocolError(34) }),
      SIGNING_IN,
      'saslNotExpectedByBroker',
    ],
    ['a server proof that does not match', new AuthenticationError('a'), SIGNING_IN, 'authenticationFailed'],
    [
      'no token',
      new AuthenticationError('a', { cause: new TokenEndpointError(401) }),
      SIGNING_IN,
      'tokenEndpointFailed',
    ],
    [
      'an answer that is refused as a whole',
      new ResponseError(16, 5, { '/': [31, null] }, {}),
      ASKING,
      'authorizationFailed',
    ],
    ['bytes that make no sense', new RangeError('r'), ASKING, 'invalidAnswer'],
  ] as const)('%s', (_name, error, setting, code) => {
    expect(faultOfError(error, setting)).toMatchObject({ code, facts: expect.objectContaining({}) })
  })

  it('never tells what the error said', () => {
    const secret = new NetworkError('hunter2', { cause: Object.assign(new Error('hunter2'), { code: 'ECONNREFUSED' }) })
    expect(JSON.stringify(faultOfError(secret, CONNECTING))).not.toContain('hunter2')
  })
})

describe('faultOfErrorCode', () => {
  it.each([
    [0, null],
    [3, 'topicDeleted'],
    [6, 'leaderNotAvailable'],
    [16, 'coordinatorNotAvailable'],
    [29, 'authorizationFailed'],
    [30, 'authorizationFailed'],
    [35, 'unsupportedByBroker'],
    [56, 'logDirOffline'],
    [69, 'groupNotFound'],
    [17, 'topicDeleted'],
    [42, 'brokerError'],
    [-1, 'brokerError'],
  ])('%s is %s', (errorCode, code) => {
    expect(faultOfErrorCode(errorCode)?.code ?? null).toBe(code)
  })
})

describe('partialAnswer', () => {
  it('is what came beside errors of single parts', () => {
    const answer = { topics: [] }
    expect(partialAnswer(new ResponseError(3, 12, { '/topics/0': [29, null] }, answer))).toBe(answer)
  })

  it('is nothing when the whole answer is an error', () => {
    expect(partialAnswer(new ResponseError(16, 5, { '/': [31, null] }, {}))).toBeNull()
    expect(partialAnswer(new ResponseError(55, 2, { '': [31, null] }, {}))).toBeNull()
    expect(partialAnswer(new Error('other'))).toBeNull()
  })
})

describe('the words of faults', () => {
  // A name in braces, alone or before a comma; the words of a choice stand in braces too.
  const placeholders = (text: string) => [...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1]).sort()

  it.each(FAULT_CODES)('%s has a message and a fix in both languages, with the same facts', (code) => {
    const words = { en: en[code], zh: zh[code] }
    for (const { message, fix } of Object.values(words))
      expect([message.length > 4, fix.length > 4]).toEqual([true, true])
    expect(placeholders(words.zh.message)).toEqual(placeholders(words.en.message))
    expect(placeholders(words.zh.fix)).toEqual(placeholders(words.en.fix))
  })

  it('has no words for codes that do not exist', () => {
    expect(Object.keys(en).sort()).toEqual([...FAULT_CODES].sort())
    expect(Object.keys(zh).sort()).toEqual([...FAULT_CODES].sort())
  })
})
