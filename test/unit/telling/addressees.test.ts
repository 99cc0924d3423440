import { expect, test } from 'vitest'
import type { AlertSubject } from '../../../lib/alerts/alert-rule.ts'
import { ROUTE_DEFAULTS, type Route, routeLabelsOf, routesOf } from '../../../lib/alerts/route.ts'
import { RECEIVER_TYPES } from '../../../lib/config/receivers.ts'
import type { Severity } from '../../../lib/durability/observation.ts'
import { type Addressee, addresseeFinder, tellModeOf } from '../../../lib/telling/addressees.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { anAlert } from '../../builders/alerts.ts'
import { aReceiver } from '../../builders/notifications.ts'

const MODES = new Map([
  ['chat', 'together'],
  ['pager', 'each'],
  ['am', 'state'],
] as const)

function route(over: Partial<Route> = {}): Route {
  return { ...ROUTE_DEFAULTS, match: {}, receivers: ['chat'], ...over }
}

function addressees(
  routes: readonly Route[],
  {
    severity = 'high',
    clusterId = 'c',
    subject = anAlert().subject,
  }: { severity?: Severity; clusterId?: string; subject?: AlertSubject } = {},
): Addressee[] {
  const alert = { ...anAlert({ severity, subject }), clusterId }
  return addresseeFinder(routes, MODES)(alert, routeLabelsOf(alert, clusterId, undefined))
}

const words = (found: Addressee[]): string[] =>
  found.map(({ receiverId, position, cause }) => `${receiverId} ${position} ${cause}`)

test('receivers of programs are told at once, those of people together, and those that keep a state all the time', () => {
  const modes = RECEIVER_TYPES.map((type) => [type, tellModeOf(aReceiver(type))])
  expect(Object.fromEntries(modes)).toEqual({
    ...{ webhook: 'each', pagerduty: 'each', alertmanager: 'state' },
    ...{
      slack: 'together',
      teams: 'together',
      dingtalk: 'together',
      feishu: 'together',
      wecom: 'together',
      email: 'together',
    },
  })
  expect(tellModeOf(aReceiver('webhook', { format: 'alertmanager', secret: null }))).toBe('together')
})

test.each<[string, readonly Route[], string[]]>([
  ['where nothing is said everybody is told', routesOf(null), ['chat 0 route', 'pager 0 route', 'am 0 route']],
  ['nobody', [], []],
  [
    'the first route that matches',
    [route({ match: { severity: ['info'] } }), route({ receivers: ['pager'] })],
    ['pager 1 route'],
  ],
  [
    'each receiver once, by the first that names it',
    [route({ goesOn: true }), route({ receivers: ['chat', 'am'] })],
    ['chat 0 route', 'am 1 route'],
  ],
  [
    'whom it is escalated to',
    [route({ escalateAfterMs: MINUTE_MS, escalateTo: ['pager', 'chat'] })],
    ['chat 0 route', 'pager 0 escalation'],
  ],
  ['one that nobody knows', [route({ receivers: ['gone'] })], ['gone 0 route']],
])('%s', (_name, routes, told) => {
  expect(words(addressees(routes))).toEqual(told)
})

test('an escalation comes later, in a group of its own', () => {
  const [first, boss] = addressees([route({ escalateAfterMs: MINUTE_MS, escalateTo: ['boss'] })])
  expect([first?.delayMs, boss?.delayMs]).toEqual([0, MINUTE_MS])
  expect(first?.key).not.toBe(boss?.key)
})

test('people are told together what is alike in what the route groups by', () => {
  const keyOf = (...args: Parameters<typeof addressees>): string | undefined => addressees(...args)[0]?.key
  const routes = [route({ groupBy: ['cluster', 'severity'] })]
  const subject = { type: 'topic', name: 'other', part: null } as const
  expect(keyOf(routes, { subject })).toBe(keyOf(routes))
  expect(keyOf(routes, { clusterId: 'd' })).not.toBe(keyOf(routes))
  expect(keyOf(routes, { severity: 'critical' })).not.toBe(keyOf(routes))
})

test('programs are told of each place by itself, whatever the route says of groups', () => {
  const routes = [route({ receivers: ['pager'], groupBy: [] })]
  const subject = { type: 'topic', name: 'other', part: null } as const
  const [one] = addressees(routes)
  const [other] = addressees(routes, { subject })
  expect(one?.key).not.toBe(other?.key)
  expect(addressees(routes, { severity: 'critical' })[0]?.key).toBe(one?.key)
  expect(one?.policy).toMatchObject({ waitMs: 0, intervalMs: 0, repeatMs: ROUTE_DEFAULTS.repeatMs })
})

test('who keeps a state is reminded each minute, also at night', () => {
  const night = [{ days: ['mon'], fromMinute: 0, toMinute: 60, timeZone: 'UTC' }] as const
  const [am, chat] = addressees([route({ receivers: ['am', 'chat'], muteTimes: night, failover: 'mail' })])
  expect(am?.policy).toMatchObject({ waitMs: 0, repeatMs: MINUTE_MS, muteTimes: [], failover: 'mail' })
  expect(chat?.policy).toMatchObject({ muteTimes: night })
})
