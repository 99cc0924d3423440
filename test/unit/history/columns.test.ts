import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packColumns, unpackColumns } from '../../../lib/history/columns.ts'

const leaf = fc.oneof(
  fc.constant(null),
  fc.string(),
  fc.boolean(),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
)
const record = fc.record({
  name: fc.string(),
  offset: fc.option(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })),
  rate: leaf,
})
const row = fc.record({
  id: fc.string(),
  isr: fc.option(fc.array(fc.constantFrom('1', '2', '3'))),
  fault: fc.option(
    fc.record({
      code: fc.string(),
      facts: fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        fc.integer(),
      ),
    }),
  ),
  partitions: fc.array(record, { maxLength: 4 }),
  mixed: fc.oneof(leaf, fc.array(leaf), record),
})

test('rows of every shape come back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(row, leaf, fc.array(row)), { maxLength: 12 }), (rows) => {
      expect(unpackColumns(deserialize(serialize(packColumns(rows))))).toEqual(rows)
    }),
  )
})

test('rows of one shape come back as they were', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      expect(unpackColumns(deserialize(serialize(packColumns(rows))))).toEqual(rows)
    }),
  )
})

test('two objects with the same fields in another order keep their values', () => {
  const rows = [
    { a: 1, b: 2 },
    { b: 3, a: 4 },
  ]
  expect(unpackColumns(packColumns(rows))).toEqual(rows)
})

test('lists that many rows share come back whole, and are written once', () => {
  const replicas = ['broker-a:0', 'broker-a:1']
  const rows = Array.from({ length: 100 }, (_, partition) => ({
    partition,
    replicas,
    isr: partition % 3 === 0 ? null : partition % 2 === 0 ? replicas : ['broker-a:0'],
  }))
  expect(unpackColumns(deserialize(serialize(packColumns(rows))))).toEqual(rows)
  const own = rows.map((row) => ({ ...row, replicas: [...replicas] }))
  expect(unpackColumns(deserialize(serialize(packColumns(own))))).toEqual(rows)
  expect(serialize(packColumns(rows)).length).toBeLessThan(serialize(packColumns(own)).length)
})
