import { expect, it } from 'vitest'
import { ArrivalMeter } from '../../../lib/durability/arrival-meter.ts'
import { MINUTE_MS } from '../../../lib/units.ts'

const meterAt = (meter: ArrivalMeter, seconds: number, end: bigint | null, topicId = 'id') =>
  meter.perMinute('orders-dlt', topicId, end, seconds * 1_000)

it('spreads a burst over the last minute', () => {
  const meter = new ArrivalMeter()
  expect(meterAt(meter, 0, 100n)).toBeNull()
  expect(meterAt(meter, 15, 110n)).toBe(40)
  expect(meterAt(meter, 30, 110n)).toBe(20)
  expect(meterAt(meter, 60, 110n)).toBe(10)
  // The burst lies between 0 and 15 s: from 75 s on it is older than a minute.
  expect(meterAt(meter, 75, 110n)).toBe(0)
})

it('does not know that nothing came before it has looked for a minute', () => {
  const meter = new ArrivalMeter()
  meterAt(meter, 0, 100n)
  expect(meterAt(meter, 59, 100n)).toBeNull()
  expect(meterAt(meter, 60, 100n)).toBe(0)
  expect(meterAt(meter, 65, 100n)).toBe(0)
})

it('does not know across a pause in what was seen, a fall of the log, or another topic of the same name', () => {
  const meter = new ArrivalMeter()
  meterAt(meter, 0, 100n)
  expect(meterAt(meter, 15, null)).toBeNull()
  expect(meterAt(meter, 30, 50n)).toBeNull()
  expect(meterAt(meter, 45, 60n)).toBe(40)
  expect(meterAt(meter, 60, 1_000n, 'other')).toBeNull()
})

it('forgets topics that are gone', () => {
  const meter = new ArrivalMeter()
  meterAt(meter, 0, 100n)
  meter.retain(new Set())
  expect(meter.perMinute('orders-dlt', 'id', 200n, MINUTE_MS)).toBeNull()
})
