import { describe, expect, test } from 'vitest'
import type { PathSet } from '../../../lib/payload/json-path.ts'
import { parseJson, writeJson } from '../../../lib/payload/json-tree.ts'
import { MASK, maskingRules, maskJson, topicMasks } from '../../../lib/payload/masking.ts'

function masksOf(...paths: string[]): PathSet {
  const { value } = topicMasks(maskingRules.parse([{ paths }]), 'any', ['topic'])
  if (value === null) throw new Error('no paths')
  return value
}

function masked(text: string, ...paths: string[]): { text: string; masked: string[] } {
  const { value, masked: list } = maskJson(parseJson(text), masksOf(...paths))
  return { text: writeJson(value), masked: list }
}

const CARD = '$.card.number'

test.each<[string, string[], string, string, string[]]>([
  ['a member', [CARD], '{"card":{"number":"4111","x":1}}', '{"card":{"number":"***","x":1}}', [CARD]],
  ['nothing there', [CARD], '{"card":{"x":1}}', '{"card":{"x":1}}', []],
  ['the whole', ['$'], '{"a":1}', '"***"', ['$']],
  [
    'at any depth',
    ['$..pw'],
    '{"pw":1,"a":[{"pw":{"b":2}}]}',
    '{"pw":"***","a":[{"pw":"***"}]}',
    ['$.pw', '$.a[0].pw'],
  ],
  ['all members', ['$.a.*'], '{"a":{"b":1,"c":[2]},"d":3}', '{"a":{"b":"***","c":"***"},"d":3}', ['$.a.b', '$.a.c']],
  ['all elements', ['$.a[*]'], '{"a":[1,{"b":2}]}', '{"a":["***","***"]}', ['$.a[0]', '$.a[1]']],
  ['one element', ['$.a[1]'], '{"a":[1,2,3]}', '{"a":[1,"***",3]}', ['$.a[1]']],
  ['null too: that it is missing tells something', ['$.a'], '{"a":null}', '{"a":"***"}', ['$.a']],
  ['other numbers keep their digits', ['$.a'], '{"a":1,"b":1.10}', '{"a":"***","b":1.10}', ['$.a']],
  // Ways around a rule.
  ['both of two members with one name', ['$.pw'], '{"pw":"x","pw":"y"}', '{"pw":"***","pw":"***"}', ['$.pw', '$.pw']],
  [
    'a first member that JSON readers do not see',
    [CARD],
    '{"card":{"number":1},"card":2}',
    '{"card":{"number":"***"},"card":2}',
    [CARD],
  ],
  ['a name in escapes', ['$.password'], '{"p\\u0061ssword":"x"}', '{"password":"***"}', ['$.password']],
  ['a name in other case', ['$.password'], '{"PassWord":"x"}', '{"PassWord":"***"}', ['$.PassWord']],
  ['a rule in other case', ['$.PASSWORD'], '{"password":"x"}', '{"password":"***"}', ['$.password']],
  [
    'a list where an object was',
    [CARD],
    '{"card":[{"number":1},{"number":2}]}',
    '{"card":[{"number":"***"},{"number":"***"}]}',
    ['$.card[0].number', '$.card[1].number'],
  ],
  [
    'lists in lists',
    [CARD],
    '[[{"card":[[{"number":1}]]}]]',
    '[[{"card":[[{"number":"***"}]]}]]',
    ['$[0][0].card[0][0].number'],
  ],
  [
    'an object where a list was',
    ['$.cards[*].number'],
    '{"cards":{"number":1}}',
    '{"cards":{"number":"***"}}',
    ['$.cards.number'],
  ],
  [
    'an object where an element was',
    ['$.cards[0].number'],
    '{"cards":{"number":1}}',
    '{"cards":{"number":"***"}}',
    ['$.cards.number'],
  ],
  ['JSON in a text', ['$..pw'], '{"body":"{\\"pw\\":\\"x\\"}"}', '{"body":"{\\"pw\\":\\"***\\"}"}', ['$.body.pw']],
  [
    'JSON in a text by its path',
    ['$.body.pw'],
    '{"body":" [{\\"pw\\":1}]"}',
    '{"body":"[{\\"pw\\":\\"***\\"}]"}',
    ['$.body[0].pw'],
  ],
  [
    'a text that is JSON without the name stays as it is',
    ['$..pw'],
    '{"body":" {\\"a\\": 1}"}',
    '{"body":" {\\"a\\": 1}"}',
    [],
  ],
  [
    'a name that means something to JavaScript',
    ['$.__proto__.a'],
    '{"__proto__":{"a":1}}',
    '{"__proto__":{"a":"***"}}',
    ['$.__proto__.a'],
  ],
])('%s', (_name, paths, text, expected, list) => {
  expect(masked(text, ...paths)).toEqual({ text: expected, masked: list })
})

test('everything is hidden however much there is; only the list of paths ends', () => {
  const text = `[${Array.from({ length: 500 }, (_, index) => `{"pw":"secret${index}"}`).join(',')}]`
  const result = masked(text, '$..pw')
  expect(result.text).not.toContain('secret')
  expect(result.masked).toHaveLength(100)
})

test('JSON inside texts is hidden also behind the first hundred paths', () => {
  const inner = JSON.stringify({ pw: 'secret' })
  const text = JSON.stringify([...Array.from({ length: 150 }, () => ({ pw: 1 })), inner])
  expect(masked(text, '$..pw').text).not.toContain('secret')
})

describe('which rules apply', () => {
  const rules = maskingRules.parse([
    { match: { cluster: 'eu-*', topic: 'pay.*' }, paths: ['$.a'], headers: ['Authorization', 'x-secret-*'] },
    { match: { topic: 'pay.cards' }, keyPaths: ['$'] },
  ])
  test.each<[string, string, string[], boolean, boolean, boolean]>([
    ['both', 'eu-1', ['pay.cards'], true, true, true],
    ['cluster differs', 'us-1', ['pay.cards'], false, true, false],
    ['topic differs', 'eu-1', ['orders'], false, false, false],
    ['topic patterns match the whole name', 'eu-1', ['prepay.x'], false, false, false],
    ['the dead letter came from such a topic', 'eu-1', ['dlq', 'pay.other'], true, false, true],
  ])('%s', (_name, cluster, topics, value, key, header) => {
    const masks = topicMasks(rules, cluster, topics)
    expect([masks.value !== null, masks.key !== null]).toEqual([value, key])
    expect([masks.hidesHeader('authorization'), masks.hidesHeader('X-SECRET-id')]).toEqual([header, header])
    expect(masks.hidesHeader('x-other')).toBe(false)
  })
})

test('the mask itself is what the documentation says', () => expect(MASK).toBe('***'))
