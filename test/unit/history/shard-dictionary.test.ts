import { expect, it } from 'vitest'
import { decodeDictionary, encodeDictionary } from '../../../lib/history/shard-dictionary.ts'

const DICTIONARY = {
  metrics: ['endOffset', 'lagMessages'] as const,
  entities: [
    { topic: 'orders', partition: 3 },
    { topic: 'orders', partition: 3, group: 'billing' },
  ],
}
/** As the first version wrote it: without its names a stored history is lost. */
const STORED =
  'CCi1L/0g26UEAKJJISWgNen//////6NIf7JtsGXbRL5NJCGVoZGXBwa2KE+r1NpegggZgeiIkDQwt63tIniKFLgIxk1dgfowXNSVBzFk6SrheONGuF7yhtpAVmf2cUznVra6VcFWIzxqO86icZocObRCbQGou13tdUPjpmfmkZnHIDE6OogZ9Y69Lb1x+yDnQkADAESgD8wVMVqa0gM='

it('reads the names that earlier versions stored', () => {
  expect(decodeDictionary(Buffer.from(STORED, 'base64'))).toEqual(DICTIONARY)
})

it('reads what it writes, and nothing of another format', () => {
  const { metrics, entities } = DICTIONARY
  const content = encodeDictionary({ metrics: [...metrics], entities })
  expect(decodeDictionary(content)).toEqual(DICTIONARY)
  expect(decodeDictionary(Uint8Array.of(99, ...content.subarray(1)))).toBeNull()
})
