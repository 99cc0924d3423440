import { expect, test } from 'vitest'
import type { HoldState } from '../../../lib/holds/hold.ts'
import { handCommands, reservedTimeCommand } from '../../../lib/holds/hold-commands.ts'
import { aHold } from '../../builders/holds.ts'

const ADDRESS = 'one:9092,two:9092'
const ALTER = `kafka-configs.sh --bootstrap-server ${ADDRESS} --alter --entity-type topics --entity-name orders`
const [time, size] = aHold().settings
const commands = (state: HoldState, settings = aHold().settings, topic = 'orders'): string[] =>
  handCommands(ADDRESS, { topic, state, settings })

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
  expect(reservedTimeCommand('a:9876;b:9876')).toBe(
    "mqadmin updateBrokerConfig -n 'a:9876;b:9876' -b BROKER_ADDRESS -k fileReservedTime -v HOURS",
  )
})
