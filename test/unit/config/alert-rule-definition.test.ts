import { expect, test } from 'vitest'
import { BUILT_IN_RULES } from '../../../lib/alerts/built-in-rules.ts'
import { definitionOf } from '../../../lib/config/alert-rule-definition.ts'
import { alertRuleInput } from '../../../lib/config/alerts.ts'

const SERIES = { id: 'backlog', when: { series: 'lagMessages', labels: { topic: 'pay.*' } }, severity: 'high' }

test.each<[string, object]>([
  ['a number above its mark', { ...SERIES, raiseAbove: 10, clearBelow: 5 }],
  ['a number above its mark, with one mark', { ...SERIES, raiseAbove: 0.5 }],
  [
    'a number below its mark',
    { ...SERIES, when: { series: 'isrSize' }, raiseBelow: 2, clearAbove: 3, forSeconds: 1.5 },
  ],
  ['hours until a disk is full', { ...SERIES, when: { series: 'diskFullHours' }, raiseBelow: 8 }],
  ['a finding', { id: 'any', when: { finding: 'topic.uncleanLeaderElection' } }],
  [
    'a finding with all that can be said',
    {
      ...{ id: 'all', when: { finding: 'group.stopped', fromSeverity: 'high', labels: { cluster: 'live' } } },
      ...{ severity: 'warning', forSeconds: 60, keepFiringForSeconds: 0, labels: { a: 'b' }, runbook: 'https://wiki' },
    },
  ],
])('%s is written as it was read', (_, written) => {
  const rule = alertRuleInput.parse(written)
  const definition = definitionOf(rule)
  expect(alertRuleInput.parse(JSON.parse(JSON.stringify(definition)))).toEqual(rule)
})

test('what is left out is written down, so that it stays what it was', () => {
  const rule = alertRuleInput.parse({ id: 'any', when: { finding: 'topic.uncleanLeaderElection' } })
  expect(definitionOf(rule)).toEqual({
    ...{ id: 'any', when: { finding: 'topic.uncleanLeaderElection', fromSeverity: 'info', labels: {} } },
    ...{ forSeconds: 0, keepFiringForSeconds: 30, labels: {} },
  })
})

test('a built-in rule is none that a person writes', () => {
  expect(BUILT_IN_RULES.map(definitionOf).every((definition) => definition === null)).toBe(true)
})
