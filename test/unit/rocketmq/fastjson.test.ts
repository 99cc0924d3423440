import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FastjsonError, type FastjsonValue, fastjsonEntries, parseFastjson } from '../../../lib/rocketmq/fastjson.ts'
import { text } from './remoting-arbitraries.ts'

/** Writes a value as fastjson does: integers bare as keys, objects as keys, everything else as JSON. */
function write(value: FastjsonValue): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map(write).join()}]`
  const entries = fastjsonEntries(value)
  if (entries === null) return JSON.stringify(value)
  const key = (name: FastjsonValue) => (typeof name === 'string' && /^\d+$/.test(name) ? name : write(name))
  return `{${entries.map(([name, inner]) => `${key(name)}:${write(inner)}`).join()}}`
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  text,
  fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
  int64.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
)
const { value: anyValue } = fc.letrec<{ value: FastjsonValue }>((tie) => {
  const key = fc.oneof(text, fc.nat(20).map(String), fc.constant('__proto__'))
  const queue = fc.record({ brokerName: text, queueId: fc.nat(), topic: text })
  return {
    value: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      fc.array(fc.tuple(queue, tie('value')), { minLength: 1, maxLength: 4 }).map((entries) => new Map(entries)),
    ),
  }
})

describe('parseFastjson', () => {
  it('reads what fastjson writes', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(parseFastjson(write(value))).toEqual(value)
      }),
    )
  })

  it('reads all of JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, space) => {
        const spaced = JSON.stringify(JSON.parse(json), null, space)
        expect(JSON.stringify(parseFastjson(spaced), rounded)).toBe(JSON.stringify(JSON.parse(json)))
      }),
    )
  })

  it('reads bytes as UTF-8', () => {
    expect(parseFastjson(Buffer.from('{"主题":"队列"}'))).toEqual({ 主题: '队列' })
  })

  it.each<[string, string, FastjsonValue]>([
    ['bare number keys', '{0:"a",1:"b",-1:"c"}', { 0: 'a', 1: 'b', '-1': 'c' }],
    ['bare identifier keys', '{brokerAddrs:1,a_b:2,$c.d:3}', { brokerAddrs: 1, a_b: 2, '$c.d': 3 }],
    [
      'object keys',
      '{"offsetTable":{{"brokerName":"broker-a","queueId":0,"topic":"T1"}:1}}',
      { offsetTable: new Map([[{ brokerName: 'broker-a', queueId: 0, topic: 'T1' }, 1]]) as FastjsonValue },
    ],
    [
      'object keys beside texts',
      '{"a":1,{}:2}',
      new Map<FastjsonValue, FastjsonValue>([
        ['a', 1],
        [{}, 2],
      ]),
    ],
    ['the largest number of 64 bits', '9223372036854775807', 2n ** 63n - 1n],
    ['the smallest number of 64 bits', '-9223372036854775808', -(2n ** 63n)],
    ['the largest exact number', '9007199254740991', 9_007_199_254_740_991],
    ['the first number that is not exact', '9007199254740993', 9_007_199_254_740_993n],
    ['fractions and exponents', '[0.0,-1.5,1.7976931348623157E308]', [0, -1.5, Number.MAX_VALUE]],
    ['escapes', String.raw`"\"\\\/\b\f\n\r\t\v\'\u4e3b\x41"`, '"\\/\b\f\n\r\t\v\'主A'],
    ['escapes behind and before plain texts', String.raw`["a","b\nc","d"]`, ['a', 'b\nc', 'd']],
    ['white space', ' { "a" : [ 1 , 2 ] }\n', { a: [1, 2] }],
  ])('reads %s', (_name, written, value) => {
    expect(parseFastjson(written)).toEqual(value)
  })

  it('takes hostile keys as keys like any other', () => {
    const read = parseFastjson('{"__proto__":{"polluted":1},__proto__:{"again":1},"constructor":2}')
    expect(Object.keys(read as object)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect('polluted' in {} || 'again' in {}).toBe(false)
  })

  it.each([
    ['nothing', ''],
    ['half an object', '{"a":1'],
    ['half a text', '{"a":"b'],
    ['a text that ends in a backslash', '"a\\"'],
    ['an unknown escape', String.raw`"\q"`],
    ['an escape without its digits', String.raw`"\u00g0"`],
    ['an escape that ends early', String.raw`"\u00"`],
    ['two values', '1 2'],
    ['a missing colon', '{"a" 1}'],
    ['a missing comma', '[1 2]'],
    ['a stray bracket', '[1}'],
    ['an unknown word', 'NaN'],
    ['an array as key', '{[1]:2}'],
    ['a lone minus', '-'],
  ])('refuses %s', (_name, written) => {
    expect(() => parseFastjson(written)).toThrow(FastjsonError)
  })

  it('tells where it stopped, not what it saw', () => {
    const error = new FastjsonError(8)
    expect(() => parseFastjson('{"pw":1 secret}')).toThrow(error)
    expect(error.position).toBe(8)
  })

  it('refuses nesting that no RocketMQ body has', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
    expect(parseFastjson(nested(64))).toBeInstanceOf(Array)
    expect(() => parseFastjson(nested(65))).toThrow(FastjsonError)
    expect(() => parseFastjson('{'.repeat(1_000_000))).toThrow(FastjsonError)
  })

  it('refuses more values than any RocketMQ body has', () => {
    expect(() => parseFastjson(`[${'0,'.repeat(2_000_001)}0]`)).toThrow(FastjsonError)
  })
})

describe('fastjsonEntries', () => {
  it('lists the entries of both kinds of objects', () => {
    expect(fastjsonEntries({ a: 1 })).toEqual([['a', 1]])
    expect(fastjsonEntries(parseFastjson('{{"q":0}:1}'))).toEqual([[{ q: 0 }, 1]])
    expect(fastjsonEntries({})).toEqual([])
  })

  it.each([[null], [undefined], [1], ['a'], [[1]]])('is null for %s', (value) => {
    expect(fastjsonEntries(value)).toBeNull()
  })
})
