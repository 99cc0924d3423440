import { expect, test } from 'vitest'
import { nameOfSetting, placeOfSetting } from '../../../lib/cluster/setting-names.ts'
import { heldBroker } from '../../../lib/holds/held-broker.ts'
import { HOLD_STATES, type HoldState } from '../../../lib/holds/hold.ts'
import { aBrokerHold, aHold } from '../../builders/holds.ts'

const held = (state: HoldState) => [{ ...aBrokerHold({ topic: 'pay' }), state }]

test.each(HOLD_STATES)('a broker of a hold that is %s', (state) => {
  const isHeld = ['planned', 'active', 'releasing'].includes(state)
  expect(heldBroker(held(state), ['b:0', 'a:1'])).toEqual(isHeld ? { broker: 'a:1', topic: 'pay' } : null)
})

test('another broker is free, and so is every topic whose settings are its own', () => {
  expect(heldBroker(held('active'), ['a:2', 'a'])).toBeNull()
  expect(heldBroker([{ ...aHold(), state: 'active' }], ['a:0'])).toBeNull()
  expect(heldBroker(held('active'), [])).toBeNull()
})

test.each([
  ['retention.ms', { broker: null, setting: 'retention.ms' }],
  ['a:0 fileReservedTime', { broker: 'a:0', setting: 'fileReservedTime' }],
  ['our broker:0 fileReservedTime', { broker: 'our broker:0', setting: 'fileReservedTime' }],
])('the name %s', (name, place) => {
  expect(placeOfSetting(name)).toEqual(place)
  expect(nameOfSetting(place)).toBe(name)
})
