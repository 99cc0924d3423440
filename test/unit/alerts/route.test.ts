import { expect, test } from 'vitest'
import {
  ROUTE_DEFAULTS,
  type Route,
  type RouteLabels,
  routeLabelsOf,
  routesOf,
  routeWalker,
  takes,
} from '../../../lib/alerts/route.ts'
import { anAlert } from '../../builders/alerts.ts'

const LABELS: RouteLabels = {
  ...{ severity: 'high', code: 'partition.offline', cluster: 'live', topic: 'pay.in', group: '', team: 'payments' },
}
const route = (match: Route['match'], goesOn = false): Route => ({
  ...{ ...ROUTE_DEFAULTS, match, goesOn, receivers: ['a'] },
})

test.each<[string, Route['match'], string[]]>([
  ['what says nothing takes all', {}, []],
  ['any of the globs of a label will do', { severity: ['critical', 'high'] }, []],
  ['globs match whole values', { topic: ['pay'] }, ['topic']],
  ['a star', { topic: ['pay.*'], cluster: ['l?ve'] }, []],
  ['a label that is not there is matched by a star alone', { group: ['*'] }, []],
  ['and by nothing else', { group: ['?*'] }, ['group']],
  ['every label has to match', { severity: ['critical'], code: ['x.*'], team: ['payments'] }, ['severity', 'code']],
])('%s', (_name, match, mismatches) => {
  const [step] = routeWalker([route(match)])(LABELS)
  expect(step).toEqual({ position: 0, isReached: true, mismatches })
})

test.each<[string, Route[], number[]]>([
  ['the first that matches takes it', [route({ team: ['x'] }), route({}), route({})], [1]],
  [
    'one that goes on lets others have it, too',
    [route({}, true), route({ team: ['x'] }), route({}), route({})],
    [0, 2],
  ],
  ['one that does not match stops nothing', [route({ team: ['x'] }), route({ team: ['y'] })], []],
  ['where none is said everybody is told', [...routesOf(null)], [0]],
  ['where nobody is to be told nobody is', [...routesOf([])], []],
])('%s', (_name, routes, taken) => {
  const steps = routeWalker(routes)(LABELS)
  expect(steps.flatMap((step) => (takes(step) ? [step.position] : []))).toEqual(taken)
})

test('the labels of an alert are what it is about', () => {
  const lag = anAlert({ subject: { type: 'group', name: 'billing', part: 'orders/0' }, facts: { topic: 'orders' } })
  expect(routeLabelsOf(lag, 'live', 'shop')).toEqual({
    ...{
      severity: 'high',
      code: 'partition.offline',
      cluster: 'live',
      topic: 'orders',
      group: 'billing',
      team: 'shop',
    },
  })
  expect(routeLabelsOf(anAlert({ subject: { type: 'broker', name: '1', part: null } }), 'c', undefined)).toMatchObject({
    ...{ topic: '', group: '', team: '' },
  })
})
