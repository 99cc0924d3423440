import { describe, expect, test } from 'vitest'
import type { BytesAnswer } from '../../../lib/api/schemas/messages.ts'
import { type EditableRecord, editableRecord, editOf, withLineEndsOf } from '../../../lib/client/record-edit.ts'

function text(data: string, over: Partial<BytesAnswer> = {}): BytesAnswer {
  const plain = { sizeBytes: data.length, truncated: false, decoded: null, decodeFault: null, masking: 'none' } as const
  return { encoding: 'utf8', data, ...plain, ...over }
}

const json = { format: 'json' as const, json: {}, schemaId: null, masked: [], numbersAsText: [] }

describe('which records may be edited', () => {
  test.each<[string, BytesAnswer | null, unknown]>([
    ['text', text('a'), { value: 'a' }],
    ['a tombstone', null, { value: null }],
    ['JSON', text('{}', { decoded: json }), { value: '{}' }],
    ['bytes', text('AA==', { encoding: 'base64' }), 'binary'],
    ['the first part of a value', text('a', { truncated: true }), 'truncated'],
    ['Avro', text('a', { decoded: { ...json, format: 'avro', schemaId: 7 } }), 'schema'],
    ['a hidden path', text('{}', { decoded: { ...json, masked: ['$.card'] }, masking: 'part' }), 'masked'],
    ['a value that is hidden whole', text('***', { masking: 'whole' }), 'masked'],
    ['two kinds of line ends', text('a\r\nb\nc'), 'lineEnds'],
  ])('%s', (_, value, expected) => {
    const record = editableRecord({ value, headers: [] })
    if (typeof expected === 'string') expect(record).toBe(expected)
    else expect(record).toMatchObject(expected as object)
  })

  test('headers that are not text stay as they are', () => {
    const headers = [{ key: 'bin', value: text('AA==', { encoding: 'base64' }) }]
    expect(editableRecord({ value: text('a'), headers })).toEqual({ value: 'a', headers: null })
  })

  test('headers of which one is hidden stay as they are', () => {
    const headers = [
      { key: 'trace', value: text('1') },
      { key: 'secret', value: text('***', { masking: 'whole' }) },
    ]
    expect(editableRecord({ value: text('a'), headers })).toEqual({ value: 'a', headers: null })
  })
})

describe('an edit', () => {
  const original: EditableRecord = { value: 'a', headers: [{ key: 'h', value: null }] }
  const place = { partition: 1, offset: 2 }

  test('holds only what differs', () => {
    expect(editOf(place, original, 'a', [{ key: 'h', value: null }])).toBeNull()
    expect(editOf(place, original, 'b', [{ key: 'h', value: null }])).toEqual({ ...place, value: 'b' })
    expect(editOf(place, original, null, null)).toEqual({ ...place, value: null })
    expect(editOf(place, original, 'a', [])).toEqual({ ...place, headers: [] })
  })

  test('keeps the line ends that the text had', () => {
    expect(withLineEndsOf('a\r\nb', 'a\nc')).toBe('a\r\nc')
    expect(withLineEndsOf('a\nb', 'a\nc')).toBe('a\nc')
  })
})
