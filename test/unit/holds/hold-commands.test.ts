import { expect, test } from 'vitest'
import type { HoldState } from '../../../lib/holds/hold.ts'
import { handCommands } from '../../../lib/holds/hold-commands.ts'
import { aHold } from '../../builders/holds.ts'

const ADDRESS = 'one:9092,two:9092'
const ALTER = `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type topics --entity-name orders`
const [time, size] = aHold().settings
const commands = (state: HoldState, settings = aHold().settings, topic = 'orders'): string[] =>
  handCommands({ address: ADDRESS, addressOf: () => null }, { topic, state, settings })

test.each<HoldState>(['planned', 'active', 'releasing'])('while %s: all that was there before', (state) => {
  expect(commands(state)).toEqual([
    `${ALTER} --add-config retention.bytes=5000`,
    `${ALTER} --delete-config retention.ms`,
  ])
})

test('in a conflict only what somebody changed: the tool refuses to delete what is not there', () => {
  if (time === undefined || size === undefined) throw new Error('two settings')
  const found = { foundInstead: { override: '77' } }
  expect(commands('conflict', [time, { ...size, ...found }])).toEqual([`${ALTER} --add-config retention.bytes=5000`])
  expect(commands('conflict', [{ ...time, ...found }, size])).toEqual([`${ALTER} --delete-config retention.ms`])
})

test.each<HoldState>(['released', 'failed'])('once %s: none', (state) => {
  expect(commands(state)).toEqual([])
})

test('names are one word for a shell, whatever is in them', () => {
  expect(commands('active', undefined, "-a'; rm")[0]).toContain(`--entity-name='-a'\\''; rm' `)
})

test('of brokers each by itself, at the address where it was seen last', () => {
  const settings = [
    { name: 'a:0 fileReservedTime', before: '72', effectiveBefore: ['72'], held: '876000', foundInstead: null },
    { name: 'b:0 fileReservedTime', before: '48', effectiveBefore: ['48'], held: '876000', foundInstead: null },
  ]
  const addressOf = (broker: string): string | null => (broker === 'a:0' ? '10.0.0.5:10911' : null)
  const place = { address: 'a:9876;b:9876', addressOf }
  expect(handCommands(place, { topic: 'orders', state: 'releasing', settings })).toEqual([
    "mqadmin updateBrokerConfig -n 'a:9876;b:9876' -b 10.0.0.5:10911 -k fileReservedTime -v 72",
    "mqadmin updateBrokerConfig -n 'a:9876;b:9876' -b BROKER_ADDRESS -k fileReservedTime -v 48",
  ])
  const [first, second] = settings.map((setting, index) => ({
    ...setting,
    foundInstead: index === 0 ? null : { override: '24' },
  }))
  if (first === undefined || second === undefined) throw new Error('two settings')
  expect(handCommands(place, { topic: 'orders', state: 'conflict', settings: [first, second] })).toHaveLength(1)
})
