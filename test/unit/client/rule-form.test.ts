import { describe, expect, test } from 'vitest'
import { ApiError } from '../../../lib/client/api.ts'
import {
  EMPTY_RULE,
  FINDING_LABELS,
  faultsOf,
  formOf,
  notNumbers,
  previewBody,
  type RuleForm,
  type RuleLabel,
  ruleBody,
} from '../../../lib/client/rule-form.ts'
import { definitionOf } from '../../../lib/config/alert-rule-definition.ts'
import { alertRuleInput } from '../../../lib/config/alerts.ts'

const LABELS: RuleLabel[] = ['cluster', 'group']
const LAG: RuleForm = {
  ...{ ...EMPTY_RULE, id: ' far-behind ', series: 'groupLagSeconds', raise: '600', clear: '60' },
  ...{ globs: { ...EMPTY_RULE.globs, group: ' pay* ', topic: 'of another number' } },
  ...{ labels: 'pager: night\n\n url:  https://a:1/b \n', runbook: ' https://wiki ' },
}

describe('the body of a rule', () => {
  test('is what the server takes, without what belongs to another thing', () => {
    const body = ruleBody(LAG, LABELS)
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      ...{ id: 'far-behind', when: { series: 'groupLagSeconds', labels: { group: 'pay*' } } },
      ...{ raiseAbove: 600, clearBelow: 60, forSeconds: 60, keepFiringForSeconds: 30, severity: 'high' },
      ...{ labels: { pager: 'night', url: 'https://a:1/b' }, runbook: 'https://wiki' },
    })
    expect(alertRuleInput.safeParse(body).success).toBe(true)
  })

  test.each<[string, RuleForm]>([
    ['above a mark', LAG],
    ['below a mark, without another one', { ...LAG, beyond: 'below', raise: '0.5', clear: '' }],
    ['of a check', { ...LAG, about: 'finding', finding: 'group.stopped', fromSeverity: 'warning', severity: '' }],
  ])('%s is the form again when it is changed', (_, form) => {
    const labels = form.about === 'finding' ? FINDING_LABELS : LABELS
    const body = ruleBody(form, labels)
    const definition = definitionOf(alertRuleInput.parse(body)) as unknown as Parameters<typeof formOf>[0]
    expect(JSON.parse(JSON.stringify(ruleBody(formOf(definition), labels)))).toEqual(JSON.parse(JSON.stringify(body)))
  })
})

test.each<[string, Partial<RuleForm>, boolean]>([
  ['nothing is said', EMPTY_RULE, false],
  ['no mark is said', { raise: ' ' }, false],
  ['a mark is no number', { clear: '1,5' }, false],
  ['no check is chosen', { about: 'finding' }, false],
  [
    'a check is chosen, whatever stands in fields of numbers',
    { about: 'finding', finding: 'group.stopped', raise: 'x' },
    true,
  ],
  ['the number is a forecast', { series: 'diskFullHours' }, true],
  ['all is said', {}, true],
])('a rule is run over the history, unless too little is said of it: %s', (_, over, isRun) => {
  expect(previewBody({ ...LAG, ...over }, LABELS) !== null).toBe(isRun)
})

test('a rule without a code is run, too', () => {
  expect(previewBody({ ...LAG, id: '' }, LABELS)?.id).toMatch(/^[a-z-]+$/)
})

test('what is no number is known before the server is asked', () => {
  expect(notNumbers({ ...LAG, raise: '1e3', clear: '1,5', forSeconds: '5 s', keepFiringForSeconds: '' })).toEqual([
    'clear',
    'forSeconds',
  ])
})

describe('a refusal', () => {
  const refusal = (code: string, errors?: { path: string; message: string }[]): ApiError =>
    new ApiError(code, 400, {
      type: '',
      title: 'T',
      status: 400,
      code,
      detail: 'D.',
      fix: 'F.',
      ...(errors && { errors }),
    })

  test('stands at the fields that it names', () => {
    const named = ['raiseBelow', 'rule.clearAbove', 'when', 'rule.when.labels.topic', 'labels.pager', 'id']
    const errors = named.map((path) => ({ path: `body.${path}`, message: path }))
    expect(faultsOf(refusal('bad_request', errors))).toEqual({
      hasMore: false,
      fields: {
        ...{ raise: 'raiseBelow', clear: 'rule.clearAbove', about: 'when', 'globs.topic': 'rule.when.labels.topic' },
        ...{ labels: 'labels.pager', id: 'id' },
      },
    })
  })

  test('of a code that is taken stands at the code', () => {
    expect(faultsOf(refusal('alert_rule_exists'))).toEqual({ fields: { id: 'D. F.' }, hasMore: false })
  })

  test.each<[string, unknown]>([
    ['of something else', refusal('alert_rules_too_many')],
    [
      'that also names a place without a field',
      refusal('bad_request', [
        { path: 'body.id', message: 'm' },
        { path: 'body.nope', message: 'm' },
      ]),
    ],
    ['that is none of the server’s', new Error('away')],
  ])('%s is told by itself', (_, error) => {
    expect(faultsOf(error).hasMore).toBe(true)
  })

  test('there is none', () => {
    expect(faultsOf(null)).toEqual({ fields: {}, hasMore: false })
  })
})
