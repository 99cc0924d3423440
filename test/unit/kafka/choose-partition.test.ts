import { murmur2 as murmur2OfLibrary } from '@platformatic/kafka'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choosePartition, murmur2 } from '../../../lib/kafka/choose-partition.ts'

test('a key hashes as in the client library', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (key) => {
      expect(murmur2(key)).toBe(murmur2OfLibrary(Buffer.from(key)))
    }),
    { numRuns: 500 },
  )
})

// From the tests of Kafka's own client.
test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
])('%s hashes as in Kafka', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash)
})

test('a key of ten megabytes is no burden, and a message without one goes where it is told', () => {
  expect(choosePartition(Buffer.alloc(10_000_000), 7, 0)).toBeLessThan(7)
  expect(choosePartition(null, 7, 4)).toBe(4)
})
