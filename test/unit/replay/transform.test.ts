/** One change for all records: what it does to values and headers, and when a record cannot be changed. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyTransform,
  markOf,
  prepareTransform,
  stepFaults,
  TRANSFORM_VERSION,
  type TransformStep,
} from '../../../lib/replay/transform.ts'

const HEADERS = [
  { key: 'a', value: Buffer.from('1') },
  { key: 'b', value: null },
  { key: 'a', value: Buffer.from('2') },
]

function change(steps: TransformStep[], value: string | Uint8Array | null, headers = HEADERS) {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  const transform = prepareTransform(steps)
  if (transform === null) throw new Error('no steps')
  const changed = applyTransform(transform, { value: bytes, headers })
  return (
    changed && {
      value: changed.value && Buffer.from(changed.value).toString(),
      headers: changed.headers.map(({ key, value: text }) => [key, text && Buffer.from(text).toString()]),
    }
  )
}
const set = (path: string, json: string): TransformStep => ({ kind: 'setValue', path, json })
const remove = (path: string): TransformStep => ({ kind: 'removeValue', path })

describe('a value', () => {
  it.each<[string, TransformStep[], string, string]>([
    ['a member', [set('$.a', '2')], '{"a":1,"b":1}', '{"a":2,"b":1}'],
    ['one that is not there yet', [set('$.c', '"x"')], '{"a":1}', '{"a":1,"c":"x"}'],
    ['deep inside', [set('$.a.b[1].c', 'null')], '{"a":{"b":[{},{"c":1}]}}', '{"a":{"b":[{},{"c":null}]}}'],
    [
      'every item',
      [set('$.list[*].unit', '"EUR"')],
      '{"list":[{},{"unit":"x"}]}',
      '{"list":[{"unit":"EUR"},{"unit":"EUR"}]}',
    ],
    ['a name with a dot', [set('$["a.b"]', '1')], '{"a.b":0}', '{"a.b":1}'],
    ['the whole', [set('$', '{"new":true}')], '{"old":1}', '{"new":true}'],
    ['a member that is removed', [remove('$.a')], '{"a":1,"b":2}', '{"b":2}'],
    ['one that is not there to be removed', [remove('$.x.y')], '{"a":1}', '{"a":1}'],
    ['an item that is removed', [remove('$.l[0]')], '{"l":[1,2]}', '{"l":[2]}'],
    ['several, one after the other', [set('$.a', '{}'), set('$.a.b', '1'), remove('$.c')], '{"c":1}', '{"a":{"b":1}}'],
    [
      'digits that a number would lose',
      [set('$.b', '1')],
      '{"id":12345678901234567890.10}',
      '{"id":12345678901234567890.10,"b":1}',
    ],
    ['a member whose name comes twice', [set('$.a', '3')], '{"a":1,"a":2}', '{"a":3,"a":3}'],
    ['a member called __proto__', [set('$.__proto__', '1')], '{"__proto__":0}', '{"__proto__":1}'],
  ])('%s', (_name, steps, before, after) => {
    expect(change(steps, before)?.value).toBe(after)
  })

  it.each<[string, TransformStep[], string | Uint8Array | null]>([
    ['no JSON', [set('$.a', '1')], 'plain text'],
    ['a tombstone', [set('$.a', '1')], null],
    ['what a registry framed', [remove('$.a')], Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), Buffer.from('{"a":1}')])],
    ['no UTF-8', [remove('$.a')], Buffer.from([0x22, 0xff, 0x22])],
    ['no object where the value belongs', [set('$.a.b', '1')], '{"c":1}'],
    ['no such item', [set('$.l[5]', '1')], '{"l":[1]}'],
    ['no list', [set('$[*].a', '1')], '{"a":{}}'],
    ['a list instead of an object', [set('$.*', '1')], '[{}]'],
  ])('is left out where there is %s', (_name, steps, value) => {
    expect(change(steps, value)).toBeNull()
  })

  it('stays byte for byte when only headers change', () => {
    expect(change([{ kind: 'removeHeader', name: 'b' }], '{ "spaced" : 1 }')?.value).toBe('{ "spaced" : 1 }')
  })

  it('that says the same already is not changed in meaning', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
        const text = JSON.stringify(json)
        expect(JSON.parse(change([remove('$.nowhere.at.all')], text)?.value ?? 'null')).toEqual(JSON.parse(text))
      }),
    )
  })
})

describe('headers', () => {
  it.each<[string, TransformStep, unknown]>([
    [
      'set in the place of all of this name',
      { kind: 'setHeader', name: 'a', value: 'new' },
      [
        ['a', 'new'],
        ['b', null],
      ],
    ],
    [
      'added',
      { kind: 'setHeader', name: 'c', value: null },
      [
        ['a', '1'],
        ['b', null],
        ['a', '2'],
        ['c', null],
      ],
    ],
    ['removed', { kind: 'removeHeader', name: 'a' }, [['b', null]]],
    [
      'not there',
      { kind: 'removeHeader', name: 'z' },
      [
        ['a', '1'],
        ['b', null],
        ['a', '2'],
      ],
    ],
  ])('%s', (_name, step, headers) => {
    expect(change([step], null)?.headers).toEqual(headers)
  })
})

describe('steps that nobody can take', () => {
  it.each<[TransformStep, string | null]>([
    [set('a', '1'), 'path'],
    [set('$..a', '1'), 'path'],
    [remove('$'), 'path'],
    [set('$.a', 'one'), 'json'],
    [set('$.a', ''), 'json'],
    [set('$.a', '1'), null],
    [remove('$.a'), null],
    [{ kind: 'setHeader', name: 'x', value: null }, null],
  ])('%j: %s', (step, field) => {
    expect(stepFaults([set('$.ok', '1'), step])).toEqual(field === null ? [] : [{ index: 1, field }])
  })
})

describe('its mark', () => {
  it('is the same for the same steps, in whichever order their fields were written, and another one for any others', () => {
    const digestOf = (...steps: TransformStep[]): string | undefined => markOf(steps)?.digest
    const first = digestOf(set('$.a', '1'), remove('$.b'))
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(digestOf({ json: '1', path: '$.a', kind: 'setValue' }, remove('$.b'))).toBe(first)
    const others = [
      digestOf(remove('$.b'), set('$.a', '1')),
      digestOf(set('$.a', '2'), remove('$.b')),
      digestOf(set('$.a', '1')),
      digestOf({ kind: 'setHeader', name: 'h', value: null }),
      digestOf({ kind: 'removeHeader', name: 'h' }),
      digestOf({ kind: 'setHeader', name: 'h', value: '' }),
    ]
    expect(new Set([first, ...others]).size).toBe(7)
    expect(markOf([set('$.a', '1')])?.version).toBe(TRANSFORM_VERSION)
    expect(markOf([])).toBeNull()
  })

  it('is bound to the version: who changes what steps do must raise it, and this number with it', () => {
    expect(markOf([set('$.a', '1')])).toEqual({
      version: 1,
      digest: createHash('sha256').update('[1,[["setValue","$.a","1"]]]').digest('hex'),
    })
  })
})
