import fc from 'fast-check'
import type { RemotingHeader } from '../../../lib/rocketmq/remoting-header.ts'

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const int16 = fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })
/** Well-formed, as UTF-8 can carry it. */
export const text = fc.string({ unit: 'binary', maxLength: 40 })

/** Without the two characters that end names and values of properties. */
export const propertyText = text.map((value) => value.replaceAll('\x01', '').replaceAll('\x02', ''))

/** What both encodings can carry. */
export const header: fc.Arbitrary<RemotingHeader> = fc.record({
  code: int16,
  version: int16,
  opaque: int32,
  flag: int32,
  remark: fc.option(text.filter((remark) => remark !== '')),
  ext: fc.dictionary(text, text, { maxKeys: 8 }),
})

export const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
